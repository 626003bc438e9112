import { conv2d, tensor, zeros } from "@corr2d/core";
import { Conv2d, SeparableConv2d, sgdStep } from "@corr2d/core/layers";
import { describe, expect, it } from "vitest";

const x = tensor(
  [2, 6, 6, 3],
  Float32Array.from({ length: 216 }, (_, i) => Math.sin(i)),
);

describe("Conv2d", () => {
  it("computes what conv2d computes with its parameters", () => {
    const layer = new Conv2d({ inChannels: 3, outChannels: 4, kernelSize: 3, padding: "same", seed: 7 });
    layer.bias!.value.set([1, 2, 3, 4]);
    const filter = tensor([3, 3, 3, 4], layer.filter.value);
    expect(layer.forward(x)).toEqual(conv2d(x, filter, { padding: "same", bias: layer.bias!.value }));
  });

  it("starts from the same weights for the same seed, from others for another", () => {
    const make = (seed: number): Float32Array =>
      new Conv2d({ inChannels: 3, outChannels: 4, kernelSize: 3, seed }).filter.value;
    expect(make(1)).toEqual(make(1));
    expect(make(1)).not.toEqual(make(2));
  });

  it.each([
    ["glorotUniform", 2 / (9 * 64 + 9 * 128)],
    ["glorotNormal", 2 / (9 * 64 + 9 * 128)],
    ["heUniform", 2 / (9 * 64)],
    ["heNormal", 2 / (9 * 64)],
  ] as const)("gives %s weights their mean of zero and their variance", (initializer, variance) => {
    const { value } = new Conv2d({ inChannels: 64, outChannels: 128, kernelSize: 3, initializer, seed: 5 }).filter;
    const mean = value.reduce((a, b) => a + b) / value.length;
    const square = value.reduce((a, b) => a + b * b, 0) / value.length;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / value.length));
    expect(square / variance).toBeGreaterThan(0.97);
    expect(square / variance).toBeLessThan(1.03);
  });

  it("notices values that were written, and keeps its plan while nothing changes", () => {
    const layer = new Conv2d({ inChannels: 3, outChannels: 2, kernelSize: 1, bias: false });
    const before = layer.forward(x).data;
    expect(layer.forward(x).data).toEqual(before);
    layer.filter.value[0] += 1;
    expect(layer.forward(x).data).not.toEqual(before);
  });

  it.each([2, 3])("notices values written to arrays that were asked for long before, of %i channels", (outChannels) => {
    const layer = new Conv2d({ inChannels: 3, outChannels, kernelSize: 1 });
    const [filter, bias] = layer.parameters.map(({ value }) => value) as [Float32Array, Float32Array];
    const before = layer.forward(x).data;
    for (const values of [filter, bias]) {
      const last = values.length - 1;
      const kept = values[last]!;
      values[last] = kept + 1;
      expect(layer.forward(x).data).not.toEqual(before);
      values[last] = kept;
      expect(layer.forward(x).data).toEqual(before);
    }
  });

  it("notices a step, a state that is loaded, and a parameter written under another name", () => {
    const layer = new SeparableConv2d({ inChannels: 3, outChannels: 2, kernelSize: 1 });
    const state = layer.state();
    const before = layer.forward(x).data;
    layer.backward(tensor([2, 6, 6, 2], new Float32Array(144).fill(1)));
    sgdStep(layer.parameters, 0.1);
    const after = layer.forward(x).data;
    expect(after).not.toEqual(before);
    layer.loadState(state);
    expect(layer.forward(x).data).toEqual(before);
    for (const { value } of layer.parameters) {
      value[0]! += 1;
      expect(layer.forward(x).data).not.toEqual(before);
      value[0]! -= 1;
    }
    expect(layer.forward(x).data.every((value, i) => Math.abs(value - before[i]!) < 1e-5)).toBe(true);
  });

  it("keeps its plan while nothing changes, and does not look at weights that nobody else holds", () => {
    const layer = new Conv2d({ inChannels: 3, outChannels: 2, kernelSize: 1 });
    const y = layer.forward(x).data;
    const array = layer.state().filter!.data;
    expect(layer.forward(x).data).toEqual(y);
    array.fill(0); // a copy
    expect(layer.forward(x).data).toEqual(y);
  });

  it("computes on after a pass that could not be prepared", () => {
    const layer = new Conv2d({ inChannels: 16, outChannels: 16, kernelSize: 3, padding: "same" });
    const small = zeros([1, 8, 8, 16]);
    for (let i = 0; i < small.data.length; i++) small.data[i] = Math.sin(i);
    const y = layer.forward(small);
    const dx = layer.backward(y);
    expect(() => layer.forward(zeros([1, 2, 2, 15]) as never)).toThrow(RangeError);
    expect(layer.forward(small).data).toEqual(y.data);
    expect(layer.backward(y).data).toEqual(dx.data);
  });

  it("adds up gradients over backward passes until a step is taken", () => {
    const layer = new Conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 });
    const y = layer.forward(x);
    const dy = tensor(y.shape, new Float32Array(y.data.length).fill(1));
    layer.backward(dy);
    const once = layer.filter.gradient.slice();
    layer.backward(dy);
    expect(layer.filter.gradient).toEqual(once.map((g) => 2 * g));
    sgdStep(layer.parameters, 0.1);
    expect(layer.filter.gradient.every((g) => g === 0)).toBe(true);
  });

  it("works in NCHW", () => {
    const layer = new Conv2d({ inChannels: 6, outChannels: 2, kernelSize: 3, layout: "NCHW" });
    const planar = tensor([2, 6, 6, 3], x.data); // read as 2 images of 6 channels, 6 × 3
    const y = layer.forward(planar);
    expect(y.shape).toEqual([2, 2, 4, 1]);
    expect(layer.backward(y).shape).toEqual([2, 6, 6, 3]);
  });
});

it("learns the edge kernel [1, -1] from pairs of input and output", () => {
  // Dive into Deep Learning, 7.2.4: a 6 × 8 image, black in the middle, and its vertical edges.
  const image = tensor(
    [1, 6, 8, 1],
    Float32Array.from({ length: 48 }, (_, i) => (i % 8 >= 2 && i % 8 < 6 ? 0 : 1)),
  );
  const edges = conv2d(image, tensor([1, 2, 1, 1], [1, -1]));
  const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: [1, 2], bias: false, seed: 1 });
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) {
    const error = layer.forward(image).data.map((value, i) => value - edges.data[i]);
    losses.push(error.reduce((sum, e) => sum + e * e, 0));
    layer.backward(
      tensor(
        edges.shape,
        error.map((e) => 2 * e),
      ),
    );
    sgdStep(layer.parameters, 0.02);
  }
  expect(losses.at(-1)!).toBeLessThan(1e-3 * losses[0]);
  expect(layer.filter.value[0]).toBeCloseTo(1, 2);
  expect(layer.filter.value[1]).toBeCloseTo(-1, 2);
});
