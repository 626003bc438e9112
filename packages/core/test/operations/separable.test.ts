/** Separable convolutions, prepared: the same bits as the stateless call, whatever stands between the two of them. */

import {
  conv2d,
  depthwiseConv2d,
  type FusedOptions,
  plan,
  residentArray,
  type SeparableConv2dOptions,
  separableConv2d,
  type Tensor4,
  tensor,
  zeros,
} from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { fill } from "../other-orders.ts";

const shape = [2, 9, 7, 8] as const;
const x = tensor(shape, fill(shape, 1));
const depthwise = tensor([3, 3, 8, 2], fill([3, 3, 8, 2], 2));
const pointwise = tensor([1, 1, 16, 12], fill([1, 1, 16, 12], 3));
const bias = fill([12], 4);

const OPTIONS: Readonly<Record<string, SeparableConv2dOptions & FusedOptions>> = {
  "no options": {},
  "everything that goes to either part": {
    ...{ strides: [2, 1], padding: "same", paddingMode: "reflect", rounding: "ceil", dilations: [1, 2] },
    ...{ bias, activation: "leakyRelu", slope: 0.1, precision: "strict" },
  },
  "an algorithm by name": { padding: 1, algorithm: "naive", activation: "sigmoid" },
};

describe("plan(separableConv2d)", () => {
  it.each(Object.entries(OPTIONS))("computes what separableConv2d computes: %s", (_, options) => {
    const truth = separableConv2d(x, { depthwise, pointwise }, options);
    using planned = plan(separableConv2d, shape, { depthwise, pointwise }, options);
    expect(planned.outputShape).toEqual(truth.shape);
    expect(planned.run(x.data)).toEqual(truth.data);
    const y = new Float32Array(truth.data.length).fill(Number.NaN);
    expect(planned.run(x.data, y)).toBe(y);
    expect(y).toEqual(truth.data);
    const [source, target] = [residentArray(x.data.length), residentArray(y.length)];
    source.write(x.data);
    expect(planned.run(source, target).read()).toEqual(truth.data);
  });

  it("takes channels first, and float64", () => {
    const first = tensor([1, 8, 5, 6], fill([1, 8, 5, 6], 5));
    const options = { layout: "NCHW", padding: "same" } as const;
    const planned = plan(separableConv2d, first.shape, { depthwise, pointwise }, options);
    expect(planned.outputShape).toEqual([1, 12, 5, 6]);
    expect(planned.run(first.data)).toEqual(separableConv2d(first, { depthwise, pointwise }, options).data);
    const doubled = ({ shape, data }: Tensor4) => tensor(shape, Float64Array.from(data));
    const [u, v] = [doubled(depthwise), doubled(pointwise)];
    const double = plan(separableConv2d, shape, { depthwise: u, pointwise: v });
    expect(double.run(doubled(x).data)).toEqual(separableConv2d(doubled(x), { depthwise: u, pointwise: v }).data);
  });

  it("says of its parts what runs, and counts what stands between them", () => {
    const planned = plan(separableConv2d, shape, { depthwise, pointwise });
    const between = depthwiseConv2d(x, depthwise);
    const parts = {
      depthwise: plan(depthwiseConv2d, shape, depthwise),
      pointwise: plan(conv2d, between.shape, pointwise),
    };
    for (const [name, { algorithm, engine, reason, errorBound }] of Object.entries(parts)) {
      expect(planned.parts?.[name]).toMatchObject({ algorithm, engine, reason, errorBound });
    }
    expect(planned.algorithm).toBe(`${parts.depthwise.algorithm} + ${parts.pointwise.algorithm}`);
    const scratch = parts.depthwise.scratchBytes + parts.pointwise.scratchBytes;
    expect(planned.scratchBytes).toBe(scratch + between.data.byteLength);
  });

  it("copies what it is given, and speaks in its own name", () => {
    const [u, v] = [tensor([3, 3, 8, 2], depthwise.data.slice()), tensor([1, 1, 16, 12], pointwise.data.slice())];
    const planned = plan(separableConv2d, shape, { depthwise: u, pointwise: v });
    u.data.fill(0);
    v.data.fill(0);
    expect(planned.run(x.data)).toEqual(separableConv2d(x, { depthwise, pointwise }).data);
    expect(() => planned.run(new Float32Array(3))).toThrow(
      /^plan\(separableConv2d\)\.run: x must have 1008 elements, got 3$/,
    );
    expect(() => plan(separableConv2d, shape, { depthwise: zeros([3, 3, 4, 2]), pointwise })).toThrow(
      /^plan\(separableConv2d\): filter\.depthwise is for 4 channels, but the input has 8 /,
    );
    expect(() => plan(separableConv2d, shape, { depthwise, pointwise: depthwise })).toThrow(
      /^plan\(separableConv2d\): filter\.pointwise must be .* here \[1, 1, 16, …\], got \[3,3,8,2\]$/,
    );
    expect(() => separableConv2d(x, { depthwise, pointwise }, { bias: new Float32Array(3) })).toThrow(
      /^separableConv2d: bias must have 12 elements, got 3$/,
    );
  });

  it("says of a plan that was disposed of what it is, not what it is made of", () => {
    const planned = plan(separableConv2d, shape, { depthwise, pointwise });
    planned[Symbol.dispose]();
    expect(() => planned.run(x.data)).toThrow(/^plan\(separableConv2d\)\.run: the plan was disposed of$/);
  });
});
