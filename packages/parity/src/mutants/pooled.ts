/**
 * Mistakes of pooling: padding that counts or is the largest, divisors, ties, overlaps, windows that are taken for others.
 *
 * @module
 */

import { type CasePass, outputShapeOf, type SpatialCase, sizeOf } from "@corr2d/testkit";
import { FULL_REACH, type Reach } from "../adapter.ts";
import { type Asked, type Mutant, ofResult, right } from "./mutant.ts";

const REACH: Reach = { ...FULL_REACH, operations: ["average pool", "max pool"] };

function pooled(
  id: string,
  what: string,
  pool: SpatialCase["pool"],
  pass: CasePass,
  change: (y: Float32Array, asked: Asked) => Float32Array,
): Mutant {
  const about = { id: `pool-${id}`, what: `${pool} pooling: ${what}`, kind: "option" as const };
  const applies = (_: unknown, convCase: SpatialCase, asked: CasePass): boolean =>
    convCase.pool === pool && asked === pass;
  return ofResult(about, change, applies, REACH);
}

/** Cells of the window, those of padding too. */
const windowOf = ({ filterShape }: SpatialCase): number => sizeOf(filterShape.slice(0, -2));

/** Sums of windows. */
const sums = ({ convCase: { pool: _, ...convCase }, pass, data }: Asked): Float32Array =>
  right(convCase, pass, { ...data, filter: new Float32Array(sizeOf(convCase.filterShape)).fill(1) });

/** Another case, where it has the same shapes. */
function as(convCase: SpatialCase, { pass, data }: Asked, y: Float32Array): Float32Array {
  try {
    return sizeOf(outputShapeOf(convCase)) === data.dy.length ? right(convCase, pass, data) : y;
  } catch {
    return y;
  }
}

const ones = ({ strides }: SpatialCase): number[] => strides.map(() => 1);

export const POOL_MUTANTS: readonly Mutant[] = [
  pooled("padding-counts", "cells of padding count in the mean", "average", "forward", (_, asked) =>
    sums(asked).map((sum) => sum / windowOf(asked.convCase)),
  ),
  pooled(
    "padding-counts-in-gradient",
    "gradients are divided by the whole window",
    "average",
    "inputGradient",
    (_, asked) => sums(asked).map((sum) => sum / windowOf(asked.convCase)),
  ),
  pooled("not-divided", "the gradient is not divided", "average", "inputGradient", (_, asked) => sums(asked)),
  pooled("sixteen-bits", "means are rounded to 16 bits", "average", "forward", (y) =>
    y.map((mean) => Math.fround(mean * (1 + 2 ** -16))),
  ),
  pooled("window-turned", "windows are as wide as they are high and the reverse", "average", "forward", (y, asked) => {
    const { filterShape, strides } = asked.convCase;
    const window = filterShape.slice(0, strides.length).toReversed();
    return as({ ...asked.convCase, filterShape: [...window, ...filterShape.slice(-2)] }, asked, y);
  }),
  pooled("dilation-ignored", "windows are not dilated", "max", "forward", (y, asked) =>
    as({ ...asked.convCase, dilations: ones(asked.convCase) }, asked, y),
  ),
  pooled("begins-at-zero", "the largest is at least 0", "max", "forward", (y) => y.map((most) => Math.max(0, most))),
  pooled("of-magnitudes", "the largest is that of magnitudes", "max", "forward", (_, { convCase, pass, data }) =>
    right(convCase, pass, { ...data, x: data.x.map(Math.abs) }),
  ),
  pooled(
    "gradient-of-smallest",
    "the gradient goes to the smallest",
    "max",
    "inputGradient",
    (_, { convCase, pass, data }) => right(convCase, pass, { ...data, x: data.x.map((value) => -value) }),
  ),
  pooled(
    "overlaps-overwritten",
    "a cell that is the largest of two windows gets the gradient of one",
    "max",
    "inputGradient",
    (y, { data }) => {
      const single = new Set(data.dy);
      return y.map((sum) => (sum === 0 || single.has(sum) ? sum : data.dy[0]!));
    },
  ),
  pooled("last-column", "the last element of windows past 3 is that before it", "max", "forward", (y, { sizes }) =>
    sizes.kernel > 3 && y.length > 1 ? y.with(-1, y.at(-2)!) : y,
  ),
];
