import { algorithms, conv2d, explainConv2d, planConv2d, tensor } from "@corr2d/core";
import { CASES, realData } from "@corr2d/testkit";
import { expect, it } from "vitest";

const shape = [2, 9, 7, 4] as const;
const x = Float32Array.from({ length: 2 * 9 * 7 * 4 }, (_, i) => ((i * 7) % 11) - 5);
const filter = tensor(
  [3, 3, 4, 5],
  Float32Array.from({ length: 180 }, (_, i) => ((i * 5) % 7) - 3),
);

it("gives at every run what conv2d gives", () => {
  const plan = planConv2d(shape, filter, { padding: "same", strides: 2 });
  const expected = conv2d(tensor(shape, x), filter, { padding: "same", strides: 2 });
  expect(plan.outputShape).toEqual(expected.shape);
  expect(plan.run(x)).toEqual(expected.data);
  expect(plan.run(x)).toEqual(expected.data);
});

it("keeps its own copy of filter and bias", () => {
  const weights = tensor([3, 3, 1, 1], new Float32Array(9));
  const bias = new Float32Array([1]);
  for (const { name } of algorithms) {
    weights.data.fill(2);
    bias[0] = 1;
    const plan = planConv2d([1, 3, 3, 1], weights, { bias, algorithm: name });
    weights.data.fill(9);
    bias[0] = 9;
    expect(plan.run(new Float32Array(9).fill(3))).toEqual(new Float32Array([9 * 2 * 3 + 1]));
  }
});

it("lets plans take turns, though they share scratch memory", () => {
  for (const { name } of algorithms) {
    const first = planConv2d(shape, filter, { algorithm: name });
    const second = planConv2d(shape, { shape: filter.shape, data: filter.data.map((w) => 2 * w) }, { algorithm: name });
    const once = first.run(x);
    expect(second.run(x)).toEqual(once.map((value) => 2 * value));
    expect(first.run(x)).toEqual(once);
  }
});

it("writes into the caller's array, in either layout, and nowhere else", () => {
  for (const layout of ["NHWC", "NCHW"] as const) {
    const inputShape = layout === "NHWC" ? shape : ([2, 4, 9, 7] as const);
    const plan = planConv2d(inputShape, filter, { layout });
    const size = plan.outputShape.reduce((a, b) => a * b);
    const memory = new Float32Array(size + 2).fill(-99);
    const y = memory.subarray(1, 1 + size);
    expect(plan.run(x, y)).toBe(y);
    expect(y).toEqual(plan.run(x));
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

it("says what it chose and why, and what it could not choose", () => {
  const easy = explainConv2d([1, 56, 56, 64], [3, 3, 64, 64]);
  expect(algorithms.map((algorithm) => algorithm.name)).toContain(easy.algorithm);
  expect(easy.reason).toMatch(/\w+ \w+/);
  const long = explainConv2d([1, 64, 64, 16], [64, 64, 16, 1]);
  expect(long.algorithm).toBe("im2col");
  expect(long.reason).toMatch(/not tiled: 65536 terms per output cell exceed the 16384 that a lane holds/);
});

it("keeps scratch memory bounded, whatever the image", () => {
  for (const { name } of algorithms) {
    const plan = planConv2d([1, 224, 224, 64], tensor([3, 3, 64, 8]), { padding: "same", algorithm: name });
    expect(plan.scratchBytes).toBeLessThanOrEqual(4 * 2 ** 20);
  }
});
