/**
 * Every kind of convolution, with every option, against the definition, and its gradients against the operation itself:
 * on integers, where every order of summation gives the same float.
 */

import { type FloatArray, type Tensor, tensor } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { calls, KINDS, LAYOUTS } from "./cases.ts";
import { convolve, convolveTransposed, dot } from "./definition.ts";

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const integers = (shape: readonly number[], stream: string): Tensor => {
  const random = seededRandom(1, stream);
  return tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.pick([-4, -3, -2, -1, 1, 2, 3, 4])),
  );
};

const withoutNegativeZero = (data: FloatArray): number[] => Array.from(data, (value) => value + 0);

/** [n, …, c] → [n, c, …]. */
function channelsFirst({ shape, data }: Tensor): Tensor {
  const [batch, channels] = [shape[0], shape.at(-1)!];
  const cells = data.length / (batch * channels);
  const turned = data.map((_, i) => {
    const [n, c, cell] = [Math.floor(i / (cells * channels)), Math.floor(i / cells) % channels, i % cells];
    return data[(n * cells + cell) * channels + c];
  });
  return { shape: [batch, channels, ...shape.slice(1, -1)], data: turned };
}

describe.each(KINDS)("$name", (kind) => {
  const drawn = calls(kind, 3, 60);

  it.each(drawn.map((call) => [call.name, call] as const))("%s", (_name, call) => {
    // What "auto" takes need not sum exactly; numbers.test.ts holds it to its bound.
    const callOptions = { ...call.options, algorithm: "tiled" };
    const x = integers(call.inputShape, "x");
    const filter = integers(call.filterShape, "filter");
    const dy = integers(call.outputShape, "dy");
    const bias = integers([call.outChannels], "bias").data;
    const before = [x.data.slice(), filter.data.slice(), dy.data.slice()];

    const y = kind.forward(x, filter, { ...callOptions, bias });
    const sums = kind.transposed
      ? convolveTransposed(call.problem, x.data, filter.data)
      : convolve(call.problem, x.data, filter.data);
    expect(y.shape).toEqual(call.outputShape);
    expect(withoutNegativeZero(y.data)).toEqual(Array.from(sums, (sum, i) => sum + bias[i % call.outChannels] + 0));
    expect(kind.plan(x.shape, filter, { ...callOptions, bias }).run(x.data)).toEqual(y.data);

    const dx = kind.inputGradient(dy, filter, x.shape, callOptions);
    const dw = kind.filterGradient(x, dy, filter.shape, callOptions);
    expect([dx.shape, dw.shape]).toEqual([x.shape, filter.shape]);
    expect(dot(dx.data, x.data)).toBe(dot(dy.data, sums));
    expect(dot(dw.data, filter.data)).toBe(dot(dy.data, sums));
    const all = kind.gradients(x, filter, dy, { ...callOptions, bias });
    expect(all.input).toEqual(dx);
    expect(all.filter).toEqual(dw);
    expect(dot(all.bias, bias)).toBe(
      dot(
        dy.data,
        dy.data.map((_, i) => bias[i % bias.length]),
      ),
    );

    const options = { ...callOptions, layout: LAYOUTS[kind.rank][1] };
    const first = channelsFirst(x);
    expect(kind.forward(first, filter, { ...options, bias })).toEqual(channelsFirst(y));
    expect(kind.inputGradient(channelsFirst(dy), filter, first.shape, options)).toEqual(channelsFirst(dx));
    expect(kind.filterGradient(first, channelsFirst(dy), filter.shape, options)).toEqual(dw);
    expect([x.data, filter.data, dy.data]).toEqual(before);
  });
});
