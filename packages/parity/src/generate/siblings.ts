/**
 * Cases that have the shapes of another and yet are others: whoever keeps a plan by shapes alone, or by some of the options,
 * takes one for the other when both have been asked. Siblings are made of other cases; twins are made for each other.
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

/** What one axis of twins may be: two outputs of six cells, by other strides and dilations, padded by nothing or by the rule. */
const TWIN_AXES: readonly (readonly [padding: "valid" | "same", stride: number, dilation: number])[] = [
  ["valid", 3, 1],
  ["valid", 4, 1],
  ["valid", 2, 2],
  ["valid", 3, 2],
  ["valid", 2, 3],
  ["same", 3, 1],
  ["same", 4, 1],
  ["same", 5, 1],
  ["same", 3, 2],
];
const TWIN_CELLS = 6;
const TWIN_TAPS = 2;
/** Groups and channels: of one filter for all channels, and of one for each. */
const TWIN_CHANNELS = [
  { groups: 1, groupIn: 2, out: 3 },
  { groups: 3, groupIn: 1, out: 3 },
] as const;

/**
 * Cases all of whose shapes, the output's too, are the same, and the padding: what differs are strides and dilations, of all axes
 * or of the first alone. They stand beside each other, so that a plan of one is fresh when the next is asked.
 */
export function twins(): readonly SpatialCase[] {
  return [2, 1, 3].flatMap((rank) =>
    TWIN_CHANNELS.flatMap(({ groups, groupIn, out }) =>
      TWIN_AXES.flatMap(([padding, stride, dilation]) => {
        const [, otherStride, otherDilation] = TWIN_AXES.find(([rule]) => rule === padding)!;
        const axes = <T>(first: T, others: T): T[] =>
          Array.from({ length: rank }, (_, axis) => (axis === 0 ? first : others));
        const shapes = {
          inputShape: [1, ...axes(TWIN_CELLS, TWIN_CELLS), groups * groupIn],
          filterShape: [...axes(TWIN_TAPS, TWIN_TAPS), groupIn, out],
        };
        const options = { padding, groups, bias: true };
        const alike = { ...shapes, strides: axes(stride, stride), ...options, dilations: axes(dilation, dilation) };
        const alone = {
          ...shapes,
          strides: axes(stride, otherStride),
          ...options,
          dilations: axes(dilation, otherDilation),
        };
        return [alike, ...(rank > 1 ? [alone] : [])].map((about) => ({
          name: `twin: ${describeCase(about)}`,
          ...about,
        }));
      }),
    ),
  );
}
