/**
 * Gradients that are prepared: they are those that are computed once, at every run, and refuse what does not fit.
 */

import {
  type Conv2dGradientOptions,
  conv2dFilterGradient,
  conv2dInputGradient,
  depthwiseConv2dFilterGradient,
  depthwiseConv2dInputGradient,
  explainConv2d,
  planConv2d,
  planConv2dFilterGradient,
  planConv2dInputGradient,
  planDepthwiseConv2dFilterGradient,
  planDepthwiseConv2dInputGradient,
  residentArray,
  type Shape4,
  tensor,
} from "@corr2d/core";
import { describe, expect, it } from "vitest";

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Small integers: every algorithm without transforms gives the same bits. */
const integers = (shape: Shape4, factor: number) =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * factor) % 11) - 5),
  );

const strict = { precision: "strict" } as const;
const CONVOLUTIONS: readonly (readonly [string, Shape4, Shape4, Shape4, Conv2dGradientOptions])[] = [
  ["same", [2, 9, 7, 4], [3, 3, 4, 8], [2, 9, 7, 8], { padding: "same", ...strict }],
  ["strided groups", [1, 9, 8, 4], [3, 2, 2, 6], [1, 4, 4, 6], { strides: 2, groups: 2 }],
  ["channels first", [2, 4, 9, 7], [3, 3, 4, 5], [2, 5, 7, 5], { layout: "NCHW" }],
  [
    "a border that is not zero",
    [1, 6, 7, 4],
    [3, 3, 4, 4],
    [1, 6, 7, 4],
    { padding: 1, paddingMode: "reflect", ...strict },
  ],
  ["a scalar algorithm", [1, 6, 7, 3], [3, 3, 3, 4], [1, 4, 5, 4], { algorithm: "im2col" }],
];

describe.each(CONVOLUTIONS)("conv2d, %s", (_, inputShape, filterShape, outputShape, options) => {
  const [x, filter, dy] = [integers(inputShape, 7), integers(filterShape, 5), integers(outputShape, 3)];

  it("gives the gradient of the input at every run, of the filter that it was made with", () => {
    const expected = conv2dInputGradient(dy, filter, inputShape, options);
    const weights = { shape: filterShape, data: filter.data.slice() };
    const plan = planConv2dInputGradient(inputShape, weights, options);
    weights.data.fill(9);
    const memory = new Float32Array(expected.data.length + 2).fill(-99);
    const dx = memory.subarray(1, -1);
    expect(plan.run(dy.data, dx)).toBe(dx);
    expect(dx).toEqual(expected.data);
    expect([memory[0], memory.at(-1)]).toEqual([-99, -99]);
    expect(plan.run(dy.data)).toEqual(expected.data);
    expect(plan).toMatchObject({ inputShape, outputShape });
    const { algorithm, reason } = explainConv2d(inputShape, filterShape, { ...options, pass: "inputGradient" });
    expect(plan).toMatchObject({ algorithm, reason });
  });

  it("gives the gradient of the filter at every run", () => {
    const expected = conv2dFilterGradient(x, dy, filterShape, options);
    const plan = planConv2dFilterGradient(inputShape, filterShape, options);
    const dw = new Float32Array(expected.data.length).fill(-99);
    expect(plan.run(x.data, dy.data, dw)).toBe(dw);
    expect(dw).toEqual(expected.data);
    expect(plan.run(x.data, dy.data)).toEqual(expected.data);
    expect(plan).toMatchObject({ inputShape, filterShape, outputShape });
    const { algorithm, reason } = explainConv2d(inputShape, filterShape, { ...options, pass: "filterGradient" });
    expect(plan).toMatchObject({ algorithm, reason });
  });
});

it("plans depthwise gradients", () => {
  const [x, filter, dy] = [integers([2, 9, 7, 4], 7), integers([3, 3, 4, 2], 5), integers([2, 9, 7, 8], 3)];
  const options = { padding: "same" } as const;
  const inputPlan = planDepthwiseConv2dInputGradient(x.shape, filter, options);
  expect(inputPlan.run(dy.data)).toEqual(depthwiseConv2dInputGradient(dy, filter, x.shape, options).data);
  const filterPlan = planDepthwiseConv2dFilterGradient(x.shape, filter.shape, options);
  expect(filterPlan.run(x.data, dy.data)).toEqual(depthwiseConv2dFilterGradient(x, dy, filter.shape, options).data);
  expect(filterPlan.filterShape).toEqual(filter.shape);
});

it("computes input gradients in float64, and in memory of the SIMD engine", () => {
  const [filter, dy] = [integers([3, 3, 4, 8], 5), integers([1, 7, 5, 8], 3)];
  const expected = conv2dInputGradient(dy, filter, [1, 9, 7, 4], strict).data;
  const doubles = planConv2dInputGradient<Float64Array>(
    [1, 9, 7, 4],
    { shape: filter.shape, data: Float64Array.from(filter.data) },
    strict,
  );
  expect(doubles.run(Float64Array.from(dy.data))).toEqual(Float64Array.from(expected));
  const [source, target] = [residentArray(dy.data.length), residentArray(expected.length)];
  source.write(dy.data);
  expect(planConv2dInputGradient([1, 9, 7, 4], filter, strict).run(source, target)).toBe(target);
  expect(target.read()).toEqual(expected);
});

describe("what does not fit", () => {
  const filter = integers([3, 3, 4, 8], 5);
  const inputPlan = planConv2dInputGradient([1, 9, 7, 4], filter);
  const filterPlan = planConv2dFilterGradient([1, 9, 7, 4], [3, 3, 4, 8]);
  const [x, dy, dw] = [252, 280, 288].map((length) => new Float32Array(length));
  const memory = new Float32Array(600);

  it.each([
    [() => inputPlan.run(x), /^Conv2dInputGradientPlan\.run: dy .*280.*252/],
    [() => inputPlan.run(dy, dy), /^Conv2dInputGradientPlan\.run: dx .*252.*280/],
    [
      () => inputPlan.run(memory.subarray(0, 280), memory.subarray(200, 452)),
      /^Conv2dInputGradientPlan\.run: dx overlaps dy/,
    ],
    [() => filterPlan.run(dy, dy), /^Conv2dFilterGradientPlan\.run: x .*252.*280/],
    [() => filterPlan.run(x, x), /^Conv2dFilterGradientPlan\.run: dy .*280.*252/],
    [() => filterPlan.run(x, dy, x), /^Conv2dFilterGradientPlan\.run: dw .*288.*252/],
    [
      () => filterPlan.run(memory.subarray(0, 252), dy, memory.subarray(251, 539)),
      /^Conv2dFilterGradientPlan\.run: dw overlaps x/,
    ],
    [
      () => filterPlan.run(x, memory.subarray(0, 280), memory.subarray(279, 567)),
      /^Conv2dFilterGradientPlan\.run: dw overlaps dy/,
    ],
    [() => planConv2dInputGradient([1, 9, 7, 3], filter), /^planConv2dInputGradient: .*4.*3/],
    [() => planConv2dFilterGradient([1, 2, 7, 4], [3, 3, 4, 8]), /^planConv2dFilterGradient: /],
  ])("is refused (%#)", (call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });

  it("is of another type or name", () => {
    expect(() => filterPlan.run(new Float64Array(252) as never, dy)).toThrow(TypeError);
    expect(() => inputPlan.run(dy, [] as never)).toThrow(TypeError);
    expect(() => planConv2dInputGradient([1, 9, 7, 4], filter, { bias: dw } as never)).toThrow(/unknown option "bias"/);
    expect(() => planConv2dFilterGradient([1, 9, 7, 4], [3, 3, 4, 8], { stride: 1 } as never)).toThrow(
      /planConv2dFilterGradient: unknown option "stride"/,
    );
  });

  it.each(["direct", "tiled"] as const)("is a plan of %s that has given its memory back", (algorithm) => {
    const forward = planConv2d([1, 9, 7, 4], filter, { algorithm });
    const filterGradient = planConv2dFilterGradient([1, 9, 7, 4], [3, 3, 4, 8], { algorithm });
    const inputGradient = planConv2dInputGradient([1, 9, 7, 4], filter, { algorithm });
    for (const plan of [forward, filterGradient, inputGradient]) {
      plan[Symbol.dispose]();
      plan[Symbol.dispose]();
    }
    expect(() => forward.run(x)).toThrow(/^Conv2dPlan\.run: the plan was disposed of$/);
    expect(() => filterGradient.run(x, dy)).toThrow(/^Conv2dFilterGradientPlan\.run: the plan was disposed of$/);
    expect(() => inputGradient.run(dy)).toThrow(/^Conv2dInputGradientPlan\.run: the plan was disposed of$/);
  });
});
