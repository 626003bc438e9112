/**
 * Padding is what numpy.pad makes of an image, as far as it reaches: a kernel of one tap, 1, shows the padded image, and its
 * input gradient counts the copies of each cell. Constants that are not 0 have no gradient.
 */

import * as core from "@corr2d/core";
import { Conv1d, Conv2d, Conv3d } from "@corr2d/core/layers";
import { describe, expect, it } from "vitest";
import { PADS } from "./pads.ts";

type AnyConvolution = core.ConvOperation<readonly number[], Readonly<Record<string, unknown>>>;

const CONVOLUTIONS = [core.conv1d, core.conv2d, core.conv3d] as unknown as readonly AnyConvolution[];
const LAYERS = [Conv1d, Conv2d, Conv3d] as unknown as readonly (new (options: object) => Conv2d)[];
const ROWS = [
  ["NWC", "NCW"],
  ["NHWC", "NCHW"],
  ["NDHWC", "NCDHW"],
] as const;

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const fill = (size: number): number[] => Array.from({ length: size }, (_, i) => ((i * 7) % 11) - 5);

describe.each(PADS.map((pad) => [`${pad.mode} around ${pad.shape}, ${JSON.stringify(pad.padding)}`, pad] as const))(
  "%s",
  (_, { shape, padding, mode, padded }) => {
    const operation = CONVOLUTIONS[shape.length - 1];
    const one = core.tensor([...shape.map(() => 1), 1, 1], [1]);
    const options = { padding, paddingMode: mode, ...(mode === "constant" && { fillValue: 3 }) };
    const paddedShape = shape.map((size, axis) => size + padding[axis][0] + padding[axis][1]);
    /** How many cells of the padded image are copies of each. */
    const copies = fill(sizeOf(shape)).map((_, cell) => {
      const impulse = core.tensor(
        [1, ...shape, 1],
        fill(sizeOf(shape)).map((_, i) => (i === cell ? 1 : 0)),
      );
      const without = { ...options, ...(mode === "constant" && { fillValue: 0 }) };
      return operation(impulse, one, without).data.reduce((a, b) => a + b, 0);
    });

    it("is the padded image, in either layout, by a layer, and unfolded", () => {
      for (const [last, layout] of ROWS[shape.length - 1].entries()) {
        const inputShape = last === 0 ? [1, ...shape, 1] : [1, 1, ...shape];
        const x = core.tensor(inputShape, fill(sizeOf(shape)));
        expect([...operation(x, one, { ...options, layout }).data]).toEqual(padded);
        const layer = new LAYERS[shape.length - 1]({
          ...{ inChannels: 1, outChannels: 1, kernelSize: shape.map(() => 1), bias: false, layout },
          ...options,
        });
        layer.loadState({ filter: { shape: one.shape, data: [1] } });
        expect([...layer.forward(x as core.Tensor4).data]).toEqual(padded);
      }
      if (shape.length !== 2) return;
      const x = core.tensor([1, ...shape, 1], fill(sizeOf(shape))) as core.Tensor4;
      expect([...core.unfold(x, 1, options as never).data]).toEqual(padded);
    });

    it("is computed by depthwise and separable convolution, too", () => {
      if (shape.length !== 2) return;
      const two = fill(sizeOf(shape)).flatMap((value) => [value, -value]);
      const x = core.tensor([1, ...shape, 2], two) as core.Tensor4;
      const depthwise = core.tensor([1, 1, 2, 1], [1, 2]);
      const expected = padded.flatMap((value, i) => {
        const other = core.depthwiseConv2d(x, depthwise, options as never).data[2 * i + 1];
        return [value, other];
      });
      expect([...core.depthwiseConv2d(x, depthwise, options as never).data]).toEqual(expected);
      const pointwise = core.tensor([1, 1, 2, 1], [1, 0]);
      expect([...core.separableConv2d(x, { depthwise, pointwise }, options as never).data]).toEqual(padded);
    });

    it("has gradients that count copies, and none of a constant", () => {
      const dy = core.tensor([1, ...paddedShape, 1], new Float32Array(padded.length).fill(1));
      const x = core.tensor([1, ...shape, 1], fill(sizeOf(shape)));
      expect([...core.inputGradient(operation, dy, one, x.shape, options).data]).toEqual(copies);
      const sum = padded.reduce((a, b) => a + b, 0);
      expect([...core.filterGradient(operation, x, dy, one.shape, options).data]).toEqual([sum]);
      using planned = core.planInputGradient(operation, x.shape, one, options);
      expect([...planned.run(dy.data)]).toEqual(copies);
    });
  },
);

it("pads a single cell by itself, however far", () => {
  for (const paddingMode of ["edge", "reflect", "symmetric", "wrap"] as const) {
    const y = core.conv1d(core.tensor([1, 1, 1], [7]), core.tensor([1, 1, 1], [1]), { padding: 9, paddingMode });
    expect([...y.data]).toEqual(new Array(19).fill(7));
  }
});

it("takes cells past the padding, which rounding up makes, for absent and not for the constant", () => {
  const [x, filter] = [core.tensor([1, 3, 1], [1, 1, 1]), core.tensor([2, 1, 1], [1, 1])];
  const y = core.conv1d(x, filter, { strides: 2, rounding: "ceil", padding: [[0, 0]], fillValue: 9 });
  expect([...y.data]).toEqual([2, 1]);
});
