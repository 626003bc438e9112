/**
 * How many products each element of a result sums, and how much work it all is.
 *
 * @module
 */

import { outputShapeOf, type ResolvedAxis, resolveCase, sizeOf } from "./arithmetic.ts";
import type { CasePass, SpatialCase } from "./case.ts";
import { mostShown, ofPaddedImage } from "./padded.ts";
import { convolutionOf } from "./transposed.ts";

/**
 * The largest number of products that one element of the result sums (the bias not counted). For the input gradient an
 * input cell is reached only by taps of one residue: h + before ≡ a·dilation (mod stride) has a solution for at most
 * every (stride / gcd(stride, dilation))-th tap a.
 */
export function termsOf(convCase: SpatialCase, pass: CasePass): number {
  if (convCase.transposed !== undefined) {
    const back = convolutionOf(convCase);
    if (pass === "biasGradient") return sizeOf(back.inputShape.slice(0, -1));
    return termsOf(back, pass === "forward" ? "inputGradient" : pass === "inputGradient" ? "forward" : pass);
  }
  const { batch, depth, height, width, groupInChannels, groupOutChannels } = resolveCase(convCase);
  const overAxes = (count: (axis: ResolvedAxis) => number): number => count(depth) * count(height) * count(width);
  switch (pass) {
    case "forward":
      return overAxes(({ kernel }) => kernel) * groupInChannels;
    case "inputGradient":
      if (convCase.paddingMode !== undefined) return mostShown(convCase) * termsOf(ofPaddedImage(convCase), pass);
      return overAxes(tapsReachingOneCell) * groupOutChannels;
    case "filterGradient":
    case "biasGradient":
      return batch * overAxes(({ output }) => output);
  }
}

function tapsReachingOneCell({ kernel, stride, dilation, output }: ResolvedAxis): number {
  const period = stride / greatestCommonDivisor(stride, dilation);
  return Math.min(output, Math.ceil(kernel / period));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Multiplications of the forward pass, those with padding counted: N·outH·outW·kh·kw·(inC / groups)·outC. */
export function multiplyAddsOf(convCase: SpatialCase): number {
  return sizeOf(outputShapeOf(convCase)) * termsOf(convCase, "forward");
}

/** Floating-point operations of the forward pass, and of each of the two large gradients: two per multiply-add. */
export function flopsOf(convCase: SpatialCase): number {
  return 2 * multiplyAddsOf(convCase);
}
