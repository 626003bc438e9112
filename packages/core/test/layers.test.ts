/**
 * Every layer: it computes its operation, its gradients are the operation's, its state goes out and comes back, and it
 * refuses what it cannot be.
 */

import { conv2d, gradients, plan, type Shape4, type Tensor, type Tensor4, tensor, zeros } from "@corr2d/core";
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  DepthwiseConv2d,
  type Layer,
  SeparableConv2d,
  sgdStep,
} from "@corr2d/core/layers";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const normals = (shape: readonly number[], stream: string): Tensor => {
  const random = seededRandom(4, stream);
  return tensor(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  );
};

interface Entry {
  readonly name: string;
  readonly make: (options?: object) => Layer<readonly number[]>;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
}

const entry = <O extends object>(
  make: new (options: O) => unknown,
  fixed: O,
  inputShape: readonly number[],
  outputShape: readonly number[],
): Entry => ({
  name: make.name,
  make: (options = {}) => new make({ ...fixed, ...options }) as Layer<readonly number[]>,
  inputShape,
  outputShape,
});

const LAYERS: readonly Entry[] = [
  entry(Conv1d, { inChannels: 4, outChannels: 6, kernelSize: 3, groups: 2, padding: 1 }, [2, 7, 4], [2, 7, 6]),
  entry(Conv2d, { inChannels: 3, outChannels: 4, kernelSize: [2, 3], strides: 2 }, [2, 6, 7, 3], [2, 3, 3, 4]),
  entry(Conv3d, { inChannels: 2, outChannels: 3, kernelSize: 2, padding: "same" }, [1, 3, 4, 2, 2], [1, 3, 4, 2, 3]),
  entry(DepthwiseConv2d, { channels: 3, multiplier: 2, kernelSize: 3, padding: 1 }, [2, 5, 4, 3], [2, 5, 4, 6]),
  entry(SeparableConv2d, { inChannels: 3, outChannels: 4, multiplier: 2, kernelSize: 3 }, [2, 5, 4, 3], [2, 3, 2, 4]),
  entry(ConvTranspose1d, { inChannels: 2, outChannels: 3, kernelSize: 3, strides: 2 }, [2, 4, 2], [2, 9, 3]),
  entry(
    ConvTranspose2d,
    { inChannels: 4, outChannels: 2, kernelSize: 3, strides: 2, groups: 2, padding: "same" },
    [2, 3, 2, 4],
    [2, 6, 4, 2],
  ),
  entry(
    ConvTranspose3d,
    { inChannels: 2, outChannels: 1, kernelSize: 2, outputSize: 3 },
    [1, 2, 2, 2, 2],
    [1, 3, 3, 3, 1],
  ),
];

const loss = (y: Tensor): number => y.data.reduce((sum, value) => sum + value * value, 0);
const lossGradient = (y: Tensor): Tensor =>
  tensor(
    y.shape,
    y.data.map((value) => 2 * value),
  );

describe.each(LAYERS)("$name", ({ make, inputShape, outputShape }) => {
  const x = normals(inputShape, "x");

  it.each(["linear", "relu", "prelu", "sigmoid"])(
    "goes downhill along its gradient, with activation %s",
    (activation) => {
      const layer = make({ activation, seed: 3 });
      const y = layer.forward(x);
      expect(y.shape).toEqual(outputShape);
      const dx = layer.backward(lossGradient(y));
      expect(dx.shape).toEqual(inputShape);
      const squares = layer.parameters
        .flatMap(({ gradient }) => [...gradient])
        .reduce((sum, value) => sum + value * value, 0);
      expect(squares).toBeGreaterThan(0);
      const rate = 1e-5;
      const before = loss(y);
      sgdStep(layer.parameters, rate);
      const predicted = rate * squares;
      expect(Math.abs((before - loss(layer.forward(x))) / predicted - 1)).toBeLessThan(0.1);
    },
  );

  it("has the same weights for the same seed, others for another, and as many as it says", () => {
    const [first, second, third] = [make({ seed: 1 }), make({ seed: 1 }), make({ seed: 2 })];
    expect(first.state()).toEqual(second.state());
    expect(first.state()).not.toEqual(third.state());
    for (const { shape, value, gradient } of first.parameters) {
      expect(shape.reduce((a, b) => a * b, 1)).toBe(value.length);
      expect(gradient).toEqual(new Float32Array(value.length));
    }
  });

  it("takes another layer's state, also after a way through JSON", () => {
    const [source, target] = [make({ activation: "prelu", seed: 1 }), make({ activation: "prelu", seed: 2 })];
    for (const { value } of source.parameters) value[0] += 0.5;
    const state = source.state();
    target.loadState(state);
    expect(target.forward(x)).toEqual(source.forward(x));
    for (const { data } of Object.values(state)) data.fill(9); // a copy
    expect(target.forward(x)).toEqual(source.forward(x));
    const json = JSON.stringify(source.state(), (_, value) => (value instanceof Float32Array ? [...value] : value));
    const another = make({ activation: "prelu", seed: 3 });
    another.loadState(JSON.parse(json));
    expect(another.state()).toEqual(source.state());
  });

  it("refuses a state that is not its own, and keeps its values", () => {
    const layer = make();
    const before = layer.state();
    const [name] = Object.keys(before);
    const { shape, data } = before[name];
    const refused = (state: unknown, text: RegExp): void => {
      expect(() => layer.loadState(state as never)).toThrow(text);
      expect(layer.state()).toEqual(before);
    };
    const zeros = new Float32Array(data.length);
    refused(null, /loadState: state must be an object of \{ shape, data \}, got null$/);
    refused({}, new RegExp(`loadState: parameter "${name}" is missing$`));
    refused({ ...before, gain: before[name] }, /loadState: unknown parameter "gain"; this layer has \w+/);
    refused({ ...before, [name]: 3 }, new RegExp(`${name} must be \\{ shape, data \\}, got 3$`));
    refused({ ...before, [name]: { shape: [...shape].reverse(), data: zeros } }, /must have shape \[.*\], got \[/);
    refused({ ...before, [name]: { shape: [1], data: zeros } }, /must have rank \d/);
    refused({ ...before, [name]: { shape, data: zeros.subarray(1) } }, /data must have \d+ elements, got \d+$/);
    refused({ ...before, [name]: { shape, data: ["1"] } }, /data must be a Float32Array or an array of numbers/);
  });

  it("refuses inputs and gradients that do not fit", () => {
    const layer = make();
    expect(() => layer.backward(normals(outputShape, "dy"))).toThrow(/\.backward: call forward first/);
    expect(() => layer.forward(zeros([3, 3]))).toThrow(/\.forward: x must have rank \d, got shape \[3,3\] of rank 2$/);
    expect(() => layer.forward({ shape: inputShape, data: new Float64Array(x.data) } as never)).toThrow(
      /\.forward: x\.data must be a Float32Array, got Float64Array$/,
    );
    layer.forward(x);
    expect(() => layer.backward(zeros(inputShape.map((size) => size + 1)))).toThrow(
      /\.backward: dy has shape \[.*\], but the output of this convolution has \[.*\]$/,
    );
  });

  it("refuses options that it cannot have", () => {
    expect(() => make({ filters: 3 })).toThrow(
      /unknown option "filters";( did you mean outChannels\?)? known options are .*kernelSize/,
    );
    expect(() => make({ kernelSize: 0 })).toThrow(/kernelSize must be an integer of 1 or more, got 0$/);
    expect(() => make({ strides: -1 })).toThrow(/strides must be an integer of 1 or more, got -1$/);
    expect(() => make({ seed: 0.5 })).toThrow(/seed must be an integer, got 0\.5$/);
    expect(() => make({ bias: 1 })).toThrow(/bias must be true or false, got 1$/);
    expect(() => make({ activation: "tanh" })).toThrow(/activation must be "linear", .*, got "tanh"$/);
    expect(() => make({ slope: 0.1 })).toThrow(/slope belongs to activation "leakyRelu", got it with "linear"$/);
    expect(() => make({ initializer: "xavier" })).toThrow(/initializer must be "zeros", .* got "xavier"$/);
  });
});

it.each([
  { activation: "relu" },
  { activation: "relu6" },
  { activation: "leakyRelu" },
  { activation: "leakyRelu", slope: -2 },
  { activation: "elu" },
] as const)("has the gradients of conv2d with %o fused, also when its output was changed", (options) => {
  const layer = new Conv2d({ inChannels: 8, outChannels: 8, kernelSize: 3, padding: "same", seed: 2, ...options });
  layer.bias!.value.set(normals([8], "bias").data);
  const [x, dy] = [normals([1, 9, 9, 8], "x") as Tensor4, normals([1, 9, 9, 8], "dy") as Tensor4];
  const filter = { shape: layer.filter.shape as Shape4, data: layer.filter.value };
  const fused = { padding: "same", bias: layer.bias!.value, ...options } as const;
  const y = layer.forward(x);
  expect(y.data).toEqual(plan(conv2d, x.shape, filter, fused).run(x.data));
  y.data.fill(1);
  expect(layer.backward(dy)).toEqual(gradients(conv2d, x, filter, dy, fused).input);
  expect(layer.bias!.gradient).toEqual(gradients(conv2d, x, filter, dy, fused).bias);
});

it("keeps what its backward pass needs from step to step, whatever shapes come between", () => {
  const layer = new Conv2d({ inChannels: 4, outChannels: 8, kernelSize: 3, padding: "same" });
  for (const size of [6, 9, 9, 6]) {
    const shape: Shape4 = [2, size, size, 4];
    const x = normals(shape, `x ${size}`) as Tensor4;
    const dy = normals([2, size, size, 8], `dy ${size}`) as Tensor4;
    layer.forward(x);
    layer.filter.gradient.fill(0);
    const filter = { shape: [3, 3, 4, 8] as const, data: layer.filter.value };
    const expected = gradients(conv2d, x, filter, dy, { padding: "same" });
    expect(layer.backward(dy)).toEqual(expected.input);
    expect(layer.filter.gradient).toEqual(expected.filter.data);
    sgdStep(layer.parameters, 0.01);
  }
});

it("gives a layer without bias none", () => {
  const layer = new Conv1d({ inChannels: 1, outChannels: 2, kernelSize: 2, bias: false });
  expect(layer.parameters.map(({ name }) => name)).toEqual(["filter"]);
  expect(() => layer.loadState(new Conv1d({ inChannels: 1, outChannels: 2, kernelSize: 2 }).state())).toThrow(
    /^Conv1d\.loadState: unknown parameter "bias"; this layer has filter$/,
  );
});

const initializer = "glorotUniform";
/** Layers of many weights, how many terms meet in an output, and how many outputs an input reaches. */
const FANS: readonly (readonly [name: string, layer: Layer<readonly number[]>, fanIn: number, fanOut: number])[] = [
  ["Conv1d", new Conv1d({ inChannels: 32, outChannels: 64, kernelSize: 5, groups: 2, initializer }), 5 * 16, 5 * 32],
  ["Conv2d", new Conv2d({ inChannels: 64, outChannels: 16, kernelSize: [2, 3], initializer }), 6 * 64, 6 * 16],
  ["Conv3d", new Conv3d({ inChannels: 8, outChannels: 24, kernelSize: 3, initializer }), 27 * 8, 27 * 24],
  [
    "DepthwiseConv2d",
    new DepthwiseConv2d({ channels: 128, multiplier: 4, kernelSize: [3, 4], initializer }),
    12,
    12 * 4,
  ],
  [
    "SeparableConv2d",
    new SeparableConv2d({ inChannels: 128, outChannels: 8, multiplier: 4, kernelSize: 3, initializer }),
    9,
    9 * 4,
  ],
  [
    "ConvTranspose1d",
    new ConvTranspose1d({ inChannels: 32, outChannels: 64, kernelSize: 5, groups: 2, initializer }),
    80,
    160,
  ],
  [
    "ConvTranspose2d",
    new ConvTranspose2d({ inChannels: 64, outChannels: 16, kernelSize: [2, 3], initializer }),
    6 * 64,
    6 * 16,
  ],
  [
    "ConvTranspose3d",
    new ConvTranspose3d({ inChannels: 8, outChannels: 24, kernelSize: 3, initializer }),
    27 * 8,
    27 * 24,
  ],
];

it.each(FANS)("starts %s with glorotUniform weights, of variance 2 / (fanIn + fanOut)", (_, layer, fanIn, fanOut) => {
  const { value } = layer.parameters[0]!;
  const variance = value.reduce((sum, weight) => sum + weight * weight, 0) / value.length;
  expect(value.length).toBeGreaterThan(4000);
  // Four deviations of the variance of so many uniform numbers.
  expect(Math.abs(variance / (2 / (fanIn + fanOut)) - 1)).toBeLessThan(4 * Math.sqrt(0.8 / value.length));
});
