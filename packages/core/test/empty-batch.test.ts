/** No images at all: results are empty, and gradients of filters and biases are 0, whatever ran before. */

import { algorithms, preparationOf } from "@corr2d/core/internals";
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose2d,
  DepthwiseConv2d,
  type Layer,
  SeparableConv2d,
} from "@corr2d/core/layers";
import { describe, expect, it } from "vitest";
import { PASSES } from "../src/algorithm/algorithm.ts";
import { resolveConvGeometry } from "../src/geometry/planes.ts";
import { supports } from "./case-pass.ts";
import { fill, sizeOf } from "./other-orders.ts";

describe.each(algorithms)("$name of an empty batch", (algorithm) => {
  const shapes = [
    { inputShape: [8, 8, 12], filterShape: [3, 3, 12, 8], groups: 1 },
    { inputShape: [8, 8, 1], filterShape: [3, 3, 1, 1], groups: 1 },
    { inputShape: [8, 8, 8], filterShape: [3, 3, 1, 8], groups: 8 },
  ] as const;

  it.each(PASSES)("%s", (pass) => {
    let computed = 0;
    for (const { inputShape, filterShape, groups } of shapes) {
      const geometryOf = (batch: number) =>
        resolveConvGeometry("test", [batch, ...inputShape], filterShape, { padding: "same", groups });
      const [full, empty] = [geometryOf(2), geometryOf(0)];
      if (!supports(algorithm, empty, pass)) continue;
      const filter = fill(filterShape, 1);
      const [x, y] = [fill([2, ...inputShape], 2), fill([2, 8, 8, filterShape[3]], 3)];
      const dw = filter.slice().fill(Number.NaN);
      const none = new Float32Array(0);
      if (pass === "forward") preparationOf(algorithm, empty, "forward")(filter, undefined).run(none, none);
      else if (pass === "inputGradient") preparationOf(algorithm, empty, "inputGradient")(filter).run(none, none);
      else {
        preparationOf(algorithm, full, "filterGradient")().run(x, y, filter);
        preparationOf(algorithm, empty, "filterGradient")().run(none, none, dw);
        expect(dw.every((value) => value === 0)).toBe(true);
      }
      computed++;
    }
    expect(computed > 0 || (pass === "filterGradient" && algorithm.name === "single-channel")).toBe(true);
  });
});

describe("layers of an empty batch", () => {
  const channels = { inChannels: 4, outChannels: 4, kernelSize: 3 };
  const layers: readonly [Layer<readonly number[]>, readonly number[]][] = [
    [new Conv1d(channels), [8, 4]],
    [new Conv2d(channels), [8, 8, 4]],
    [new Conv2d({ ...channels, padding: 1, paddingMode: "reflect" } as never), [8, 8, 4]],
    [new Conv2d({ ...channels, layout: "NCHW", activation: "prelu" }), [4, 8, 8]],
    [new Conv3d(channels), [4, 8, 8, 4]],
    [new ConvTranspose2d({ ...channels, strides: 2 }), [8, 8, 4]],
    [new DepthwiseConv2d({ channels: 4, multiplier: 2, kernelSize: 3 }), [8, 8, 4]],
    [new SeparableConv2d(channels), [8, 8, 4]],
  ] as never;

  it.each(layers.map(([layer, shape]) => [layer.kind, layer, shape] as const))("%s", (_, layer, shape) => {
    const full = layer.forward({ shape: [2, ...shape], data: fill([2, ...shape], 1) });
    layer.backward(full);
    for (const { gradient } of layer.parameters) gradient.fill(0);
    const y = layer.forward({ shape: [0, ...shape], data: new Float32Array(0) });
    expect(y.shape).toEqual([0, ...full.shape.slice(1)]);
    const dx = layer.backward(y);
    expect([dx.shape, dx.data.length]).toEqual([[0, ...shape], 0]);
    for (const { gradient } of layer.parameters) expect(gradient).toEqual(new Float32Array(sizeOf([gradient.length])));
  });
});
