/**
 * Gradients that are prepared: they are those that are computed once, at every run, and refuse what does not fit.
 */

import {
  type AlgorithmOption,
  type ConvOptions,
  conv2d,
  depthwiseConv2d,
  explain,
  filterGradient,
  inputGradient,
  plan,
  planFilterGradient,
  planInputGradient,
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
const CONVOLUTIONS: readonly (readonly [string, Shape4, Shape4, Shape4, ConvOptions<2> & AlgorithmOption])[] = [
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
    const expected = inputGradient(conv2d, dy, filter, inputShape, options);
    const weights = { shape: filterShape, data: filter.data.slice() };
    const planned = planInputGradient(conv2d, inputShape, weights, options);
    weights.data.fill(9);
    const memory = new Float32Array(expected.data.length + 2).fill(-99);
    const dx = memory.subarray(1, -1);
    expect(planned.run(dy.data, dx)).toBe(dx);
    expect(dx).toEqual(expected.data);
    expect([memory[0], memory.at(-1)]).toEqual([-99, -99]);
    expect(planned.run(dy.data)).toEqual(expected.data);
    expect(planned).toMatchObject({ inputShape, outputShape });
    const { algorithm, reason } = explain(conv2d, inputShape, filterShape, { ...options, pass: "inputGradient" });
    expect(planned).toMatchObject({ algorithm, reason });
  });

  it("gives the gradient of the filter at every run", () => {
    const expected = filterGradient(conv2d, x, dy, filterShape, options);
    const planned = planFilterGradient(conv2d, inputShape, filterShape, options);
    const dw = new Float32Array(expected.data.length).fill(-99);
    expect(planned.run(x.data, dy.data, dw)).toBe(dw);
    expect(dw).toEqual(expected.data);
    expect(planned.run(x.data, dy.data)).toEqual(expected.data);
    expect(planned).toMatchObject({ inputShape, filterShape, outputShape });
    const { algorithm, reason } = explain(conv2d, inputShape, filterShape, { ...options, pass: "filterGradient" });
    expect(planned).toMatchObject({ algorithm, reason });
  });
});

it("plans depthwise gradients", () => {
  const [x, filter, dy] = [integers([2, 9, 7, 4], 7), integers([3, 3, 4, 2], 5), integers([2, 9, 7, 8], 3)];
  const options = { padding: "same" } as const;
  const inputPlan = planInputGradient(depthwiseConv2d, x.shape, filter, options);
  expect(inputPlan.run(dy.data)).toEqual(inputGradient(depthwiseConv2d, dy, filter, x.shape, options).data);
  const filterPlan = planFilterGradient(depthwiseConv2d, x.shape, filter.shape, options);
  expect(filterPlan.run(x.data, dy.data)).toEqual(filterGradient(depthwiseConv2d, x, dy, filter.shape, options).data);
  expect(filterPlan.filterShape).toEqual(filter.shape);
});

it("computes input gradients in float64, and in memory of the SIMD engine", () => {
  const [filter, dy] = [integers([3, 3, 4, 8], 5), integers([1, 7, 5, 8], 3)];
  const expected = inputGradient(conv2d, dy, filter, [1, 9, 7, 4], strict).data;
  const doubles = planInputGradient(
    conv2d,
    [1, 9, 7, 4],
    { shape: filter.shape, data: Float64Array.from(filter.data) },
    strict,
  );
  expect(doubles.run(Float64Array.from(dy.data))).toEqual(Float64Array.from(expected));
  const [source, target] = [residentArray(dy.data.length), residentArray(expected.length)];
  source.write(dy.data);
  expect(planInputGradient(conv2d, [1, 9, 7, 4], filter, strict).run(source, target)).toBe(target);
  expect(target.read()).toEqual(expected);
});

describe("what does not fit", () => {
  const filter = integers([3, 3, 4, 8], 5);
  const inputPlan = planInputGradient(conv2d, [1, 9, 7, 4], filter);
  const filterPlan = planFilterGradient(conv2d, [1, 9, 7, 4], [3, 3, 4, 8]);
  const [x, dy, dw] = [252, 280, 288].map((length) => new Float32Array(length));
  const memory = new Float32Array(600);

  it.each([
    [() => inputPlan.run(x), /^planInputGradient\(conv2d\)\.run: dy .*280.*252/],
    [() => inputPlan.run(dy, dy), /^planInputGradient\(conv2d\)\.run: dx .*252.*280/],
    [
      () => inputPlan.run(memory.subarray(0, 280), memory.subarray(200, 452)),
      /^planInputGradient\(conv2d\)\.run: dx overlaps dy/,
    ],
    [() => filterPlan.run(dy, dy), /^planFilterGradient\(conv2d\)\.run: x .*252.*280/],
    [() => filterPlan.run(x, x), /^planFilterGradient\(conv2d\)\.run: dy .*280.*252/],
    [() => filterPlan.run(x, dy, x), /^planFilterGradient\(conv2d\)\.run: dw .*288.*252/],
    [
      () => filterPlan.run(memory.subarray(0, 252), dy, memory.subarray(251, 539)),
      /^planFilterGradient\(conv2d\)\.run: dw overlaps x/,
    ],
    [
      () => filterPlan.run(x, memory.subarray(0, 280), memory.subarray(279, 567)),
      /^planFilterGradient\(conv2d\)\.run: dw overlaps dy/,
    ],
    [() => planInputGradient(conv2d, [1, 9, 7, 3], filter), /^planInputGradient\(conv2d\): .*4.*3/],
    [() => planFilterGradient(conv2d, [1, 2, 7, 4], [3, 3, 4, 8]), /^planFilterGradient\(conv2d\): /],
  ])("is refused (%#)", (call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });

  it("is of another type or name", () => {
    expect(() => filterPlan.run(new Float64Array(252) as never, dy)).toThrow(TypeError);
    expect(() => inputPlan.run(dy, [] as never)).toThrow(TypeError);
    expect(() => planInputGradient(conv2d, [1, 9, 7, 4], filter, { bias: dw } as never)).toThrow(
      /unknown option "bias"/,
    );
    expect(() => planFilterGradient(conv2d, [1, 9, 7, 4], [3, 3, 4, 8], { stride: 1 } as never)).toThrow(
      /planFilterGradient\(conv2d\): unknown option "stride"/,
    );
  });

  it.each(["direct", "tiled"] as const)("is a plan of %s that has given its memory back", (algorithm) => {
    const forward = plan(conv2d, [1, 9, 7, 4], filter, { algorithm });
    const filterGradient = planFilterGradient(conv2d, [1, 9, 7, 4], [3, 3, 4, 8], { algorithm });
    const inputGradient = planInputGradient(conv2d, [1, 9, 7, 4], filter, { algorithm });
    for (const planned of [forward, filterGradient, inputGradient]) {
      planned[Symbol.dispose]();
      planned[Symbol.dispose]();
    }
    expect(() => forward.run(x)).toThrow(/^plan\(conv2d\)\.run: the plan was disposed of$/);
    expect(() => filterGradient.run(x, dy)).toThrow(/^planFilterGradient\(conv2d\)\.run: the plan was disposed of$/);
    expect(() => inputGradient.run(dy)).toThrow(/^planInputGradient\(conv2d\)\.run: the plan was disposed of$/);
  });
});
