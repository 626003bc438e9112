/**
 * Which features an implementation has: for each that a case may have, how many cases with it were answered and how many were
 * refused, pass by pass.
 *
 * @module
 */

import { type CasePass, operationOf, rankOf, resolveCase, type SpatialCase } from "@corr2d/testkit";
import { type Findings, REFERENCE } from "./compare.ts";

/** How cases with a feature were answered. */
export interface SupportCount {
  readonly by: string;
  readonly feature: Feature;
  readonly pass: CasePass;
  readonly answered: number;
  /** Cases in which some answer was wrong, known failures included. */
  readonly wrong: number;
  /** Cases that were refused, or are beyond the reach that is stated. */
  readonly refused: number;
}

/** The features, in the order of the table. */
export const FEATURES = [
  "1 axis",
  "2 axes",
  "3 axes",
  "channels first",
  "rounding other than down",
  "several images",
  "no image",
  "bias",
  "stride",
  "dilation",
  "stride and dilation",
  "padding",
  "padding that shows the image",
  "more padding on one side",
  "kernel past the image",
  "kernel past 7",
  "one tap",
  "groups",
  "depthwise",
  "depthwise, with a multiplier",
  "past 256 channels",
  "transposed",
  "average pool",
  "max pool",
] as const;

/** A feature of cases. */
export type Feature = (typeof FEATURES)[number];

/** The features that a case has. */
export function featuresOf(convCase: SpatialCase): readonly Feature[] {
  const { inputShape, filterShape, strides, dilations, groups, bias, layout, rounding = "floor" } = convCase;
  const rank = rankOf(convCase);
  const resolved = resolveCase(convCase);
  const axes = [resolved.depth, resolved.height, resolved.width].slice(-rank);
  const kernels = filterShape.slice(0, -2);
  const isStrided = strides.some((stride) => stride > 1);
  const isDilated = dilations.some((dilation) => dilation > 1);
  const operation = operationOf(convCase);
  const isPool = convCase.pool !== undefined;
  const depthwise = !isPool && groups > 1 && groups === inputShape.at(-1);
  const has: Readonly<Record<Feature, boolean>> = {
    "1 axis": rank === 1,
    "2 axes": rank === 2,
    "3 axes": rank === 3,
    "channels first": layout === "channels first",
    "rounding other than down": rounding !== "floor",
    "several images": inputShape[0]! > 1,
    "no image": inputShape[0] === 0,
    bias,
    stride: isStrided,
    dilation: isDilated,
    "stride and dilation": isStrided && isDilated,
    padding: axes.some(({ before, after }) => before + after > 0),
    "padding that shows the image": convCase.paddingMode !== undefined,
    "more padding on one side": axes.some(({ before, after }) => before !== after),
    "kernel past the image": axes.some(({ kernel, dilation, input }) => (kernel - 1) * dilation + 1 > input),
    "kernel past 7": kernels.some((size) => size > 7),
    "one tap": kernels.every((size) => size === 1),
    groups: !isPool && groups > 1 && !depthwise,
    depthwise,
    "depthwise, with a multiplier": depthwise && filterShape.at(-1)! > groups,
    "past 256 channels": Math.max(inputShape.at(-1)!, filterShape.at(-1)!) > 256,
    transposed: operation === "transposed",
    "average pool": operation === "average pool",
    "max pool": operation === "max pool",
  };
  return FEATURES.filter((feature) => has[feature]);
}

/** Key of a count. */
function keyOf({ by, feature, pass }: Pick<SupportCount, "by" | "feature" | "pass">): string {
  return `${by}\n${feature}\n${pass}`;
}

/** Adds a count to others. */
export function addSupport(counts: Record<string, SupportCount>, count: SupportCount): void {
  const key = keyOf(count);
  const known = counts[key];
  counts[key] =
    known === undefined
      ? count
      : {
          ...count,
          answered: known.answered + count.answered,
          wrong: known.wrong + count.wrong,
          refused: known.refused + count.refused,
        };
}

/** The counts of one trial: answers of those who are checked, and who refused. */
export function supportIn(
  { comparisons, refusals }: Pick<Findings, "comparisons" | "refusals">,
  convCase: SpatialCase,
): Record<string, SupportCount> {
  const counts: Record<string, SupportCount> = {};
  const isWrong = new Map<string, boolean>();
  for (const { oracle, algorithm, pass, verdict } of comparisons) {
    if (oracle !== REFERENCE) continue;
    const key = `${pass} ${algorithm}`;
    isWrong.set(key, isWrong.get(key) === true || verdict !== "agree");
  }
  const features = featuresOf(convCase);
  const add = (by: string, pass: CasePass, count: Pick<SupportCount, "answered" | "wrong" | "refused">): void => {
    for (const feature of features) addSupport(counts, { by, feature, pass, ...count });
  };
  for (const [key, wrong] of isWrong) {
    const [pass, ...name] = key.split(" ");
    add(name.join(" "), pass as CasePass, { answered: 1, wrong: wrong ? 1 : 0, refused: 0 });
  }
  for (const { by, pass } of refusals) add(by, pass, { answered: 0, wrong: 0, refused: 1 });
  return counts;
}
