/**
 * What ONNX Runtime computes for Conv and ConvTranspose (cases.ts holds its results), computed here, with channels first, as
 * there, and last. The attributes in the words of this package:
 *
 *     auto_pad SAME_UPPER, SAME_LOWER, VALID   padding "same", "same-lower", "valid"
 *     pads [x1_begin, x2_begin, x1_end, …]     padding [[before, after], …]
 *     output_shape                             outputSize, with padding "same" for SAME_UPPER and else "same-lower"
 *     output_padding, group                    outputPadding, groups
 */

import * as core from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { fill, layoutsOf, turnWeights } from "../other-orders.ts";
import { CASES } from "./cases.ts";

type Attributes = (typeof CASES)[number]["attributes"];

function paddingOf(attributes: Attributes): unknown {
  const { auto_pad } = attributes;
  if (auto_pad === "SAME_UPPER") return "same";
  // Where the output's shape is given, it tells the padding; the odd cell is before unless SAME_UPPER is asked for.
  if (auto_pad === "SAME_LOWER" || "output_shape" in attributes) return "same-lower";
  if (auto_pad === "VALID") return "valid";
  const { pads } = attributes as { pads?: readonly number[] };
  const rank = attributes.kernel_shape.length;
  return pads === undefined ? 0 : attributes.kernel_shape.map((_, axis) => [pads[axis], pads[axis + rank]]);
}

const optionsOf = (attributes: Attributes): Record<string, unknown> => ({
  strides: attributes.strides,
  dilations: attributes.dilations,
  groups: attributes.group,
  padding: paddingOf(attributes),
  ...("output_padding" in attributes && { outputPadding: attributes.output_padding }),
  ...("output_shape" in attributes && { outputSize: attributes.output_shape }),
});

const named = CASES.map((c) => [`${c.op} of [${c.inputShape}]: ${JSON.stringify(c.attributes)}`, c] as const);

describe.each(["auto", "naive", "tiled"])("by %s", (algorithm) => {
  it.each(named)("%s", (_name, { op, attributes, inputShape, weightShape, hasBias, outputShape, y }) => {
    const rank = attributes.kernel_shape.length as 1 | 2 | 3;
    const name = op === "Conv" ? `conv${rank}d` : `convTranspose${rank}d`;
    const compute = (core as unknown as Record<string, (...values: unknown[]) => core.Tensor>)[name];
    const bias = hasBias && { bias: fill([outputShape[1]], 2) };
    for (const { layout, turn } of layoutsOf(rank)) {
      const filter = turnWeights(weightShape, fill(weightShape, 1));
      const options = { ...optionsOf(attributes), ...bias, layout, algorithm };
      const actual = compute(turn(inputShape, fill(inputShape, 0)), filter, options);
      const expected = turn(outputShape, y);
      expect(actual.shape).toEqual(expected.shape);
      expect(Array.from(actual.data, (v) => v + 0)).toEqual(Array.from(expected.data, (v) => v + 0));
    }
  });
});
