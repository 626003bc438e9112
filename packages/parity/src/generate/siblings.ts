/**
 * Cases that have the shapes of another and yet are others: whoever keeps a plan by shapes alone, or by some of the options,
 * takes one for the other when both have been asked.
 *
 * @module
 */

import { describeCase, rankOf, resolveCase, type SpatialCase } from "@corr2d/testkit";
import { isPossible } from "./problem.ts";

/** The siblings of a case that are possible: each differs in one option, most of them in nothing that a shape tells. */
export function siblingsOf(convCase: SpatialCase): readonly SpatialCase[] {
  const { inputShape, filterShape, strides, dilations, groups, bias, layout = "channels last" } = convCase;
  const resolved = resolveCase(convCase);
  const axes = [resolved.depth, resolved.height, resolved.width].slice(-rankOf(convCase));
  const pads = axes.map(({ before, after }): readonly [number, number] => [before, after]);
  const [groupIn, out] = filterShape.slice(-2) as [number, number];
  const longer = (by: (axis: number) => number): readonly (readonly [number, number])[] =>
    pads.map(([before, after], axis) => [before, after + by(axis)]);
  const siblings: Partial<SpatialCase>[] = [
    // The same cells in all, on other sides.
    {
      padding: pads.map(([before, after]) =>
        after > 0 ? [before + 1, after - 1] : [Math.max(0, before - 1), after + Math.min(1, before)],
      ),
    },
    // As much further apart as padding makes up for.
    { dilations: dilations.map((dilation) => dilation + 1), padding: longer((axis) => axes[axis]!.kernel - 1) },
    { strides: strides.map((stride) => stride + 1), padding: longer((axis) => Math.max(0, axes[axis]!.output - 1)) },
    // Of another size, by the same padding.
    { dilations: dilations.map((dilation) => dilation + 1), padding: pads },
    { strides: strides.map((stride) => stride + 1), padding: pads },
    { bias: !bias },
    { inputShape: inputShape.with(0, inputShape[0]! + 1) },
    { layout: layout === "channels last" ? "channels first" : "channels last" },
  ];
  if (groupIn % 2 === 0 && out % (2 * groups) === 0) {
    siblings.push({ groups: 2 * groups, filterShape: filterShape.with(-2, groupIn / 2) });
  }
  return siblings
    .map((changed): SpatialCase => {
      const { name: _, ...about } = { ...convCase, ...changed };
      return { ...about, name: `sibling: ${describeCase(about)}` };
    })
    .filter((sibling, i, all) => isPossible(sibling) && all.findIndex(({ name }) => name === sibling.name) === i);
}

/** Every so many cases have siblings: all of them would be most of a run. */
const CASES_FOR_A_FAMILY = 8;

/** Siblings of some of these cases, each once. */
export function siblingsOfSome(cases: readonly SpatialCase[]): readonly SpatialCase[] {
  const found = cases.filter((_, i) => i % CASES_FOR_A_FAMILY === 0).flatMap(siblingsOf);
  return [...new Map(found.map((sibling) => [sibling.name, sibling])).values()];
}
