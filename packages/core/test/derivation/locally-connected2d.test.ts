/**
 * The locally connected layer: with equal weights everywhere it is the convolution layer, its gradients are adjoint to it,
 * and it refuses what it cannot be.
 */

import { conv2d, gradients, type Tensor4, tensor, zeros } from "@corr2d/core";
import { Conv2d, LocallyConnected2d, sgdStep } from "@corr2d/core/layers";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const random = seededRandom(3, "locallyConnected2d");
const integers = (length: number): Float32Array => Float32Array.from({ length }, () => random.integer(-4, 4));
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

const placements = [
  {},
  { padding: "same" },
  { strides: 2, padding: 1 },
  {
    strides: [1, 3],
    dilations: [2, 3],
    padding: [
      [2, 0],
      [1, 3],
    ],
  },
] as const;

function makeLayer(options: (typeof placements)[number]): { layer: LocallyConnected2d; x: Tensor4; dy: Tensor4 } {
  const layer = new LocallyConnected2d({
    inputSize: [7, 8],
    inChannels: 3,
    outChannels: 4,
    kernelSize: [3, 2],
    ...options,
  });
  for (const { value } of layer.parameters) value.set(integers(value.length));
  const x = tensor([2, 7, 8, 3], integers(336));
  const { shape, data } = layer.forward(x);
  return { layer, x, dy: { shape, data: integers(data.length) } };
}

describe.each(placements)("with %o", (options) => {
  it("is the convolution layer where all cells have the same weights, and so are its gradients, summed", () => {
    const { layer, x, dy } = makeLayer(options);
    const filter = tensor([3, 2, 3, 4], integers(72));
    const bias = integers(4);
    layer.filter.value.forEach((_, i, values) => {
      values[i] = filter.data[i % 72];
    });
    layer.bias!.value.forEach((_, i, values) => {
      values[i] = bias[i % 4];
    });
    const convolution = new Conv2d({ inChannels: 3, outChannels: 4, kernelSize: [3, 2], ...options });
    convolution.loadState({ filter: { shape: filter.shape, data: filter.data }, bias: { shape: [4], data: bias } });
    expect(layer.forward(x)).toEqual(convolution.forward(x));
    const expected = gradients(conv2d, x, filter, dy, options);
    expect(layer.backward(dy)).toEqual(expected.input);
    const summed = new Float32Array(72);
    layer.filter.gradient.forEach((g, i) => {
      summed[i % 72] += g;
    });
    expect(summed).toEqual(expected.filter.data);
    const summedBias = new Float32Array(4);
    layer.bias!.gradient.forEach((g, i) => {
      summedBias[i % 4] += g;
    });
    expect(summedBias).toEqual(expected.bias);
  });

  it("has adjoint gradients: ⟨dy, y − bias⟩ = ⟨dx, x⟩ = ⟨dw, w⟩", () => {
    const { layer, x, dy } = makeLayer(options);
    layer.bias!.value.fill(0);
    const inner = dot(dy.data, layer.forward(x).data);
    expect(dot(layer.backward(dy).data, x.data)).toBe(inner);
    expect(dot(layer.filter.gradient, layer.filter.value)).toBe(inner);
  });
});

it("has the derivatives that differences give", () => {
  const { layer, x, dy } = makeLayer({ padding: "same" });
  layer.backward(dy);
  const found = layer.parameters.map(({ gradient }) => gradient.slice());
  layer.parameters.forEach(({ value }, p) => {
    for (let i = 0; i < value.length; i += 97) {
      // The output is linear in each weight, and all numbers are integers: a difference is the derivative.
      const before = dot(dy.data, layer.forward(x).data);
      value[i] += 1;
      expect(dot(dy.data, layer.forward(x).data) - before).toBe(found[p][i]);
      value[i] -= 1;
    }
  });
});

it("learns what no convolution can: to know one place from another", () => {
  // The picture's left half is to be kept and its right half turned to its negative.
  const layer = new LocallyConnected2d({
    inputSize: [2, 4],
    inChannels: 1,
    outChannels: 1,
    kernelSize: 1,
    bias: false,
    seed: 2,
  });
  const x = tensor(
    [8, 2, 4, 1],
    Float32Array.from({ length: 64 }, () => random.normal()),
  );
  const wanted = x.data.map((value, i) => (i % 4 < 2 ? value : -value));
  let loss = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 200; step++) {
    const y = layer.forward(x);
    const error = y.data.map((value, i) => value - wanted[i]);
    loss = dot(error, error);
    layer.backward({ shape: y.shape, data: error });
    sgdStep(layer.parameters, 0.1);
  }
  expect(loss).toBeLessThan(1e-6);
  expect(Array.from(layer.filter.value, (w) => Math.round(w * 1e3) / 1e3)).toEqual([1, 1, -1, -1, 1, 1, -1, -1]);
});

it("adds up gradients over backward passes, keeps its state, and starts from its seed", () => {
  const { layer, dy } = makeLayer({});
  layer.backward(dy);
  const once = layer.filter.gradient.slice();
  layer.backward(dy);
  expect(layer.filter.gradient).toEqual(once.map((g) => 2 * g));
  const make = (seed: number): LocallyConnected2d =>
    new LocallyConnected2d({ inputSize: [7, 8], inChannels: 3, outChannels: 4, kernelSize: [3, 2], seed });
  const other = make(1);
  expect(other.filter.value).toEqual(make(1).filter.value);
  expect(other.filter.value).not.toEqual(make(2).filter.value);
  other.loadState(layer.state());
  expect(other.filter.value).toEqual(layer.filter.value);
  expect(other.parameters.map(({ name, shape }) => [name, shape])).toEqual([
    ["filter", [5, 7, 3, 2, 3, 4]],
    ["bias", [5, 7, 4]],
  ]);
});

it("initialises with the variance that it says", () => {
  const options = { inputSize: 20, inChannels: 8, outChannels: 4, kernelSize: 3 } as const;
  const { value } = new LocallyConnected2d({ ...options, initializer: "heNormal", seed: 5 }).filter;
  const square = value.reduce((sum, w) => sum + w * w, 0) / value.length;
  expect(square / (2 / 72)).toBeGreaterThan(0.97);
  expect(square / (2 / 72)).toBeLessThan(1.03);
});

describe("refuses", () => {
  const untyped = (value: unknown): never => value as never;
  const good = { inputSize: 6, inChannels: 2, outChannels: 2, kernelSize: 3 } as const;
  const layer = new LocallyConnected2d(good);
  it.each([
    [
      "no options",
      () => new LocallyConnected2d(untyped(undefined)),
      /^LocallyConnected2d: inChannels must be a number, got undefined$/,
    ],
    [
      "an unknown option",
      () => new LocallyConnected2d(untyped({ ...good, groups: 2 })),
      /^LocallyConnected2d: unknown option "groups"/,
    ],
    [
      "no input size",
      () => new LocallyConnected2d(untyped({ ...good, inputSize: undefined })),
      /^LocallyConnected2d: inputSize must be a number or \[height, width\]/,
    ],
    [
      "a kernel larger than the image",
      () => new LocallyConnected2d({ ...good, kernelSize: 7 }),
      /^LocallyConnected2d: kernel height 7 exceeds input height 6$/,
    ],
    [
      "an unknown initialiser",
      () => new LocallyConnected2d({ ...good, initializer: untyped("ones") }),
      /^LocallyConnected2d: initializer must be .*, got "ones"$/,
    ],
    [
      "a seed that is none",
      () => new LocallyConnected2d({ ...good, seed: 0.5 }),
      /^LocallyConnected2d: seed must be an integer, got 0\.5$/,
    ],
    [
      "a bias that is neither",
      () => new LocallyConnected2d({ ...good, bias: untyped(1) }),
      /^LocallyConnected2d: bias must be true or false, got 1$/,
    ],
    [
      "absurd numbers of weights",
      () => new LocallyConnected2d({ ...good, inputSize: 4000, kernelSize: 31 }),
      /^LocallyConnected2d: filter \[3970,3970,31,31,2,2\] has \d+ elements, more than/,
    ],
    [
      "images of another size",
      () => layer.forward(zeros([1, 5, 6, 2])),
      /^LocallyConnected2d\.forward: x must have shape \[batch, 6, 6, 2\], got \[1,5,6,2\]$/,
    ],
    [
      "float64",
      () => layer.forward(untyped(tensor([1, 6, 6, 2], new Float64Array(72)))),
      /^LocallyConnected2d\.forward: x\.data must be a Float32Array/,
    ],
    [
      "a gradient before a forward pass",
      () => new LocallyConnected2d(good).backward(zeros([1, 4, 4, 2])),
      /^LocallyConnected2d\.backward: call forward first/,
    ],
  ])("%s", (_name, call, text) => {
    expect(call).toThrow(text);
  });

  it("a gradient of another shape than the output", () => {
    layer.forward(zeros([2, 6, 6, 2]));
    expect(() => layer.backward(zeros([2, 4, 5, 2]))).toThrow(
      /dy must have shape \[batch, 4, 4, 2\], got \[2,4,5,2\]$/,
    );
    expect(() => layer.backward(zeros([1, 4, 4, 2]))).toThrow(/dy has 1 images, but the last output had 2$/);
    expect(layer.filter.gradient.every((g) => g === 0)).toBe(true);
  });
});
