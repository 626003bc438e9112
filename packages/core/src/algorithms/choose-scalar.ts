/**
 * Which of the scalar algorithms computes a pass soonest, and why.
 *
 * Groups of few channels have an algorithm of their own. Between tiled and Winograd decides an estimate, with cells the
 * outputs of an image, C channels of a group filled up to fours, P panels of six output channels, n² points of a tile of m²
 * outputs, and the points of all tiles that are needed (see `winograd-tiles.ts`):
 *
 *     tiled       cells · P · (6 · 9 · C · product + cell) + 6 · P · 9 · C · load
 *     winograd    needed · P · (6 · C · product + cell) + tiles · n² · (C · input + 6 · P · output)
 *                 + blocks · 6 · n² · P · C · weight
 *
 * and, for a plan that runs once, the transform of its weights. Winograd saves products and pays for transforms, which
 * takes some sixteen channels, or more on one side, to be worth it; and it has n² / 9 times as many weights, which takes some
 * pixels to share them: with 512 channels at 7×7 they are two fifths of the time.
 *
 * @module
 */

import { describeTime } from "../expected-time.ts";
import type { ConvGeometry } from "../geometry.ts";
import type { ChoiceOptions, Pass } from "./algorithm.ts";
import { grouped, hasSmallGroups } from "./grouped.ts";
import { im2col } from "./im2col.ts";
import { naive } from "./naive.ts";
import { inFours, LANES } from "./register-tile.ts";
import { tiled } from "./tiled.ts";
import { blockTilesOf, winograd2, winograd4 } from "./winograd.ts";
import { F2, F4, type WinogradTransforms } from "./winograd-transforms.ts";

/** A name and its reason. */
export interface ScalarChoice {
  readonly name: ScalarAlgorithm["name"];
  readonly reason: string;
}

type ScalarAlgorithm =
  | typeof grouped
  | typeof winograd4
  | typeof winograd2
  | typeof tiled
  | typeof im2col
  | typeof naive;

/** Measured 2026-11-23 on an AMD EPYC (Zen 4), Node 24.21 (V8 13.6), nanoseconds. */
const COST = {
  /** A product and its sum, in the register tile. */
  product: 0.19,
  /** Starting and storing the six sums of a cell. */
  cell: 10,
  /** Transforming a channel of the input, or of the output, for each point. */
  input: 3.1,
  output: 2.8,
  /** Copying a weight into a lane. */
  load: 0.4,
  /** Copying a transformed weight that has left the cache. */
  weight: 0.55,
  /** Transforming a weight, for each point. */
  transform: 11,
} as const;

/** Chooses among the scalar algorithms; the reference supports everything. */
export function chooseScalar(g: ConvGeometry, pass: Pass, options: ChoiceOptions = {}): ScalarChoice {
  if (hasSmallGroups(g) && grouped.supports(g, pass) === true) {
    return {
      name: grouped.name,
      reason: `groups of ${g.groupInChannels}→${g.groupOutChannels} channels: ${grouped.summary}`,
    };
  }
  if (pass === "filterGradient" && g.kernelHeight * g.kernelWidth === 1 && im2col.supports(g, pass) === true) {
    // A kernel of one tap has nothing to unfold, and copying channels apart costs tiled a third to a half of its time.
    return { name: im2col.name, reason: `${im2col.summary}; a 1×1 kernel leaves nothing to unfold` };
  }
  const times = [
    { algorithm: winograd4, nanoseconds: winogradTime(F4, g, pass, options) },
    { algorithm: winograd2, nanoseconds: winogradTime(F2, g, pass, options) },
    { algorithm: tiled, nanoseconds: tiledTime(g, pass) },
  ].filter(({ algorithm }) => algorithm.supports(g, pass) === true);
  const allowed = times.filter(({ algorithm }) => isAllowed(algorithm, options));
  if (allowed.length > 0) {
    const { algorithm } = allowed.reduce((best, time) => (time.nanoseconds < best.nanoseconds ? time : best));
    const barred = times.length > allowed.length ? "; precision is strict: no Winograd" : "";
    const estimates = times
      .map(({ algorithm: { name }, nanoseconds }) => `${name} ${describeTime(nanoseconds)}`)
      .join(", ");
    const weighed = allowed.length > 1 ? `; least estimated time (${estimates})` : barred;
    return { name: algorithm.name, reason: algorithm.summary + weighed };
  }
  const refused = `not tiled: ${tiled.supports(g, pass)}`;
  const supported = im2col.supports(g, pass);
  if (supported === true) return { name: im2col.name, reason: `${im2col.summary}; ${refused}` };
  return { name: naive.name, reason: `${naive.summary}; ${refused}; not im2col: ${supported}` };
}

/** Whether the error bound of an algorithm is as the precision asks. */
export function isAllowed(algorithm: Pick<ScalarAlgorithm, "errorBound">, { precision }: ChoiceOptions): boolean {
  return precision !== "strict" || algorithm.errorBound.kind === "element";
}

/** The correlation that a pass computes, in the numbers that time depends on. */
function workOf(g: ConvGeometry, pass: Pass): { rows: number; columns: number; terms: number; panels: number } {
  const forward = pass !== "inputGradient";
  return {
    rows: forward ? g.outHeight : g.inHeight,
    columns: forward ? g.outWidth : g.inWidth,
    terms: inFours(forward ? g.groupInChannels : g.groupOutChannels),
    panels: Math.ceil((forward ? g.groupOutChannels : g.groupInChannels) / LANES),
  };
}

/** What 3×3 taps at stride 1 take. */
function tiledTime(g: ConvGeometry, pass: Pass): number {
  const { rows, columns, terms, panels } = workOf(g, pass);
  const weights = LANES * panels * 9 * terms;
  const cells = rows * columns * (weights * COST.product + panels * COST.cell);
  return g.batch * g.groups * (cells + weights * COST.load);
}

function winogradTime(f: WinogradTransforms, g: ConvGeometry, pass: Pass, { runs }: ChoiceOptions): number {
  const { rows, columns, terms, panels } = workOf(g, pass);
  const points = f.inputs ** 2;
  const tiles = g.batch * Math.ceil(rows / f.outputs) * Math.ceil(columns / f.outputs);
  const [neededRows, neededColumns] = [rows, columns].map(
    (size) => Math.ceil(size / f.outputs) * f.inputs - (size % f.outputs > 0 ? 1 : 0),
  );
  const products = g.batch * neededRows * neededColumns * panels * (LANES * terms * COST.product + COST.cell);
  const transforms = tiles * points * (terms * COST.input + LANES * panels * COST.output);
  const weights = points * LANES * panels * terms;
  const fetching = Math.ceil(tiles / blockTilesOf(f, terms, tiles)) * weights * COST.weight;
  const preparing = runs === "once" ? weights * COST.transform : 0;
  return g.groups * (products + transforms + fetching + preparing);
}
