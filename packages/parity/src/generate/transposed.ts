/**
 * Transposed convolutions, made of convolutions: each leads back from the output of one to its input.
 *
 * @module
 */

import { describeCase, outputShapeOf, rankOf, resolveCase, type SpatialCase } from "@corr2d/testkit";

type Unnamed = Omit<SpatialCase, "name">;

/**
 * The transposed convolution whose input has the shape of a convolution's output and whose output that of its input; undefined
 * where the convolution rounds otherwise than down, or is transposed itself.
 *
 * @throws RangeError for an impossible case.
 */
export function transposeOf(convCase: Unnamed): Unnamed | undefined {
  const { rounding = "floor", transposed, padding, ...usual } = convCase;
  if (rounding !== "floor" || transposed !== undefined) return undefined;
  const named = { ...convCase, name: "to be transposed" };
  const { depth, height, width } = resolveCase(named);
  const axes = [depth, height, width].slice(-rankOf(named));
  const isWhole = axes.every(({ input, stride }) => input % stride === 0);
  const outputPadding = axes.map(({ input, kernel, output, stride, dilation, before, after }) => {
    return input + before + after - (output - 1) * stride - (kernel - 1) * dilation - 1;
  });
  const isSame = padding === "same" && isWhole;
  return {
    ...usual,
    padding: isSame ? "same" : padding === "same" ? axes.map(({ before, after }) => [before, after] as const) : padding,
    inputShape: outputShapeOf(named),
    transposed: { outputPadding: isSame ? axes.map(() => 0) : outputPadding },
  };
}

/** The transposed convolutions of some convolutions, by names of their own. */
export function transposesOf(cases: readonly SpatialCase[]): readonly SpatialCase[] {
  return cases.flatMap((convCase): SpatialCase[] => {
    const { name: _, ...about } = convCase;
    const transposed = transposeOf(about);
    return transposed === undefined ? [] : [{ ...transposed, name: describeCase(transposed) }];
  });
}
