/**
 * A transform along a row where it is exact enough, a more exact one or plain sums elsewhere: local in, local out, as in
 * `corr2d/problem/transform-guard.ts`, where the bound E of a transform's error comes from. It grows with its levels, of which that has 16
 * at most:
 *
 *     E = max(1, levels / 16) · u · ( 12 · min(max|x| · max|F(k)|, Σ|x| · max|k|) + 12 · √(mean x²) · ‖k‖₂ + 6 · max|x| · max|k| )
 *
 * A value keeps what the transform gave only if E ≤ c · S, with S = Σ |k||x| over its own window and c the constant that is stated:
 * known of P values at once, S ≥ Σ_B K_B · m_B over blocks of P taps, with K_B their Σ|k| and m_B the least |x| of the two blocks of samples
 * under them; or of one, S ≥ |ŷ| − E. What fails is computed by a transform in float64, if that is less than plain sums, and what
 * fails there by plain sums.
 *
 * A few samples that are not finite, or tower above all others, are taken out before, and what they add to the values that see them is
 * summed plainly: a NaN or an outlier costs m products, not a piece.
 *
 * Whole numbers come out whole: where taps and samples are, results are rounded to whole numbers if E < 1/4.
 *
 * @module
 */

import type { PreparedMatrix } from "../../corr2d/problem/algorithm.ts";
import type { PlannedProblem } from "../../corr2d/problem/problem.ts";
import { isAbove } from "../../corr2d/problem/transform-guard.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import { type Norms, normsOf } from "./norms.ts";
import { apartFrom, outliersOf } from "./outliers.ts";
import { type Blocks, blocksOf, coarser, type Extremes } from "./survey.ts";

/** Values `first` … `end − 1` of an output. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** A transform in pieces. */
export interface SignalTransform {
  /** Samples that a piece reads, and values that it gives. */
  readonly samples: number;
  readonly visible: number;
  /** Whether one piece reads all, and what it reads goes on with zeros. */
  readonly wraps: boolean;
  readonly levels: number;
  /** Unit roundoff of what it computes in. */
  readonly unit: number;
  /** The least and the greatest nonzero magnitude that it takes. */
  readonly range: readonly [least: number, most: number];
  /** The greatest |F(k)|. */
  readonly peak: number;
  readonly scratchBytes: number;
  /** Computes the piece whose first value is y[first]. */
  run(source: FloatArray, first: number, y: FloatArray): void;
  [Symbol.dispose](): void;
}

/** What a guard falls back on. */
export interface Fallbacks {
  /** A transform in float64, cut likewise; undefined if the first one is. */
  readonly finer: (() => SignalTransform) | undefined;
  /** How many products of plain sums take as long as a piece of that. */
  readonly finerProducts: number;
  /** Plain sums. */
  readonly direct: () => (source: FloatArray, y: FloatArray, spans: readonly Span[]) => void;
  readonly findExtremes: (source: FloatArray, block: number) => Extremes;
}

/** Fine blocks of a coarse one. */
const COARSER = 8;

/** Products with outliers that are worth a piece, for each of its samples. */
const OUTLIER_PRODUCTS = 16;

/**
 * Guards a transform.
 *
 * @param constant c: what a value may have of its own Σ |k||x| as error.
 */
export function guarded(
  problem: PlannedProblem,
  transform: SignalTransform,
  constant: number,
  { finer, finerProducts, direct, findExtremes }: Fallbacks,
): PreparedMatrix {
  const { kernel, outShape } = problem;
  const taps = kernel.length;
  const length = outShape[1];
  const kernelIsWhole = areWhole(kernel, 0, taps);
  const norms = normsOf(problem);
  // As many blocks of taps at most as are quickly gone through.
  const block = 8 * 2 ** Math.max(0, Math.ceil(Math.log2(taps / 512)));
  let weights: readonly [Float64Array, Float64Array] | undefined;
  let finest: SignalTransform | undefined;
  let sums: ReturnType<Fallbacks["direct"]> | undefined;

  const run = (given: FloatArray, y: FloatArray): readonly Span[] => {
    const outliers = outliersOf(
      problem,
      given,
      findExtremes(given, block),
      block,
      (OUTLIER_PRODUCTS * transform.samples) / taps,
    );
    const source = apartFrom(given, outliers);
    const blocks = outliers.cells.length === 0 ? outliers.blocks : blocksOf(findExtremes(source, block), block);
    weights ??= [block, COARSER * block].map((each) => blockSums(kernel, each)) as [Float64Array, Float64Array];
    const levels: View["levels"] = [
      { blocks, weights: weights[0] },
      { blocks: coarser(blocks, COARSER), weights: weights[1] },
    ];
    const view: View = { problem, blocks, levels, weightSum: norms.sum };
    const spans: Span[] = [];
    for (let first = 0; first < length; first += transform.visible) {
      const piece = { first, end: Math.min(length, first + transform.visible) };
      let failing = attempt(view, transform, norms, constant, kernelIsWhole, source, piece, y);
      const cells = failing.reduce((total, span) => total + span.end - span.first, 0);
      if (finer !== undefined && cells * taps > finerProducts) {
        finest ??= finer();
        failing = attempt(view, finest, norms, constant, kernelIsWhole, source, piece, y);
      }
      spans.push(...failing);
    }
    if (spans.length > 0) {
      sums ??= direct();
      sums(source, y, spans);
    }
    outliers.addTo(y);
    return spans;
  };
  return {
    scratchBytes: transform.scratchBytes,
    run,
    note(source) {
      const cells = run(source, new Float64Array(length) as FloatArray).reduce(
        (sum, { first, end }) => sum + end - first,
        0,
      );
      if (cells === 0) return undefined;
      return `${Number(((100 * cells) / length).toPrecision(2))} % of the values directly, where a transform is less exact`;
    },
    [Symbol.dispose]() {
      transform[Symbol.dispose]();
      finest?.[Symbol.dispose]();
    },
  };
}

/** A signal that was surveyed, as a kernel sees it. */
interface View {
  readonly problem: PlannedProblem;
  readonly blocks: Blocks;
  /** Fine and coarse blocks. */
  readonly levels: readonly [fine: Level, coarse: Level];
  /** Σ|k|. */
  readonly weightSum: number;
}

/** Blocks of samples, and the Σ|k| of blocks of as many taps. */
interface Level {
  readonly blocks: Blocks;
  readonly weights: Float64Array;
}

/** Computes a piece, and returns what of it is not exact enough. */
function attempt(
  view: View,
  transform: SignalTransform,
  norms: Norms,
  constant: number,
  kernelIsWhole: boolean,
  source: FloatArray,
  piece: Span,
  y: FloatArray,
): readonly Span[] {
  const { problem } = view;
  const start = piece.first - problem.before[1];
  const seen = piece.end - piece.first + problem.kernelShape[1] - 1;
  const { most, sum, squares } = extentUnder(view, start, seen);
  if (most === 0) {
    y.fill(0, piece.first, piece.end);
    return [];
  }
  if (!(most >= transform.range[0] && most <= transform.range[1])) return [piece];
  const mean = Math.sqrt(squares / transform.samples);
  const error =
    Math.max(1, transform.levels / 16) *
    transform.unit *
    (12 * Math.min(most * transform.peak, sum * norms.most) + 12 * mean * norms.euclidean + 6 * most * norms.most);
  const isWhole = kernelIsWhole && allWhole(problem, source, start, seen);
  const exactLimit = isWhole ? exactLimitOf(problem.kernel) : 0;
  if (error >= 1 / 4 && most * norms.sum < exactLimit) return [piece];
  transform.run(source, piece.first, y);
  if (isWhole && error < 1 / 4) {
    // No −0: a count of nothing is 0.
    for (let i = piece.first; i < piece.end; i++) y[i] = Math.round(y[i]!) + 0;
    return [];
  }
  return failingIn(view, piece, y, Math.max(error / constant, exactLimit), error);
}

/** Whole numbers below this are summed exactly. */
function exactLimitOf(values: FloatArray): number {
  return values.BYTES_PER_ELEMENT === 8 ? 2 ** 53 : 2 ** 24;
}

/** Of the samples that a piece sees: max|x|, and bounds of Σ|x| and Σx². */
function extentUnder(
  { problem: { shape, boundary, fillValue }, blocks: { block, most } }: View,
  start: number,
  seen: number,
): { readonly most: number; readonly sum: number; readonly squares: number } {
  const isInside = start >= 0 && start + seen <= shape[1];
  const outside = isInside ? 0 : boundary === "constant" ? Math.abs(fillValue) : undefined;
  // What goes on by copies may show any sample, some of them more than once.
  const from = outside === undefined ? 0 : Math.max(0, Math.floor(start / block));
  const to = outside === undefined ? most.length : Math.min(most.length, Math.ceil((start + seen) / block));
  const copies = outside === undefined ? Math.ceil(seen / shape[1]) + 2 : 1;
  let [greatest, sum, squares] = [0, 0, 0];
  for (let u = from; u < to; u++) {
    const magnitude = most[u]!;
    // NaN stays, since nothing is more.
    if (!(magnitude <= greatest)) greatest = Number.isNaN(greatest) ? greatest : magnitude;
    sum += block * magnitude;
    squares += block * magnitude * magnitude;
  }
  if (outside !== undefined && outside !== 0) {
    const count = seen - Math.max(0, Math.min(shape[1], start + seen) - Math.max(0, start));
    greatest = Math.max(greatest, outside);
    sum += count * outside;
    squares += count * outside * outside;
  }
  return { most: greatest, sum: copies * sum, squares: copies * squares };
}

/** Whether a piece sees whole numbers only. */
function allWhole(
  { shape, boundary, fillValue }: PlannedProblem,
  source: FloatArray,
  start: number,
  seen: number,
): boolean {
  const isInside = start >= 0 && start + seen <= shape[1];
  if (!isInside && !Number.isInteger(fillValue)) return false;
  const isCopied = !isInside && boundary !== "constant";
  const end = isCopied ? shape[1] : Math.min(shape[1], start + seen);
  return areWhole(source, isCopied ? 0 : Math.max(0, start), end);
}

function areWhole(values: FloatArray, first: number, end: number): boolean {
  for (let i = first; i < end; i++) if (Math.trunc(values[i]!) !== values[i]) return false;
  return true;
}

/** What of a piece is not known to be exact enough; what sees nothing is set to 0. */
function failingIn(view: View, piece: Span, y: FloatArray, needed: number, error: number): readonly Span[] {
  const {
    problem,
    blocks: { block },
    levels: [fine, coarse],
  } = view;
  const before = problem.before[1];
  if (leastUnder(view, piece) * view.weightSum >= needed) return [];
  const spans: Span[] = [];
  for (let u = Math.floor((piece.first - before) / block); u * block + before < piece.end; u++) {
    const first = Math.max(piece.first, u * block + before);
    const end = Math.min(piece.end, (u + 1) * block + before);
    if (sumsReach(coarse, Math.floor(u / COARSER), needed)) {
      u = COARSER * (Math.floor(u / COARSER) + 1) - 1;
      continue;
    }
    if (sumsReach(fine, u, needed)) continue;
    if (isBlank(view, first - before, end - first)) {
      y.fill(0, first, end);
      continue;
    }
    for (let i = first; i < end; i++) {
      if (isAbove(y[i]!, needed + error)) continue;
      const last = spans.at(-1);
      // Spans close to each other are one: calls are not free.
      if (last !== undefined && i - last.end < 16) spans[spans.length - 1] = { first: last.first, end: i + 1 };
      else spans.push({ first: i, end: i + 1 });
    }
  }
  return spans;
}

/** The least |x| that the windows of a piece may see; 0 if they reach outside. */
function leastUnder({ problem, blocks: { block, pairs } }: View, { first, end }: Span): number {
  const start = first - problem.before[1];
  const last = end - 1 - problem.before[1] + problem.kernelShape[1] - 1;
  if (start < 0 || last >= problem.shape[1]) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let u = Math.floor(start / block); u <= Math.floor(last / block); u++) least = Math.min(least, pairs[u]!);
  return least;
}

/** Whether Σ K · m of the windows that begin in a block of samples reaches what is needed. */
function sumsReach({ blocks: { pairs }, weights }: Level, u: number, needed: number): boolean {
  let sum = 0;
  const end = Math.min(weights.length, pairs.length - u);
  for (let b = Math.max(0, -u); b < end; b++) {
    sum += weights[b]! * pairs[u + b]!;
    if (sum >= needed) return true;
  }
  return false;
}

/** Whether nothing is under the windows that begin with these samples. */
function isBlank({ problem, blocks: { block, nonzero } }: View, start: number, count: number): boolean {
  const end = start + count + problem.kernelShape[1] - 1;
  const isInside = start >= 0 && end <= problem.shape[1];
  if (!isInside && (problem.boundary !== "constant" || problem.fillValue !== 0)) return false;
  const from = Math.min(nonzero.length - 1, Math.max(0, Math.floor(start / block)));
  const to = Math.min(nonzero.length - 1, Math.max(0, Math.ceil(end / block)));
  return nonzero[from] === nonzero[to];
}

function blockSums(kernel: FloatArray, block: number): Float64Array {
  const sums = new Float64Array(Math.ceil(kernel.length / block));
  for (let j = 0; j < kernel.length; j++) sums[Math.floor(j / block)]! += Math.abs(kernel[j]!);
  return sums;
}
