/**
 * OpenCV.js as a peer: `filter2D` in float32, zeros outside the picture. OpenCV computes kernels of 11×11 and more by a
 * Fourier transform (in float64), smaller ones directly. The picture is copied into OpenCV's memory and the result out
 * of it, into an array that is there, inside the clock; the kernel lies there beforehand.
 *
 * @module
 */

import type { AdapterSource, PreparedCase } from "@corr2d/parity";
import type { CaseData, ConvCase } from "@corr2d/testkit";
import { loadOpenCv } from "#opencv-library";
import type { Variant } from "../variant.ts";
import { supportsOneChannel } from "./one-channel.ts";
import type { OpenCv } from "./opencv-library.ts";

/** OpenCV compiled to WebAssembly. */
export const opencv: AdapterSource = {
  name: "opencv.js",
  summary: "OpenCV in WebAssembly, filter2D in float32",
  async load() {
    const cv = await loadOpenCv();
    return {
      name: "opencv.js",
      version: /OpenCV (\S+)/.exec(cv.getBuildInformation())?.[1] ?? "unknown",
      threads: 1,
      supports: supportsOneChannel,
      prepare: (convCase, _pass, data) => prepareFilter2D(cv, convCase, data),
    };
  },
};

/** The peer, in Node and in a page. */
export const OPENCV: Variant = {
  source: opencv,
  // The package is built without WebAssembly SIMD.
  engine: "scalar",
  promised: { precision: "float32" },
  border: "zeros",
  clock:
    "copy of the picture in, filter2D, copy of the result out to an array that is there; the kernel was copied in before",
  supports: supportsOneChannel,
};

function prepareFilter2D(cv: OpenCv, convCase: ConvCase, { x, filter }: CaseData): PreparedCase {
  const [, height, width] = convCase.inputShape;
  const [kernelHeight, kernelWidth] = convCase.filterShape;
  const source = new cv.Mat(height, width, cv.CV_32FC1);
  const result = new cv.Mat(height, width, cv.CV_32FC1);
  const kernel = new cv.Mat(kernelHeight, kernelWidth, cv.CV_32FC1);
  kernel.data32F.set(filter);
  const centre = new cv.Point(-1, -1);
  const y = new Float32Array(height * width);
  return {
    run() {
      source.data32F.set(x);
      cv.filter2D(source, result, cv.CV_32F, kernel, centre, 0, cv.BORDER_CONSTANT);
      y.set(result.data32F);
    },
    read: () => y.slice(),
    dispose() {
      for (const matrix of [source, result, kernel]) matrix.delete();
    },
  };
}
