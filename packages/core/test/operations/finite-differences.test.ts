/**
 * Gradients against differences of the operation itself, in float64: every kind, with bias, every activation and every
 * padding mode.
 */

import {
  type ActivationName,
  activate,
  activationGradient,
  gradients,
  separableConv2d,
  type Tensor,
  tensor,
} from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { type Call, calls, KINDS, type Kind } from "./cases.ts";
import { dot } from "./definition.ts";

const ACTIVATIONS: readonly ActivationName[] = ["linear", "relu", "relu6", "leakyRelu", "prelu", "elu", "sigmoid"];

const normals = (shape: readonly number[], stream: string): Tensor<readonly number[], Float64Array> => {
  const random = seededRandom(2, stream);
  const length = shape.reduce((a, b) => a * b, 1);
  return tensor(
    shape,
    Float64Array.from({ length }, () => random.normal()),
  );
};

const activationOptions = (activation: ActivationName, channels: number) => ({
  activation,
  ...(activation === "leakyRelu" && { slope: 0.3 }),
  ...(activation === "prelu" && { slopes: normals([channels], "slopes").data }),
});

/** Compares a gradient with (L(v + h) − L(v − h)) / 2h at some of its elements. */
function expectDifferences(values: Float64Array, gradient: ArrayLike<number>, loss: () => number): void {
  expect(gradient).toHaveLength(values.length);
  const step = 1e-5;
  for (let i = 0; i < values.length; i += 1 + Math.floor(values.length / 12)) {
    const kept = values[i];
    values[i] = kept + step;
    const above = loss();
    values[i] = kept - step;
    const below = loss();
    values[i] = kept;
    const difference = (above - below) / (2 * step);
    expect(Math.abs(gradient[i] - difference)).toBeLessThan(1e-7 * (1 + Math.abs(difference)));
  }
}

/** A call in which bias and activation meet sums around zero. */
const sumsAroundZero = (kind: Kind): Call => calls(kind, 5, 20).find(({ outputShape }) => outputShape[1] > 1)!;

describe.each(KINDS)("$name", (kind) => {
  it.each(ACTIVATIONS)("with %s", (activation) => {
    const call = sumsAroundZero(kind);
    const x = normals(call.inputShape, "x");
    const filter = normals(call.filterShape, "filter");
    const dy = normals(call.outputShape, "dy");
    const bias = normals([call.outChannels], "bias").data;
    const options = { ...call.options, bias, ...activationOptions(activation, call.outChannels) };
    const loss = (): number => dot(dy.data, kind.forward(x, filter, options).data);
    const found = kind.gradients(x, filter, dy, options);
    expectDifferences(x.data, found.input.data, loss);
    expectDifferences(filter.data, found.filter.data, loss);
    expectDifferences(bias, found.bias, loss);
    if (options.slopes === undefined) expect(found.slopes).toBeUndefined();
    else expectDifferences(options.slopes, found.slopes!, loss);
  });
});

describe("separableConv2d", () => {
  it.each(ACTIVATIONS)("with %s", (activation) => {
    const x = normals([2, 2, 5, 6], "x");
    const [depthwise, pointwise] = [normals([3, 2, 2, 3], "depthwise"), normals([1, 1, 6, 4], "pointwise")];
    const bias = normals([4], "bias").data;
    const options = {
      ...({ layout: "NCHW", padding: "same", paddingMode: "wrap", strides: 2, dilations: [1, 2] } as const),
      ...{ bias, ...activationOptions(activation, 4) },
    };
    const compute = () =>
      separableConv2d(x as never, { depthwise: depthwise as never, pointwise: pointwise as never }, options as never);
    const dy = normals(compute().shape, "dy");
    expect(dy.shape).toEqual([2, 4, 3, 3]);
    const loss = (): number => dot(dy.data, compute().data);
    const found = gradients(
      separableConv2d,
      x as never,
      { depthwise: depthwise as never, pointwise: pointwise as never },
      dy as never,
      options as never,
    );
    expectDifferences(x.data, found.input.data, loss);
    expectDifferences(depthwise.data, found.filter.depthwise.data, loss);
    expectDifferences(pointwise.data, found.filter.pointwise.data, loss);
    expectDifferences(bias, found.bias, loss);
    if (options.slopes !== undefined) expectDifferences(options.slopes, found.slopes!, loss);
  });
});

describe("activationGradient", () => {
  it.each(ACTIVATIONS)("of %s, channels first", (activation) => {
    const z = normals([2, 3, 4, 5], "z");
    const dy = normals(z.shape, "dy");
    const options = { layout: "NCHW", ...activationOptions(activation, 3) } as const;
    const loss = (): number => dot(dy.data, activate(z, options).data);
    const found = activationGradient(z, dy, options);
    expectDifferences(z.data, found.input.data, loss);
    if (options.slopes !== undefined) expectDifferences(options.slopes, found.slopes!, loss);
  });
});
