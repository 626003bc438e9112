/**
 * Convolutions drawn at random, computed as PyTorch does (drawn.ts holds sums of its results): forward and every gradient, with
 * channels first and last; and refused where PyTorch refuses.
 */

import * as core from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { layoutsOf, sizeOf, turnWeights } from "../other-orders.ts";
import { DRAWN_CASES } from "./drawn.ts";
import type { Sums } from "./drawn-case.ts";
import { computeIfSupported, EXACT, functionsOf, optionsOf, rankOf } from "./words.ts";

/** Small integers without a short period; the same as `mixed` in draw-cases.py. */
const mixed = (shape: readonly number[], k: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((Math.imul(i + 1 + k * 1009, 2654435761) >>> 16) % 9) - 4);

const sumsOf = (values: ArrayLike<number>): Sums => {
  const [sum, placed] = Array.from(values).reduce(
    ([sum, placed], value, i) => [sum + value, placed + value * (1 + (i % 97))],
    [0, 0],
  );
  return [sum, placed];
};

/** Where each element of a tensor with channels and weights as PyTorch orders them has gone. */
const orderOf = (shape: readonly number[], turn: (shape: readonly number[], data: ArrayLike<number>) => core.Tensor) =>
  turn(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
  ).data;

/** The sums of a result, taken in PyTorch's order. */
function sumsInOrder(result: core.Tensor, order: Float32Array): Sums {
  const values = new Float32Array(order.length);
  for (const [i, from] of order.entries()) values[from] = result.data[i];
  return sumsOf(values);
}

const named = DRAWN_CASES.map(
  (c) => [`${c.kind} ${c.inputShape} ${c.weightShape} ${JSON.stringify(c.options)}`, c] as const,
);

describe("computes", () => {
  it.each(named.filter(([, { y }]) => y !== undefined))("%s", (_name, drawn) => {
    const { kind, inputShape, weightShape } = drawn;
    const outputShape = drawn.outputShape!;
    const { forward, inputGradient, filterGradient } = functionsOf(kind);
    const filter = turnWeights(weightShape, mixed(weightShape, 1));
    const bias = mixed([outputShape[1]], 2);
    const weightOrder = orderOf(weightShape, turnWeights);
    for (const { layout, turn } of layoutsOf(rankOf(kind))) {
      const x = turn(inputShape, mixed(inputShape, 0));
      const dy = turn(outputShape, mixed(outputShape, 3));
      const [inputOrder, outputOrder] = [orderOf(inputShape, turn), orderOf(outputShape, turn)];
      for (const algorithm of ["auto", ...EXACT]) {
        const options = { ...optionsOf(kind, drawn.options), layout, algorithm };
        const compare = (expected: Sums, order: Float32Array, compute: () => core.Tensor): void => {
          const result = computeIfSupported(algorithm, compute);
          if (result !== undefined)
            expect([algorithm, ...sumsInOrder(result, order)]).toEqual([algorithm, ...expected]);
        };
        compare(drawn.y!, outputOrder, () => forward(x, filter, { ...options, bias }));
        compare(drawn.dx!, inputOrder, () => inputGradient(dy, filter, x.shape, options));
        compare(drawn.dw!, weightOrder, () => filterGradient(x, dy, filter.shape, options));
      }
      expect(forward(x, filter, { ...optionsOf(kind, drawn.options), layout }).shape).toEqual(dy.shape);
      expect(sumsOf(core.biasGradient(dy as core.Tensor4, { layout: layout as core.Layout }))).toEqual(drawn.db);
    }
  });
});

/** Whether the kernel fits into the padded image, so that only the reach of the padding is refused: ours has no limit. */
function isReachOnly({ kind, inputShape, weightShape, options }: (typeof DRAWN_CASES)[number]): boolean {
  const { padding, padding_mode: mode, dilation } = options as Record<string, string | number[]>;
  if (mode !== "reflect" && mode !== "circular") return false;
  if (padding === "same") return true;
  return Array.from({ length: rankOf(kind) }, (_, axis) => axis).every((axis) => {
    const extent = (weightShape[axis + 2] - 1) * (dilation[axis] as number) + 1;
    return extent <= inputShape[axis + 2] + 2 * (padding[axis] as number);
  });
}

/** Calls a case in every layout. */
function* callsOf({ kind, inputShape, weightShape, options }: (typeof DRAWN_CASES)[number]): Generator<() => unknown> {
  for (const { layout, turn } of layoutsOf(rankOf(kind))) {
    const x = turn(inputShape, mixed(inputShape, 0));
    const filter = turnWeights(weightShape, mixed(weightShape, 1));
    yield () => functionsOf(kind).forward(x, filter, { ...optionsOf(kind, options), layout });
  }
}

const refused = named.filter(([, { y }]) => y === undefined);

it.each(refused.filter(([, drawn]) => !isReachOnly(drawn)))("refuses %s", (_name, drawn) => {
  for (const compute of callsOf(drawn)) {
    expect(compute).toThrow(RangeError);
    expect(compute).toThrow(/exceeds|must be (at most|at least|smaller)/);
  }
});

it.each(refused.filter(([, drawn]) => isReachOnly(drawn)))("reaches further than PyTorch: %s", (_name, drawn) => {
  for (const compute of callsOf(drawn)) expect(compute).not.toThrow();
});
