/**
 * Every kind of convolution on data that is not so tame: real numbers within the bound that the number of terms gives,
 * infinities that stay where they are, and batches of nothing.
 */

import { type Tensor, tensor, zeros } from "@corr2d/core";
import { algorithms, resolveConvGeometry } from "@corr2d/core/internals";
import { gamma, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { type Call, calls, KINDS, type Kind, LAYOUTS } from "./cases.ts";
import { convolve, convolveTransposed } from "./definition.ts";

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const normals = (shape: readonly number[], stream: string): Tensor => {
  const random = seededRandom(8, stream);
  return tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  );
};

/** Algorithms whose bound is that of every order of summation, and that support everything small. */
const EXACT = ["naive", "im2col", "tiled"] as const;

const define = (kind: Kind, { problem }: Call, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array =>
  kind.transposed ? convolveTransposed(problem, x, w) : convolve(problem, x, w);

describe.each(KINDS)("$name", (kind) => {
  it("is within the bound of its algorithm of the definition", () => {
    for (const call of calls(kind, 12, 12)) {
      const [x, filter] = [normals(call.inputShape, "x"), normals(call.filterShape, "filter")];
      const truth = define(kind, call, x.data, filter.data);
      const magnitudes = define(kind, call, x.data.map(Math.abs), filter.data.map(Math.abs));
      // No output sums more products of a plane than a tap for every channel; the sum over depth adds one rounding.
      const taps = sizeOf(call.problem.kernelSizes.slice(-2));
      const channels = Math.max(call.problem.inChannels, call.problem.outChannels);
      const roundings = taps * channels + 2 + (kind.rank === 3 ? 1 : 0);
      const g = resolveConvGeometry("bound", [1, 1, 1, channels], [1, 1, channels, channels]);
      const constants = algorithms.map(({ errorBound }) =>
        errorBound.kind === "normwise" ? errorBound.constant(g, "forward") : 0,
      );
      // What "auto" takes may have a normwise bound: of all weights, which are more than those of a channel.
      const norm = Math.max(...x.data.map(Math.abs)) * filter.data.reduce((sum, weight) => sum + Math.abs(weight), 0);
      for (const [algorithm, slack] of [
        ...EXACT.map((name) => [name, 0] as const),
        ["auto", Math.max(...constants) * norm] as const,
      ]) {
        const y = kind.forward(x, filter, { ...call.options, algorithm });
        for (const [i, value] of truth.entries()) {
          expect(Math.abs(y.data[i] - value)).toBeLessThanOrEqual(gamma(roundings) * magnitudes[i] + slack);
        }
      }
    }
  });

  it("skips what is absent: an infinite weight makes no NaN in the padding", () => {
    let padded = 0;
    for (const call of calls(kind, 13, 12)) {
      const x = tensor(call.inputShape, new Float32Array(sizeOf(call.inputShape)).fill(1));
      const filter = tensor(call.filterShape, new Float32Array(sizeOf(call.filterShape)).fill(1));
      filter.data[0] = Number.POSITIVE_INFINITY;
      const truth = define(kind, call, x.data, filter.data);
      if (new Set(truth).size > 1) padded++;
      expect(Array.from(kind.forward(x, filter, call.options).data)).toEqual(Array.from(truth));
    }
    expect(padded).toBeGreaterThan(0);
  });

  it("gives a batch of nothing nothing, and a filter gradient of zeros", () => {
    const [call] = calls(kind, 14, 1);
    for (const layout of LAYOUTS[kind.rank]) {
      const order = (shape: readonly number[]): readonly number[] =>
        layout === LAYOUTS[kind.rank][0] ? [0, ...shape.slice(1)] : [0, shape.at(-1)!, ...shape.slice(1, -1)];
      const [x, dy] = [zeros(order(call.inputShape)), zeros(order(call.outputShape))];
      const filter = normals(call.filterShape, "filter");
      const bias = new Float32Array(call.outChannels).fill(1);
      const options = { ...call.options, layout };
      expect(kind.forward(x, filter, { ...options, bias, activation: "elu" })).toEqual(dy);
      const gradients = kind.gradients(x, filter, dy, options);
      expect(gradients.input).toEqual(x);
      expect(gradients.filter).toEqual(zeros(call.filterShape));
      expect(gradients.bias).toEqual(new Float32Array(call.outChannels));
    }
  });
});
