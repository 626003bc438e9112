/**
 * What a problem at random is drawn from: a quarter small and of every kind, a half large or unusual in one to three respects, a
 * quarter layers as networks have them. What is usual is drawn more often than what is not, since most implementations do
 * nothing else.
 *
 * @module
 */

import { type SpatialCase, VALUE_CLASSES, type ValueClass } from "@corr2d/testkit";
import type { Random } from "fast-check";
import { layer } from "./layers.ts";
import { grown } from "./respects.ts";
import { type Drawn, pick } from "./sizes.ts";

/** A case without a name, and what it is asked on. */
export interface DrawnProblem {
  readonly drawn: Drawn;
  readonly values: ValueClass;
}

/** Draws shapes, options and a class of values; not all of them are possible. */
export function drawProblem(random: Random): DrawnProblem {
  const kind = random.nextInt(0, 3);
  const usual = small(random);
  if (kind === 0) return { drawn: usual, values: pick(random, OF_SMALL) };
  return { drawn: kind === 1 ? layer(random, usual) : grown(random, usual), values: pick(random, OF_LARGE) };
}

/** Values that show most, which are equality and rounding, are drawn more often … */
const OF_SMALL: readonly ValueClass[] = [...VALUE_CLASSES, "exact", "integers", "integers", "real", "real"];

/** … and above all where sums are long: what is wrong with values alone shows in short ones as well. */
const OF_LARGE: readonly ValueClass[] = [
  ...OF_SMALL,
  ...Array.from({ length: 5 }, () => ["exact", "real", "real"] as const).flat(),
];

/** The most cells along an axis and the largest kernel, by number of axes: about as much work for each. */
const SIZES: Readonly<Record<number, { readonly cells: number; readonly kernels: readonly number[] }>> = {
  1: { cells: 24, kernels: [1, 2, 3, 4, 5, 7] },
  2: { cells: 10, kernels: [1, 2, 3, 3, 4, 5] },
  3: { cells: 5, kernels: [1, 2, 2, 3] },
};

/** Few cells, channels and taps; every option. */
function small(random: Random): Drawn {
  const isUsual = random.nextInt(0, 3) > 0;
  const rank = isUsual ? 2 : pick(random, [1, 2, 3]);
  const { cells, kernels } = SIZES[rank]!;
  const perAxis = <T>(draw: () => T): T[] => Array.from({ length: rank }, draw);
  const groups = pick(random, [1, 1, 1, 1, 2, 3, 4]);
  const groupInChannels = pick(random, [1, 1, 2, 3, 4, 5, 8]);
  const groupOutChannels = pick(random, [1, 1, 2, 3, 4, 7, 8]);
  const batch = pick(random, [1, 1, 1, 2, 3]);
  return {
    inputShape: [batch, ...perAxis(() => random.nextInt(1, cells)), groups * groupInChannels],
    filterShape: [...perAxis(() => pick(random, kernels)), groupInChannels, groups * groupOutChannels],
    strides: perAxis(() => pick(random, [1, 1, 1, 2, 2, 3])),
    padding: pick<() => SpatialCase["padding"]>(random, [
      () => "valid",
      () => "same",
      () => random.nextInt(0, 3),
      () => perAxis(() => [random.nextInt(0, 3), random.nextInt(0, 3)] as const),
    ])(),
    dilations: perAxis(() => pick(random, [1, 1, 1, 2, 3])),
    groups,
    bias: pick(random, [true, false]),
    layout: isUsual ? "channels last" : pick(random, ["channels last", "channels first"]),
    rounding: isUsual ? "floor" : pick(random, ["floor", "round", "ceil"]),
  };
}
