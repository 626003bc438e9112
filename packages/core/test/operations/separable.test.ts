/** Separable convolutions, prepared: the same bits as the stateless call, whatever stands between the two of them. */

import {
  depthwiseConv2d,
  planSeparableConv2d,
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

const OPTIONS: Readonly<Record<string, SeparableConv2dOptions>> = {
  "no options": {},
  "everything that goes to either part": {
    ...{ strides: [2, 1], padding: "same", paddingMode: "reflect", rounding: "ceil", dilations: [1, 2] },
    ...{ bias, activation: "leakyRelu", slope: 0.1, precision: "strict" },
  },
  "an algorithm by name": { padding: 1, algorithm: "naive", activation: "sigmoid" },
};

describe("planSeparableConv2d", () => {
  it.each(Object.entries(OPTIONS))("computes what separableConv2d computes: %s", (_, options) => {
    const truth = separableConv2d(x, depthwise, pointwise, options);
    using plan = planSeparableConv2d(shape, depthwise, pointwise, options);
    expect(plan.outputShape).toEqual(truth.shape);
    expect(plan.run(x.data)).toEqual(truth.data);
    const y = new Float32Array(truth.data.length).fill(Number.NaN);
    expect(plan.run(x.data, y)).toBe(y);
    expect(y).toEqual(truth.data);
    const [source, target] = [residentArray(x.data.length), residentArray(y.length)];
    source.write(x.data);
    expect(plan.run(source, target).read()).toEqual(truth.data);
  });

  it("takes channels first, and float64", () => {
    const first = tensor([1, 8, 5, 6], fill([1, 8, 5, 6], 5));
    const options = { layout: "NCHW", padding: "same" } as const;
    const plan = planSeparableConv2d(first.shape, depthwise, pointwise, options);
    expect(plan.outputShape).toEqual([1, 12, 5, 6]);
    expect(plan.run(first.data)).toEqual(separableConv2d(first, depthwise, pointwise, options).data);
    const doubled = ({ shape, data }: Tensor4) => tensor(shape, Float64Array.from(data));
    const [u, v] = [doubled(depthwise), doubled(pointwise)];
    const double = planSeparableConv2d(shape, u, v);
    expect(double.run(doubled(x).data)).toEqual(separableConv2d(doubled(x), u, v).data);
  });

  it("says of its parts what runs, and counts what stands between them", () => {
    const plan = planSeparableConv2d(shape, depthwise, pointwise);
    const between = depthwiseConv2d(x, depthwise);
    expect(plan.depthwise.outputShape).toEqual(between.shape);
    expect(plan.pointwise.inputShape).toEqual(between.shape);
    expect(plan.depthwise.reason.length).toBeGreaterThan(0);
    const parts = plan.depthwise.scratchBytes + plan.pointwise.scratchBytes;
    expect(plan.scratchBytes).toBe(parts + between.data.byteLength);
  });

  it("copies what it is given, and speaks in its own name", () => {
    const [u, v] = [tensor([3, 3, 8, 2], depthwise.data.slice()), tensor([1, 1, 16, 12], pointwise.data.slice())];
    const plan = planSeparableConv2d(shape, u, v);
    u.data.fill(0);
    v.data.fill(0);
    expect(plan.run(x.data)).toEqual(separableConv2d(x, depthwise, pointwise).data);
    expect(() => plan.run(new Float32Array(3))).toThrow(/^SeparableConv2dPlan\.run: x must have 1008 elements, got 3$/);
    expect(() => planSeparableConv2d(shape, zeros([3, 3, 4, 2]), pointwise)).toThrow(
      /^planSeparableConv2d: depthwiseFilter is for 4 channels, but the input has 8 /,
    );
    expect(() => planSeparableConv2d(shape, depthwise, depthwise)).toThrow(
      /^planSeparableConv2d: pointwiseFilter must be .* here \[1, 1, 16, …\], got \[3,3,8,2\]$/,
    );
    expect(() => separableConv2d(x, depthwise, pointwise, { bias: new Float32Array(3) })).toThrow(
      /^separableConv2d: bias must have 12 elements, got 3$/,
    );
  });

  it("says of a plan that was disposed of what it is, not what it is made of", () => {
    const plan = planSeparableConv2d(shape, depthwise, pointwise);
    plan[Symbol.dispose]();
    expect(() => plan.run(x.data)).toThrow(/^SeparableConv2dPlan\.run: the plan was disposed of$/);
  });
});
