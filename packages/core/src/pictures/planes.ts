/**
 * A picture filtered channel by channel with the algorithms of matrices: where there is no SIMD, where values are missing, and for
 * large kernels that are not of rank 1, which a Fourier transform serves.
 *
 * @module
 */

import { MATRIX_CATALOGUE, type MatrixFacts, prepareMatrix } from "../corr2d/choose.ts";
import { prepareOfPresent } from "../corr2d/nan-corr2d.ts";
import type { PreparedMatrix } from "../corr2d/problem/algorithm.ts";
import type { PlannedProblem } from "../corr2d/problem/problem.ts";
import type { PictureData } from "./problem/picture.ts";
import type { PictureProblem, PreparedPicture } from "./problem/problem.ts";

/** What is said of how it is computed. */
export interface PictureFacts {
  readonly algorithm: string;
  readonly engine: "scalar" | "simd";
  readonly reason: string;
  readonly errorBound: { readonly kind: "element"; readonly constant: number };
}

/** Prepares a problem by planes. */
export function preparePlanes(
  operation: string,
  problem: PictureProblem,
  engine: "auto" | "scalar" | "simd",
): PictureFacts & PreparedPicture {
  const { format, kernel, region, boundary, fillValue, before, alpha, missing } = problem;
  const { channels } = format;
  const last = channels - 1;
  const problemOf = (fill: number): PlannedProblem => ({
    shape: [format.height, format.width],
    boundary,
    fillValue: fill,
    kernelShape: kernel.shape,
    before: [before[0] - region.y, before[1] - region.x],
    outShape: [region.height, region.width],
    kernel: kernel.values(),
    factors: kernel.isGivenAsFactors ? kernel.factors : undefined,
  });
  const plane = new Float32Array(format.width * format.height);
  const certainty = new Float32Array(missing === undefined ? 0 : plane.length);
  const prepare = (fill: number): MatrixFacts & Pick<PreparedMatrix, "scratchBytes" | "run"> => {
    if (missing === undefined) return prepareMatrix(operation, problemOf(fill), { engine }, MATRIX_CATALOGUE);
    const { run, ...facts } = prepareOfPresent(operation, problemOf(fill), missing.fillIsPresent, { engine });
    return { ...facts, run: (values, sum) => run(values, certainty, sum) };
  };
  const plain = prepare(fillValue);
  const weighed = alpha === "premultiply" && fillValue !== 0 ? prepare(fillValue * fillValue) : plain;
  const size = region.width * region.height;
  const sums = Array.from({ length: alpha === "keep" ? last : channels }, () => new Float32Array(size));

  return {
    algorithm: plain.algorithm,
    engine: plain.engine,
    reason: plain.reason,
    errorBound: plain.errorBound,
    scratchBytes: plain.scratchBytes + 4 * (plane.length + certainty.length + sums.length * size),
    run(from, fromStride, to, toStride) {
      for (const [c, sum] of sums.entries()) {
        const isWeighed = alpha === "premultiply" && c < last;
        readPlane(problem, from, fromStride, c, isWeighed, plane);
        if (missing !== undefined) takeMissingOut(plane, certainty, missing.mask);
        (isWeighed ? weighed : plain).run(plane, sum);
      }
      writePixels(problem, sums, from, fromStride, to, toStride);
    },
    forget: () => undefined,
  };
}

/** Makes what is missing 0, and its certainty. */
function takeMissingOut(plane: Float32Array, certainty: Float32Array, mask: Uint8Array | undefined): void {
  for (let i = 0; i < plane.length; i++) {
    const isMissing = Number.isNaN(plane[i]!) || mask?.[i] === 0;
    certainty[i] = isMissing ? 0 : 1;
    if (isMissing) plane[i] = 0;
  }
}

function readPlane(
  { format: { width, height, channels } }: PictureProblem,
  data: PictureData,
  stride: number,
  channel: number,
  isWeighed: boolean,
  plane: Float32Array,
): void {
  for (let y = 0, i = 0; y < height; y++) {
    let at = y * stride;
    for (let x = 0; x < width; x++, at += channels) {
      const value = data[at + channel]!;
      plane[i++] = isWeighed ? value * data[at + channels - 1]! : value;
    }
  }
}

/** The formulas of problem.ts, from sums to channels. */
function writePixels(
  { format: { channels }, region, kernel, alpha, scale, offset, absolute, dtype }: PictureProblem,
  sums: readonly Float32Array[],
  from: PictureData,
  fromStride: number,
  to: PictureData,
  toStride: number,
): void {
  const last = channels - 1;
  const share = 1 / kernel.sum;
  // Numbers written to it become the nearest byte, ties to even, whatever kind of bytes the result holds.
  const byte = new Uint8ClampedArray(1);
  const movedOf = (sum: number): number => {
    const moved = scale * sum + offset;
    return absolute ? Math.abs(moved) : moved;
  };
  for (let y = 0, i = 0; y < region.height; y++) {
    let at = y * toStride;
    let original = (region.y + y) * fromStride + region.x * channels;
    for (let x = 0; x < region.width; x++, i++, at += channels, original += channels) {
      const opacity = alpha === "premultiply" ? sums[last]![i]! * share : 1;
      for (let c = 0; c < channels; c++) {
        let value: number;
        if (c === last && alpha === "keep") value = from[original + c]!;
        else if (c === last && alpha === "premultiply") value = opacity;
        else value = movedOf(opacity > 0 ? sums[c]![i]! / opacity : 0);
        if (dtype === "uint8") {
          byte[0] = value;
          value = byte[0]!;
        }
        to[at + c] = value;
      }
    }
  }
}
