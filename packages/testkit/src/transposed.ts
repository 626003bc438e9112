/**
 * A transposed convolution by the convolution that leads back, whose passes are the same sums by other names:
 *
 *     y  = ∂x of the convolution, for dy = x, and a bias        ∂x = y of the convolution, for x = dy
 *     ∂w = ∂w of the convolution, for x = dy and dy = x         ∂b = Σ dy for each of its input channels
 *
 * @module
 */

import { type CaseData, type CasePass, rankOf, type SpatialCase } from "./case.ts";

/** The convolution that leads back from the output of a transposed one; another case is its own. It has no bias. */
export function convolutionOf(convCase: SpatialCase): SpatialCase {
  const { transposed, ...usual } = convCase;
  if (transposed === undefined) return convCase;
  const { inputShape, filterShape, strides, dilations, padding, groups } = usual;
  const sizes = strides.map((stride, axis) => {
    const cells = inputShape[axis + 1]!;
    if (padding === "same") return cells * stride;
    const pair = typeof padding === "object" ? padding[axis]! : padding === "valid" ? [0, 0] : [padding, padding];
    const reach = (cells - 1) * stride + (filterShape[axis]! - 1) * dilations[axis]! + 1;
    return reach - pair[0]! - pair[1]! + transposed.outputPadding[axis]!;
  });
  const channels = groups * filterShape[rankOf(convCase)]!;
  return { ...usual, inputShape: [inputShape[0]!, ...sizes, channels], bias: false };
}

/** A pass other than that of the bias. */
export type BilinearPass = Exclude<CasePass, "biasGradient">;

const BACK: Readonly<Record<BilinearPass, BilinearPass>> = {
  forward: "inputGradient",
  inputGradient: "forward",
  filterGradient: "filterGradient",
};

/** What a pass of a transposed convolution is called in the convolution that leads back; of another case, the pass itself. */
export function convolutionPassOf(convCase: SpatialCase, pass: BilinearPass): BilinearPass {
  return convCase.transposed === undefined ? pass : BACK[pass];
}

/** A pass of a convolution with its arrays; it has no bias. */
export interface ConvolutionPass {
  readonly convCase: SpatialCase;
  readonly pass: BilinearPass;
  readonly data: CaseData;
}

/**
 * What a pass of a transposed convolution is of the convolution that leads back, but for the bias; of the bias gradient, which is
 * a sum over dy alone, undefined. Undefined for a case that is not transposed.
 */
export function passOfConvolution(
  convCase: SpatialCase,
  pass: CasePass,
  { x, filter, dy }: CaseData,
): ConvolutionPass | undefined {
  if (convCase.transposed === undefined || pass === "biasGradient") return undefined;
  return {
    convCase: convolutionOf(convCase),
    pass: BACK[pass],
    data: { x: dy, filter, bias: undefined, dy: x },
  };
}
