/**
 * Gradients against themselves: the adjoint identity on integers, and finite differences in float64. (The conformance
 * suite holds them against the float64 reference, the parity run against TensorFlow.js.)
 */

import { biasGradient, conv2d, filterGradient, inputGradient, type Tensor4, tensor } from "@corr2d/core";
import { CASES, exactData, generateCases, outputShapeOf, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { optionsOf } from "./case-pass.ts";

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

describe("adjoint identity ⟨dy, conv(x, w)⟩ = ⟨inputGradient(dy), x⟩ = ⟨filterGradient(dy), w⟩", () => {
  const cases = [...CASES, ...generateCases(11, 60)];
  it.each(cases.map((convCase) => [convCase.name, convCase] as const))("%s", (_name, convCase) => {
    const data = exactData(convCase, 5);
    const options = optionsOf(convCase);
    const x: Tensor4 = { shape: convCase.inputShape, data: data.x };
    const filter: Tensor4 = { shape: convCase.filterShape, data: data.filter };
    const dy: Tensor4 = { shape: outputShapeOf(convCase), data: data.dy };
    const y = conv2d(x, filter, options);
    const inner = dot(dy.data, y.data);
    expect(dot(inputGradient(conv2d, dy, filter, x.shape, options).data, x.data)).toBe(inner);
    expect(dot(filterGradient(conv2d, x, dy, filter.shape, options).data, filter.data)).toBe(inner);
    const ones = tensor(y.shape, new Float32Array(y.data.length).fill(1));
    expect(dot(biasGradient(dy), new Float32Array(filter.shape[3]).fill(1))).toBe(dot(dy.data, ones.data));
  });
});

describe("finite differences in float64", () => {
  it.each([
    { strides: 1, padding: "same", dilations: 1, groups: 1 },
    { strides: [2, 1], padding: 1, dilations: [1, 2], groups: 2 },
    {
      strides: 3,
      padding: [
        [2, 0],
        [1, 3],
      ],
      dilations: 2,
      groups: 1,
    },
  ] as const)("%o", (options) => {
    const random = seededRandom(3);
    const normal = (length: number): Float64Array => Float64Array.from({ length }, () => random.normal());
    const x = tensor([2, 7, 8, 4], normal(448));
    const filter = tensor([3, 2, 4 / options.groups, 6], normal((3 * 2 * 4 * 6) / options.groups));
    const y = conv2d(x, filter, options);
    const dy = tensor(y.shape, normal(y.data.length));
    const loss = (): number => dot(dy.data, conv2d(x, filter, options).data);
    const dx = inputGradient(conv2d, dy, filter, x.shape, options);
    const dw = filterGradient(conv2d, x, dy, filter.shape, options);
    const difference = (values: Float64Array, i: number): number => {
      const step = 1e-3;
      const kept = values[i];
      values[i] = kept + step;
      const above = loss();
      values[i] = kept - step;
      const below = loss();
      values[i] = kept;
      return (above - below) / (2 * step);
    };
    for (let i = 0; i < x.data.length; i += 7) expect(dx.data[i]).toBeCloseTo(difference(x.data, i), 8);
    for (let i = 0; i < filter.data.length; i += 5) expect(dw.data[i]).toBeCloseTo(difference(filter.data, i), 8);
  });
});
