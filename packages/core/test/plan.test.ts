import { conv2d, explain, plan, tensor, zeros } from "@corr2d/core";
import { algorithms, type ConvAlgorithm } from "@corr2d/core/internals";
import { CASES, type ConvCase, realData } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { geometryOf, optionsOf, supports } from "./case-pass.ts";

const shape = [2, 9, 7, 4] as const;
const x = Float32Array.from({ length: 2 * 9 * 7 * 4 }, (_, i) => ((i * 7) % 11) - 5);
const filter = tensor(
  [3, 3, 4, 5],
  Float32Array.from({ length: 180 }, (_, i) => ((i * 5) % 7) - 3),
);

it("gives at every run what conv2d gives", () => {
  const planned = plan(conv2d, shape, filter, { padding: "same", strides: 2 });
  const expected = conv2d(tensor(shape, x), filter, { padding: "same", strides: 2 });
  expect(planned.outputShape).toEqual(expected.shape);
  expect(planned.run(x)).toEqual(expected.data);
  expect(planned.run(x)).toEqual(expected.data);
});

/** What an algorithm can be asked: the first of some cases that it supports. */
function caseFor(algorithm: ConvAlgorithm, cases: readonly ConvCase[]): ConvCase {
  const found = cases.find((convCase) => supports(algorithm, geometryOf(convCase), "forward"));
  expect(found, algorithm.name).toBeDefined();
  return found!;
}

it.each(algorithms)("$name keeps its own copy of filter and bias", (algorithm) => {
  const convCase = caseFor(
    algorithm,
    CASES.filter(({ bias }) => bias),
  );
  const data = realData(convCase, 1);
  const filter = { shape: convCase.filterShape, data: data.filter };
  const planned = plan(conv2d, convCase.inputShape, filter, {
    ...optionsOf(convCase),
    bias: data.bias!,
    algorithm: algorithm.name,
  });
  const once = planned.run(data.x);
  data.filter.fill(9);
  data.bias!.fill(9);
  expect(planned.run(data.x)).toEqual(once);
});

it.each(algorithms)("$name lets plans take turns, though they share scratch memory", (algorithm) => {
  const convCase = caseFor(algorithm, CASES);
  const data = realData(convCase, 2);
  const input = data.x.slice();
  const [first, second] = [1, 2].map((factor) => {
    const filter = { shape: convCase.filterShape, data: data.filter.map((w) => factor * w) };
    return plan(conv2d, convCase.inputShape, filter, { ...optionsOf(convCase), algorithm: algorithm.name });
  });
  const once = first.run(input);
  expect(second.run(input)).toEqual(once.map((value) => 2 * value));
  expect(first.run(input)).toEqual(once);
});

it("writes into the caller's array, in either layout, and nowhere else", () => {
  for (const layout of ["NHWC", "NCHW"] as const) {
    const inputShape = layout === "NHWC" ? shape : ([2, 4, 9, 7] as const);
    const planned = plan(conv2d, inputShape, filter, { layout });
    const size = planned.outputShape.reduce((a, b) => a * b);
    const memory = new Float32Array(size + 2).fill(-99);
    const y = memory.subarray(1, 1 + size);
    expect(planned.run(x, y)).toBe(y);
    expect(y).toEqual(planned.run(x));
    expect([memory[0], memory[size + 1]]).toEqual([-99, -99]);
  }
});

it("computes NCHW as the transpose of NHWC", () => {
  const convCase = CASES.find((c) => c.groups > 1 && c.inputShape[3] > 1)!;
  const data = realData(convCase, 1);
  const [n, h, w, c] = convCase.inputShape;
  const { inputShape, filterShape, name: _name, bias: _bias, ...options } = convCase;
  const nhwc = conv2d({ shape: inputShape, data: data.x }, { shape: filterShape, data: data.filter }, options);
  const planar = new Float32Array(data.x.length);
  data.x.forEach((value, i) => {
    const [channel, column, row, image] = [
      i % c,
      Math.floor(i / c) % w,
      Math.floor(i / c / w) % h,
      Math.floor(i / c / w / h),
    ];
    planar[((image * c + channel) * h + row) * w + column] = value;
  });
  const nchw = conv2d(
    { shape: [n, c, h, w], data: planar },
    { shape: filterShape, data: data.filter },
    { ...options, layout: "NCHW" },
  );
  const [, oh, ow, oc] = nhwc.shape;
  expect(nchw.shape).toEqual([n, oc, oh, ow]);
  nhwc.data.forEach((value, i) => {
    const [channel, column, row, image] = [
      i % oc,
      Math.floor(i / oc) % ow,
      Math.floor(i / oc / ow) % oh,
      Math.floor(i / oc / ow / oh),
    ];
    expect(nchw.data[((image * oc + channel) * oh + row) * ow + column]).toBe(value);
  });
});

it("says what it chose and why", () => {
  const { algorithm, reason } = explain(conv2d, [1, 56, 56, 64], [3, 3, 64, 64]);
  expect(algorithms.map(({ name }) => name)).toContain(algorithm);
  expect(reason).toMatch(/\w+ \w+/);
});

it.each(algorithms)("$name keeps scratch memory bounded, whatever the image", (algorithm) => {
  const usual = CASES.find(({ name }) => name === "same, odd kernel")!;
  const convCase = caseFor(algorithm, [
    { ...usual, inputShape: [1, 224, 224, 64], filterShape: [3, 3, 64, 8] },
    { ...usual, inputShape: [1, 224, 224, 64], filterShape: [3, 3, 1, 64], groups: 64 },
    { ...usual, inputShape: [1, 1024, 1024, 1], filterShape: [3, 3, 1, 1] },
  ]);
  const planned = plan(conv2d, convCase.inputShape, zeros(convCase.filterShape), {
    ...optionsOf(convCase),
    algorithm: algorithm.name,
  });
  expect(planned.scratchBytes).toBeLessThanOrEqual(4 * 2 ** 20);
});

it("says that the reference computes where a weight is not finite, in the place of SIMD", () => {
  const weights = filter.data.slice();
  weights[3] = Number.POSITIVE_INFINITY;
  const planned = plan(conv2d, shape, tensor(filter.shape, weights), { padding: "same", algorithm: "direct" });
  expect(planned).toMatchObject({
    algorithm: "naive",
    engine: "scalar",
    reason: "instead of direct, as a weight is not finite",
  });
});

it("runs on the engine that is asked for, and says so", () => {
  const weights = tensor(filter.shape, filter.data);
  for (const engine of ["scalar", "simd"] as const) {
    const options = { padding: "same", engine } as const;
    expect(plan(conv2d, shape, weights, options).engine).toBe(engine);
    expect(explain(conv2d, shape, filter.shape, { ...options, pass: "filterGradient" }).engine).toBe(engine);
  }
  expect(() => plan(conv2d, shape, tensor(filter.shape, Float64Array.from(filter.data)), { engine: "simd" })).toThrow(
    'plan(conv2d): engine "simd" does not support this forward pass: SIMD computes in float32, not in float64',
  );
});
