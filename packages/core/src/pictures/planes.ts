/**
 * A picture filtered channel by channel with the algorithms of matrices: where there is no SIMD, and for large kernels that are
 * not of rank 1, which a Fourier transform serves.
 *
 * @module
 */

import { MATRIX_CATALOGUE, prepareMatrix } from "../corr2d/choose.ts";
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
  const { format, kernel, region, boundary, fillValue, before, alpha } = problem;
  const { channels } = format;
  const last = channels - 1;
  const prepare = (fill: number) => {
    const { scratchBytes, run, algorithm, reason, errorBound, ...facts } = prepareMatrix(
      operation,
      {
        shape: [format.height, format.width],
        boundary,
        fillValue: fill,
        kernelShape: kernel.shape,
        before: [before[0] - region.y, before[1] - region.x],
        outShape: [region.height, region.width],
        kernel: kernel.values(),
        factors: kernel.isGivenAsFactors ? kernel.factors : undefined,
      },
      { engine },
      MATRIX_CATALOGUE,
    );
    return { scratchBytes, run, facts: { algorithm, engine: facts.engine, reason, errorBound } };
  };
  const plain = prepare(fillValue);
  const weighed = alpha === "premultiply" && fillValue !== 0 ? prepare(fillValue * fillValue) : plain;
  const plane = new Float32Array(format.width * format.height);
  const size = region.width * region.height;
  const sums = Array.from({ length: alpha === "keep" ? last : channels }, () => new Float32Array(size));

  return {
    ...plain.facts,
    scratchBytes: plain.scratchBytes + 4 * (plane.length + sums.length * size),
    run(from, fromStride, to, toStride) {
      for (const [c, sum] of sums.entries()) {
        const isWeighed = alpha === "premultiply" && c < last;
        readPlane(problem, from, fromStride, c, isWeighed, plane);
        (isWeighed ? weighed : plain).run(plane, sum);
      }
      writePixels(problem, sums, from, fromStride, to, toStride);
    },
    forget: () => undefined,
  };
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
