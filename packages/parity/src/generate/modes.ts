/**
 * Convolutions whose padding shows the image, made of others: the modes in turn.
 *
 * @module
 */

import { type CasePaddingMode, describeCase, rankOf, resolveCase, type SpatialCase } from "@corr2d/testkit";

const MODES: readonly CasePaddingMode[] = ["edge", "reflect", "symmetric", "wrap"];

/** A convolution by the mode of this number; undefined where nothing is padded. */
export function withPaddingMode<T extends Omit<SpatialCase, "name">>(convCase: T, number: number): T | undefined {
  const { depth, height, width } = resolveCase({ ...convCase, name: "to be padded" });
  if ([depth, height, width].every(({ before, after }) => before + after === 0)) return undefined;
  return { ...convCase, paddingMode: MODES[number % MODES.length]! };
}

/** Those of some convolutions that pad, each by one mode, by names of their own. Every number of axes has all modes in turn. */
export function withPaddingModes(cases: readonly SpatialCase[]): readonly SpatialCase[] {
  const counts = [0, 0, 0, 0];
  return cases.flatMap((convCase): SpatialCase[] => {
    const { name: _, ...about } = convCase;
    const rank = rankOf(convCase);
    const padded = withPaddingMode(about, counts[rank]!);
    if (padded === undefined) return [];
    counts[rank]!++;
    return [{ ...padded, name: describeCase(padded) }];
  });
}
