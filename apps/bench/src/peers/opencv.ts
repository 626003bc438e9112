/**
 * OpenCV.js as a peer: `filter2D` in float32, zeros outside the picture. OpenCV computes kernels of 11×11 and more by a
 * Fourier transform (in float64), smaller ones directly. The picture is copied into OpenCV's memory and the result out
 * of it, into an array that is there, inside the clock; the kernel lies there beforehand.
 *
 * @module
 */

import { createRequire } from "node:module";
import type { AdapterSource, PreparedCase } from "@corr2d/parity";
import type { CaseData, ConvCase } from "@corr2d/testkit";
import { supportsOneChannel } from "./one-channel.ts";

type OpenCv = typeof import("@techstark/opencv-js");

/** OpenCV compiled to WebAssembly. */
export const opencv: AdapterSource = {
  name: "opencv.js",
  summary: "OpenCV in WebAssembly, filter2D in float32",
  async load() {
    // A CommonJS module whose exports are a promise of the library; `import` would make a namespace of the promise.
    const cv: OpenCv = await createRequire(import.meta.url)("@techstark/opencv-js");
    return {
      name: "opencv.js",
      version: /OpenCV (\S+)/.exec(cv.getBuildInformation())?.[1] ?? "unknown",
      threads: 1,
      supports: supportsOneChannel,
      prepare: (convCase, _pass, data) => prepareFilter2D(cv, convCase, data),
    };
  },
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
