/**
 * Activations and their derivatives: values that PyTorch 2.15 gives in float64, the places where they bend, and what they refuse.
 */

import {
  type ActivationOptions,
  activate,
  activationGradient,
  conv2d,
  type Layout,
  plan,
  type Tensor,
  tensor,
  zeros,
} from "@corr2d/core";
import { algorithms } from "@corr2d/core/internals";
import { CASES, realData, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf, optionsOf, supports } from "../case-pass.ts";
import { calls, KINDS, LAYOUTS } from "./cases.ts";

const z = tensor([1, 8, 1], [-8, -1.5, -0.25, 0, 0.5, 5.5, 6, 7]);
const ones = tensor([1, 8, 1], new Float32Array(8).fill(1));

const table: readonly (readonly [ActivationOptions, readonly number[], readonly number[]])[] = [
  [{ activation: "linear" }, [-8, -1.5, -0.25, 0, 0.5, 5.5, 6, 7], [1, 1, 1, 1, 1, 1, 1, 1]],
  [{ activation: "relu" }, [0, 0, 0, 0, 0.5, 5.5, 6, 7], [0, 0, 0, 0, 1, 1, 1, 1]],
  [{ activation: "relu6" }, [0, 0, 0, 0, 0.5, 5.5, 6, 6], [0, 0, 0, 0, 1, 1, 0, 0]],
  [{ activation: "leakyRelu" }, [-1.6, -0.3, -0.05, 0, 0.5, 5.5, 6, 7], [0.2, 0.2, 0.2, 0.2, 1, 1, 1, 1]],
  [{ activation: "leakyRelu", slope: -0.5 }, [4, 0.75, 0.125, 0, 0.5, 5.5, 6, 7], [-0.5, -0.5, -0.5, -0.5, 1, 1, 1, 1]],
  [
    { activation: "elu" },
    [-0.9996645, -0.7768698, -0.2211992, 0, 0.5, 5.5, 6, 7],
    [0.0003354626, 0.2231302, 0.7788008, 1, 1, 1, 1, 1],
  ],
  [
    { activation: "sigmoid" },
    [0.0003353501, 0.1824255, 0.4378235, 0.5, 0.6224594, 0.9959299, 0.9975274, 0.999089],
    [0.0003352377, 0.1491465, 0.2461341, 0.25, 0.2350037, 0.004053572, 0.002466509, 0.0009102212],
  ],
];

describe.each(table)("%o", (options, values, derivatives) => {
  it("has its values and derivatives, wherever it is applied", () => {
    const close = (actual: ArrayLike<number>, expected: readonly number[]): void => {
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(5e-7 * Math.abs(value));
      }
    };
    const y = activate(z, options);
    close(y.data, values);
    close(activationGradient(z, ones, options).input.data, derivatives);
    const fused = conv2d({ shape: [1, 1, 8, 1], data: z.data }, tensor([1, 1, 1, 1], [1]), options);
    expect(fused.data).toEqual(y.data);
    expect(z.data[0]).toBe(-8);
  });
});

it("has a slope for each channel, in either layout", () => {
  const slopes = new Float32Array([0.5, -2]);
  const options = { activation: "prelu", slopes } as const;
  const first = tensor([1, 2, 4], [-8, -1.5, 0, 2, -3, 4, 0, -1]);
  const dy = tensor([1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
  const inFirst = { ...options, layout: "NCW" } as const;
  expect(activate(first, inFirst).data).toEqual(new Float32Array([-4, -0.75, 0, 2, 6, 4, -0, 2]));
  const gradients = activationGradient(first, dy, inFirst);
  expect(gradients.input.data).toEqual(new Float32Array([0.5, 1, 1.5, 4, -10, 6, -14, -16]));
  expect(gradients.slopes).toEqual(new Float32Array([-11, -23]));
  const last = tensor([1, 4, 2], [-8, -3, -1.5, 4, 0, 0, 2, -1]);
  expect(activate(last, options).data).toEqual(new Float32Array([-4, 6, -0.75, 4, 0, -0, 2, 2]));
});

it("does not lose sight of very large sums and of NaN", () => {
  const extremes = tensor([1, 3, 1], [-1e30, 1e30, Number.NaN]);
  const of = (activation: "sigmoid" | "elu" | "relu6") => Array.from(activate(extremes, { activation }).data);
  expect(of("sigmoid")).toEqual([0, 1, Number.NaN]);
  expect(of("elu")).toEqual([-1, Math.fround(1e30), Number.NaN]);
  expect(of("relu6")).toEqual([0, 6, Number.NaN]);
  expect(
    Array.from(activationGradient(extremes, tensor([1, 3, 1], [1, 1, 1]), { activation: "sigmoid" }).input.data),
  ).toEqual([0, 0, Number.NaN]);
});

describe.each(KINDS)("fused to $name", (kind) => {
  const drawn = calls(kind, 5, 30);
  const random = seededRandom(1, "fused");
  const normals = (shape: readonly number[]): Tensor =>
    tensor(
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 4 * random.normal()),
    );

  it.each(["relu", "relu6", "leakyRelu", "prelu", "elu", "sigmoid"] as const)(
    "%s gives the bits that it gives afterwards, once and prepared, in either layout",
    (activation) => {
      for (const call of drawn) {
        for (const layout of LAYOUTS[kind.rank]) {
          const channelsFirst = layout !== LAYOUTS[kind.rank][0];
          const { inputShape } = call;
          const x = normals(
            channelsFirst ? [inputShape[0], inputShape.at(-1)!, ...inputShape.slice(1, -1)] : inputShape,
          );
          x.data[0] = Number.NaN;
          const filter = normals(call.filterShape);
          const linear = { ...call.options, layout, bias: normals([call.outChannels]).data };
          const slopes = activation === "prelu" && { slopes: normals([call.outChannels]).data };
          const fused = kind.forward(x, filter, { ...linear, activation, ...slopes });
          const z = kind.forward(x, filter, linear);
          const expected = activate(z, { activation, ...slopes, layout: layout as Layout<2> });
          expect(fused.data, call.name).toEqual(expected.data);
          expect(kind.plan(x.shape, filter, { ...linear, activation, ...slopes }).run(x.data)).toEqual(expected.data);
        }
      }
    },
  );
});

it.each(algorithms)("fused to $name gives the bits that it gives afterwards, whoever applies it", ({ name }) => {
  const convCases = CASES.filter((convCase) => {
    return supports(algorithms.find((algorithm) => algorithm.name === name)!, geometryOf(convCase), "forward");
  });
  expect(convCases.length).toBeGreaterThan(0);
  for (const convCase of convCases) {
    const data = realData(convCase, 3);
    const filter = { shape: convCase.filterShape, data: data.filter };
    const options = { ...optionsOf(convCase), algorithm: name };
    const z = plan(conv2d, convCase.inputShape, filter, options).run(data.x);
    for (const activation of ["relu", "relu6", "leakyRelu", "elu"] as const) {
      const y = plan(conv2d, convCase.inputShape, filter, { ...options, activation }).run(data.x);
      expect(y, convCase.name).toEqual(activate({ shape: [1, z.length, 1], data: z }, { activation }).data);
    }
    // Minus infinity in the padded filter is for the reference, and relu makes 0 of it all the same.
    filter.data[0] = Number.NEGATIVE_INFINITY;
    const infinite = plan(conv2d, convCase.inputShape, filter, options).run(data.x);
    const y = plan(conv2d, convCase.inputShape, filter, { ...options, activation: "relu" }).run(data.x);
    expect(y).toEqual(activate({ shape: [1, z.length, 1], data: infinite }, { activation: "relu" }).data);
  }
});

describe("refuses", () => {
  const untyped = (value: unknown): never => value as never;
  it.each<[string, () => unknown, RegExp]>([
    [
      "an unknown activation",
      () => activate(z, { activation: untyped("tanh") }),
      /^activate: activation must be "linear", .* or "sigmoid", got "tanh"$/,
    ],
    [
      "an unknown option",
      () => activate(z, untyped({ alpha: 1 })),
      /^activate: unknown option "alpha"; known options are layout, activation, slope, slopes$/,
    ],
    [
      "a slope of another activation",
      () => activate(z, { activation: "elu", slope: 1 }),
      /^activate: slope belongs to activation "leakyRelu", got it with "elu"$/,
    ],
    [
      "a slope that is no number",
      () => activate(z, { activation: "leakyRelu", slope: untyped("1") }),
      /^activate: slope must be a number, got "1"$/,
    ],
    [
      "a slope that is not finite",
      () => activate(z, { activation: "leakyRelu", slope: Number.NaN }),
      /^activate: slope must be a finite number of type float32, got NaN$/,
    ],
    [
      "slopes of another activation",
      () => activate(z, { slopes: new Float32Array(1) }),
      /^activate: slopes belong to activation "prelu", got them with "linear"$/,
    ],
    [
      "no slopes",
      () => activate(z, { activation: "prelu" }),
      /^activate: activation "prelu" needs slopes, one for each of the \d+ channels$/,
    ],
    [
      "too many slopes",
      () => activate(z, { activation: "prelu", slopes: new Float32Array(2) }),
      /^activate: slopes must have 1 elements, got 2$/,
    ],
    [
      "more axes than three",
      () => activate(untyped(zeros([1, 1, 1, 1, 1, 1])), {}),
      /^activate: z must have rank 3, 4 or 5 .*, got \[1,1,1,1,1,1\]$/,
    ],
    ["a matrix", () => activate(untyped(zeros([2, 2])), {}), /^activate: z must have rank 3, 4 or 5 .*, got \[2,2\]$/],
    [
      "a layout of another rank",
      () => activate(z, { layout: "NHWC" }),
      /^activate: layout must be "NWC" or "NCW", got "NHWC"; did you mean "NWC"\?$/,
    ],
    [
      "a gradient of another shape",
      () => activationGradient(z, untyped(zeros([1, 4, 2])), {}),
      /^activationGradient: dy has shape \[1,4,2\], but z has \[1,8,1\]/,
    ],
  ])("%s", (_what, call, text) => {
    expect(call).toThrow(text);
  });
});
