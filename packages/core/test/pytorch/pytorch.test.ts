/**
 * What PyTorch computes (cases.ts holds its results), computed here: every kind of its convolution modules, its padding
 * modes, its gradients, `unfold` and `fold`; with channels first, as there, and with channels last.
 */

import * as core from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { fill, layoutsOf, turnWeights } from "../other-orders.ts";
import { CONV_CASES, UNFOLD_CASES } from "./cases.ts";
import { computeIfSupported, EXACT, functionsOf, optionsOf, rankOf } from "./words.ts";

const close = (actual: core.Tensor, expected: core.Tensor): void => {
  expect(actual.shape).toEqual(expected.shape);
  expect(Array.from(actual.data, (v) => v + 0)).toEqual(Array.from(expected.data, (v) => v + 0));
};

describe.each(CONV_CASES.map((c) => [`${c.kind}: ${c.name}`, c] as const))("%s", (_name, torchCase) => {
  const { inputShape, weightShape, outputShape, kind } = torchCase;
  const { forward, inputGradient, filterGradient } = functionsOf(kind);
  const options = optionsOf(kind, torchCase.options);
  const filter = turnWeights(weightShape, fill(weightShape, 1));
  const bias = fill([torchCase.db.length], 2);
  const rank = rankOf(kind);

  it.each(["auto", ...EXACT])("by %s", (algorithm) => {
    for (const { layout, turn } of layoutsOf(rank)) {
      const x = turn(inputShape, fill(inputShape, 0));
      const dy = turn(outputShape, fill(outputShape, 3));
      const all = { ...options, layout, algorithm };
      const compute = (run: () => core.Tensor, expected: core.Tensor): void => {
        const result = computeIfSupported(algorithm, run);
        if (result !== undefined) close(result, expected);
      };
      compute(() => forward(x, filter, { ...all, bias }), turn(outputShape, torchCase.y));
      compute(() => inputGradient(dy, filter, x.shape, all), turn(inputShape, torchCase.dx));
      compute(() => filterGradient(x, dy, filter.shape, all), turnWeights(weightShape, torchCase.dw));
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
