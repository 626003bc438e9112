/**
 * What TypeScript lets callers write, under its strictest options: options that may be absent, shapes as literals, arrays in
 * any buffer. The compiler is the test; what runs here shows that the values are what the types say.
 */

import {
  type ConvOptions,
  conv1d,
  conv2d,
  corr2d,
  type FloatArray,
  type FusedOptions,
  gradients,
  type Matrix,
  type Owned,
  plan,
  planFilterGradient,
  planInputGradient,
  type ResidentArray,
  residentArray,
  type Shape3,
  separableConv2d,
  type Tensor4,
  tensor,
  zeros,
} from "@corr2d/core";
import { Conv2d, SeparableConv2d } from "@corr2d/core/layers";
import { expect, expectTypeOf, it } from "vitest";

const x = tensor([1, 2, 2, 1], [1, 2, 3, 4]);
const one = tensor([1, 1, 1, 1], [1]);

it("takes options of which some are undefined, as wrappers hand them on", () => {
  const wrapped = (options: Pick<ConvOptions<2> & FusedOptions, "strides" | "padding" | "bias">): Tensor4 => {
    const { strides, padding, bias } = options;
    return conv2d(x, one, { strides, padding, bias, activation: undefined });
  };
  expect(wrapped({}).data).toEqual(x.data);
  expect(wrapped({ strides: 2 }).shape).toEqual([1, 1, 1, 1]);
  const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 1, bias: undefined, seed: undefined });
  expect(layer.parameters.length).toBe(2);
});

it("takes options that were written before they were needed", () => {
  const frozen = { strides: [2, 2], padding: "same" } as const;
  const checked = { padding: 1, activation: "relu" } satisfies ConvOptions<2> & FusedOptions;
  expect(conv2d(x, one, frozen).shape).toEqual([1, 1, 1, 1]);
  expect(conv2d(x, one, checked).shape).toEqual([1, 4, 4, 1]);
});

it("takes any object of shape and data, and keeps the element type", () => {
  const matrix = { shape: [2, 2], data: new Float64Array([1, 2, 3, 4]) } satisfies Matrix<Float64Array>;
  const y = corr2d(matrix, tensor([1, 1], new Float64Array([2])));
  expectTypeOf(y.data).toExtend<Float64Array>();
  expect(y.data).toEqual(new Float64Array([2, 4, 6, 8]));
  const wrapped = <T extends FloatArray>(image: Tensor4<T>, filter: Tensor4<T>): Tensor4<Owned<T>> =>
    conv2d(image, filter);
  expect(wrapped(x, one).data).toEqual(x.data);
  // @ts-expect-error: two element types
  expect(() => corr2d(matrix, tensor([1, 1], [2]))).toThrow(TypeError);
});

it("runs plans over arrays in any buffer, whatever that of the filter is", () => {
  const filter = tensor([1, 1, 1, 1], new Float32Array([2])); // Tensor4<Float32Array<ArrayBuffer>>
  const planned = plan(conv2d, [1, 2, 2, 1], filter);
  const anywhere: Float32Array = x.data;
  const y: Float32Array = planned.run(anywhere);
  expect(y).toEqual(new Float32Array([2, 4, 6, 8]));
  const target = new Float32Array(4);
  expectTypeOf(planned.run(anywhere, target)).toEqualTypeOf(target);
  expectTypeOf(planned.run(anywhere, residentArray(4))).toEqualTypeOf<ResidentArray>();
  // @ts-expect-error: without a target, the result is an array
  const resident: ResidentArray = planned.run(anywhere);
  expect(resident).toEqual(y);
  expect(planInputGradient(conv2d, [1, 2, 2, 1], filter).run(anywhere)).toEqual(y);
  const matrixPlan = plan(corr2d, [2, 2], tensor([1, 1], new Float32Array([2])));
  expect(matrixPlan.run(anywhere, target)).toEqual(y);
});

it("lets results take the place of what they came from", () => {
  const layers = [
    new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: 3, padding: "same" }),
    new SeparableConv2d({ inChannels: 2, outChannels: 1, kernelSize: 3, padding: "same" }),
  ];
  let activations = zeros([1, 8, 8, 1]);
  for (const layer of layers) activations = layer.forward(activations);
  expect(activations.shape).toEqual([1, 8, 8, 1]);
  let image = zeros([6, 5]);
  for (let i = 0; i < 2; i++) image = corr2d(image, tensor([3, 3], new Float32Array(9)), { mode: "same" });
  expect(image.shape).toEqual([6, 5]);
  const blob: Blob = new Blob([conv2d(x, one).data, plan(conv2d, x.shape, one).run(x.data)]);
  expect(blob.size).toBe(2 * 4 * 4);
});

it("infers shapes, options and element types of the operation that a verb is given", () => {
  const filter = zeros([3, 1, 2], "float64");
  const planned = plan(conv1d, [1, 8, 1], filter, { padding: [[1, 1]], layout: "NWC" });
  expectTypeOf(planned.outputShape).toEqualTypeOf<Shape3>();
  expectTypeOf(planned.run(new Float64Array(8))).toEqualTypeOf<Float64Array<ArrayBuffer>>();
  const gradient = planFilterGradient(conv1d, [1, 8, 1], [3, 1, 2], { dtype: "float64", padding: "same" });
  expectTypeOf(gradient.run(new Float64Array(8), new Float64Array(16))).toEqualTypeOf<Float64Array<ArrayBuffer>>();
  expectTypeOf(planFilterGradient(conv1d, [1, 8, 1], [3, 1, 2]).run).returns.toExtend<Float32Array | ResidentArray>();
  const found = gradients(
    separableConv2d,
    zeros([1, 4, 4, 2]),
    { depthwise: zeros([3, 3, 2, 1]), pointwise: zeros([1, 1, 2, 3]) },
    zeros([1, 2, 2, 3]),
  );
  expectTypeOf(found.filter.pointwise.data).toEqualTypeOf<Float32Array<ArrayBuffer>>();
  // @ts-expect-error: a filter of two axes
  expect(() => plan(conv1d, [1, 8, 1], zeros([3, 3, 1, 2], "float64"))).toThrow(RangeError);
  // @ts-expect-error: an option of another operation
  expect(() => plan(conv1d, [1, 8, 1], filter, { outputPadding: 1 })).toThrow(TypeError);
  // @ts-expect-error: the shape of a filter whose gradient depends on its values
  expect(() => planFilterGradient(separableConv2d, [1, 4, 4, 2], [3, 3, 2, 1])).toThrow(TypeError);
});
