/**
 * What PyTorch computes (cases.ts holds its results), computed here: every kind of its convolution modules, its padding
 * modes, its gradients, `unfold` and `fold`; with channels first, as there, and with channels last.
 */

import * as core from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { fill, layoutsOf, turnWeights } from "../other-orders.ts";
import { CONV_CASES, UNFOLD_CASES } from "./cases.ts";

type Case = (typeof CONV_CASES)[number];

/** PyTorch's words for options in ours. */
function optionsOf({ options, kind }: Case): Record<string, unknown> {
  const rank = Number(/\d/.exec(kind)![0]);
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (name === "stride") renamed.strides = value;
    else if (name === "dilation") renamed.dilations = value;
    else if (name === "padding_mode") renamed.paddingMode = value;
    else if (name === "output_padding") renamed.outputPadding = value;
    else if (name === "padding") {
      const each = Array.isArray(value) ? value : Array.from({ length: rank }, () => value);
      renamed.padding = value === "same" ? value : each.map((p) => [p, p]);
    } else renamed[name] = value;
  }
  return renamed;
}

/** Algorithms that sum integers exactly. */
const EXACT = core.algorithms.filter(({ errorBound }) => errorBound.kind === "element").map(({ name }) => name);

const functionsOf = (kind: string): { forward: string; inputGradient: string; filterGradient: string } => {
  const name = kind.startsWith("ConvTranspose") ? `conv${kind.at(-2)}dTranspose` : kind.toLowerCase();
  return { forward: name, inputGradient: `${name}InputGradient`, filterGradient: `${name}FilterGradient` };
};
const call = (name: string, ...values: unknown[]): core.Tensor =>
  (core as unknown as Record<string, (...values: unknown[]) => core.Tensor>)[name](...values);

const close = (actual: core.Tensor, expected: core.Tensor): void => {
  expect(actual.shape).toEqual(expected.shape);
  expect(Array.from(actual.data, (v) => v + 0)).toEqual(Array.from(expected.data, (v) => v + 0));
};

describe.each(CONV_CASES.map((c) => [`${c.kind}: ${c.name}`, c] as const))("%s", (_name, torchCase) => {
  const { inputShape, weightShape, outputShape, kind } = torchCase;
  const { forward, inputGradient, filterGradient } = functionsOf(kind);
  const options = optionsOf(torchCase);
  const filter = turnWeights(weightShape, fill(weightShape, 1));
  const bias = fill([torchCase.db.length], 2);
  const rank = (inputShape.length - 2) as 1 | 2 | 3;

  it.each(["auto", ...EXACT])("by %s", (algorithm) => {
    for (const { layout, turn } of layoutsOf(rank)) {
      const x = turn(inputShape, fill(inputShape, 0));
      const dy = turn(outputShape, fill(outputShape, 3));
      const all = { ...options, layout, algorithm };
      const compute = (run: () => core.Tensor, expected: core.Tensor): void => {
        let result: core.Tensor;
        try {
          result = run();
        } catch (error) {
          expect(algorithm).not.toMatch(/^(auto|naive)$/);
          expect(String(error)).toMatch(/does not support/);
          return;
        }
        close(result, expected);
      };
      compute(() => call(forward, x, filter, { ...all, bias }), turn(outputShape, torchCase.y));
      compute(() => call(inputGradient, dy, filter, x.shape, all), turn(inputShape, torchCase.dx));
      compute(() => call(filterGradient, x, dy, filter.shape, all), turnWeights(weightShape, torchCase.dw));
      expect(Array.from(core.biasGradient(dy as core.Tensor4, { layout: layout as core.Layout }))).toEqual(
        torchCase.db,
      );
    }
  });
});

describe.each(UNFOLD_CASES.map((c) => [c.name, c] as const))("unfold: %s", (_name, torchCase) => {
  const { inputShape, outputShape, options } = torchCase;
  const { kernel_size: kernelSize, ...rest } = options;
  const own: core.UnfoldOptions = {
    layout: "NCHW",
    ...("stride" in rest && { strides: rest.stride }),
    ...("dilation" in rest && { dilations: rest.dilation }),
    ...("padding" in rest && {
      padding: [
        [rest.padding[0], rest.padding[0]],
        [rest.padding[1], rest.padding[1]],
      ],
    }),
  };

  it("is unfolded, and folded back, as PyTorch does", () => {
    const x = core.tensor(inputShape, fill(inputShape, 0));
    close(core.unfold(x, kernelSize, own), core.tensor(outputShape, torchCase.y));
    const patches = core.tensor(outputShape, fill(outputShape, 3));
    close(core.fold(patches, inputShape, kernelSize, own), core.tensor(inputShape, torchCase.dx));
  });
});
