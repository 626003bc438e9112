/**
 * A transform where it is exact enough, and plain sums everywhere else: local in, local out.
 *
 * The error of a transform belongs to a tile, not to a cell: with M the greatest magnitude that a tile and its companion see,
 *
 *     |y − ŷ| ≤ E = u · M · (12 · Σ|k| + 16 · ‖k‖₂)
 *
 * (never found exceeded by half of it, in a search over signs, scales, outliers and kernels; what can be *proven*, by theorem
 * 24.2 of Higham and the Cauchy–Schwarz inequality, is some √(R·C) times as much, as if all roundings conspired). A plain sum
 * is better where its window is darker than the tile: its error is at most γ_n · S with S = Σ |k||x| over its *own* window. A
 * cell keeps what the transform gave only if E ≤ c · S, c the constant that is stated; which is known
 *
 *   1. for P × P cells at once, from blocks of the image: S ≥ Σ_AB K_AB · m_AB, with K_AB the Σ|k| of a block of the kernel, and
 *      m_AB the least |x| of the four blocks that it may lie on. On a photograph that is all: the sum is left as soon as it suffices;
 *   2. for a single cell, since S ≥ |y| ≥ |ŷ| − E.
 *
 * Blocks with a cell that fails both are computed directly, or are zeros where nothing is under the window. A tile that holds
 * a NaN, an infinity, or what leaves the range of the transform is not transformed at all, and one that is all zeros need not be.
 *
 * Whole numbers come out whole: where image and kernel are, results are rounded to whole numbers if E < 1/4, and computed
 * directly if it is not, but a plain sum would be exact.
 *
 * @module
 */

import type { FloatArray } from "../tensor.ts";
import type { PreparedMatrix } from "./algorithm.ts";
import type { PlannedProblem, Region } from "./problem.ts";
import { BLOCK, blocksAlong, type Survey, surveyOf } from "./survey.ts";

/** A tile of the output, and what was found of the cells that it sees. */
export interface Tile extends Region {
  /** The greatest |x| of the tile and what travels with it; NaN if it is not to be transformed. */
  magnitude: number;
}

/** A transform in tiles. */
export interface TileTransform {
  /** Sides of the transform: cells that a tile sees. */
  readonly rows: number;
  readonly columns: number;
  /** Cells of a tile that come out. */
  readonly visibleRows: number;
  readonly visibleColumns: number;
  readonly scratchBytes: number;
  /** Unit roundoff of what it computes in. */
  readonly unit: number;
  /** The least and the greatest nonzero magnitude that it takes. */
  readonly range: readonly [least: number, most: number];
  /** Computes the tiles that `tileAt` gives for each first cell, in pairs by {@link pairsOf}, and returns all. */
  run(source: FloatArray, y: FloatArray, tileAt: (top: number, left: number) => Tile): readonly Tile[];
}

/** Tiles that travel together, as real and imaginary part, share their error: only those of like magnitude do. */
export function pairsOf(tiles: readonly Tile[]): readonly (readonly [Tile, Tile?])[] {
  const pairs: (readonly [Tile, Tile?])[] = [];
  const wanted = tiles.filter(({ magnitude }) => magnitude > 0);
  for (let t = 0; t < wanted.length; t++) {
    const [first, second] = [wanted[t], wanted[t + 1]];
    const most = Math.max(first.magnitude, second?.magnitude);
    if (most > 4 * Math.min(first.magnitude, second?.magnitude) || Number.isNaN(most)) {
      pairs.push([first]);
    } else {
      first.magnitude = second.magnitude = most;
      pairs.push([first, second]);
      t++;
    }
  }
  return pairs;
}

/**
 * Guards a transform.
 *
 * @param constant c: what a cell may have of its own Σ |k||x| as error.
 * @param direct computes rectangles of the output by plain sums.
 */
export function guarded(
  problem: PlannedProblem,
  transform: TileTransform,
  constant: number,
  direct: (source: FloatArray, y: FloatArray, regions: readonly Region[]) => void,
): PreparedMatrix {
  const { kernel, outShape } = problem;
  const kernelIsWhole = (kernel as Float64Array).every(Number.isInteger);
  let sum = 0;
  let squares = 0;
  for (const weight of kernel) {
    sum += Math.abs(weight);
    squares += weight * weight;
  }
  const errorFactor = transform.unit * (12 * sum + 16 * Math.sqrt(squares));
  const exactLimit = kernel.BYTES_PER_ELEMENT === 8 ? 2 ** 53 : 2 ** 24;

  const run = (source: FloatArray, y: FloatArray): readonly Region[] => {
    const view = new GuardedView(problem, surveyOf(source, problem.shape, kernelIsWhole), transform);
    const regions: Region[] = [];
    for (const tile of transform.run(source, y, (top, left) => view.tileAt(top, left))) {
      const error = errorFactor * tile.magnitude;
      if (Number.isNaN(error)) regions.push(tile);
      else if (error === 0) fillRegion(y, outShape[1], tile, 0);
      else if (view.isWhole(tile) && error < 1 / 4) roundRegion(y, outShape[1], tile);
      else if (view.isWhole(tile) && tile.magnitude * sum < exactLimit) regions.push(tile);
      else view.failing(tile, y, error / constant, error, regions);
    }
    if (regions.length > 0) direct(source, y, regions);
    return regions;
  };
  return {
    scratchBytes: transform.scratchBytes,
    run,
    note(source) {
      const y = new Float64Array(outShape[0] * outShape[1]) as FloatArray;
      let cells = 0;
      for (const { rows, columns } of run(source, y)) cells += rows * columns;
      return cells === 0
        ? undefined
        : `${describeShare(cells / y.length)} of the cells directly, where a transform is less exact`;
    },
  };
}

function describeShare(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** An image that was surveyed, as a kernel sees it. */
class GuardedView {
  readonly #problem: PlannedProblem;
  readonly #survey: Survey;
  readonly #transform: TileTransform;
  /** Of each block, the least |x| of it and its neighbours below, to the right, and both; 0 at the far edges. */
  readonly #least: Float64Array;
  /** Σ|k| of each block of the kernel. */
  readonly #weights: Float64Array;
  readonly #weightRows: number;
  readonly #weightColumns: number;
  readonly #columnBlocks = new Map<number, readonly number[]>();

  constructor(problem: PlannedProblem, survey: Survey, transform: TileTransform) {
    const {
      kernel,
      kernelShape: [kernelHeight, kernelWidth],
    } = problem;
    this.#problem = problem;
    this.#survey = survey;
    this.#transform = transform;
    const { rows, columns, least } = survey;
    this.#least = new Float64Array(rows * columns);
    for (let u = 0; u < rows - 1; u++) {
      for (let v = 0; v < columns - 1; v++) {
        const at = u * columns + v;
        this.#least[at] = Math.min(least[at], least[at + 1], least[at + columns], least[at + columns + 1]);
      }
    }
    this.#weightRows = Math.ceil(kernelHeight / BLOCK);
    this.#weightColumns = Math.ceil(kernelWidth / BLOCK);
    this.#weights = new Float64Array(this.#weightRows * this.#weightColumns);
    for (let t = 0; t < kernel.length; t++) {
      const block = (Math.floor(t / kernelWidth) >> 3) * this.#weightColumns + ((t % kernelWidth) >> 3);
      this.#weights[block] += Math.abs(kernel[t]);
    }
  }

  /** The tile whose first cell this is, as it is before it gets a companion. */
  tileAt(top: number, left: number): Tile {
    const { outShape } = this.#problem;
    const { visibleRows, visibleColumns, range } = this.#transform;
    const rows = Math.min(visibleRows, outShape[0] - top);
    const columns = Math.min(visibleColumns, outShape[1] - left);
    let most = this.#seesOutside(top, left) ? Math.abs(this.#problem.fillValue) : 0;
    this.#forEachBlock(top, left, (block) => {
      const magnitude = this.#survey.most[block];
      if (!(magnitude <= most)) most = magnitude;
      return !Number.isNaN(most);
    });
    const fits = most === 0 || (most >= range[0] && most <= range[1]);
    return { top, left, rows, columns, magnitude: fits ? most : Number.NaN };
  }

  /** Whether a tile sees whole numbers only. */
  isWhole({ top, left }: Tile): boolean {
    const { whole } = this.#survey;
    if (whole === undefined) return false;
    if (this.#seesOutside(top, left) && !Number.isInteger(this.#problem.fillValue)) return false;
    return this.#forEachBlock(top, left, (block) => whole[block] === 1);
  }

  /** Adds the rectangles of a tile that must be computed directly to `regions`, and sets what is zero. */
  failing(tile: Tile, y: FloatArray, needed: number, error: number, regions: Region[]): void {
    const {
      before: [top, left],
      outShape: [, outWidth],
    } = this.#problem;
    const bottom = tile.top + tile.rows;
    const right = tile.left + tile.columns;
    for (let u = (tile.top - top) >> 3; BLOCK * u + top < bottom; u++) {
      const first = Math.max(tile.top, BLOCK * u + top);
      const rows = Math.min(bottom, BLOCK * (u + 1) + top) - first;
      for (let v = (tile.left - left) >> 3; BLOCK * v + left < right; v++) {
        if (this.#sumsReach(u, v, needed)) continue;
        const start = Math.max(tile.left, BLOCK * v + left);
        const columns = Math.min(right, BLOCK * (v + 1) + left) - start;
        const region = { top: first, left: start, rows, columns };
        if (areAbove(y, outWidth, region, needed + error)) continue;
        const last = regions.at(-1);
        if (this.#isBlank(u, v)) fillRegion(y, outWidth, region, 0);
        else if (last !== undefined && last.top === first && last.rows === rows && last.left + last.columns === start) {
          regions[regions.length - 1] = { ...last, columns: last.columns + columns };
        } else regions.push(region);
      }
    }
  }

  /** Whether Σ K · m of the windows that begin in a block reaches what is needed. */
  #sumsReach(u: number, v: number, needed: number): boolean {
    const { rows, columns } = this.#survey;
    let sum = 0;
    for (let a = Math.max(0, -u); a < this.#weightRows && u + a < rows; a++) {
      const weights = a * this.#weightColumns;
      const least = (u + a) * columns + v;
      const end = Math.min(this.#weightColumns, columns - v);
      for (let b = Math.max(0, -v); b < end; b++) sum += this.#weights[weights + b] * this.#least[least + b];
      if (sum >= needed) return true;
    }
    return false;
  }

  /** Whether nothing is under the windows that begin in a block. */
  #isBlank(u: number, v: number): boolean {
    const {
      shape: [height, width],
      kernelShape: [kernelHeight, kernelWidth],
      boundary,
      fillValue,
    } = this.#problem;
    const { rows, columns, most } = this.#survey;
    const [lastRow, lastColumn] = [BLOCK * (u + 1) + kernelHeight - 2, BLOCK * (v + 1) + kernelWidth - 2];
    const isInside = u >= 0 && v >= 0 && lastRow < height && lastColumn < width;
    if (!isInside && (boundary !== "constant" || fillValue !== 0)) return false;
    for (let a = Math.max(0, u); a <= lastRow >> 3 && a < rows; a++) {
      for (let b = Math.max(0, v); b <= lastColumn >> 3 && b < columns; b++)
        if (most[a * columns + b] !== 0) return false;
    }
    return true;
  }

  #seesOutside(top: number, left: number): boolean {
    const { shape, before, boundary } = this.#problem;
    if (boundary !== "constant") return false;
    const [firstRow, firstColumn] = [top - before[0], left - before[1]];
    return (
      firstRow < 0 ||
      firstColumn < 0 ||
      firstRow + this.#transform.rows > shape[0] ||
      firstColumn + this.#transform.columns > shape[1]
    );
  }

  /** Whether something is true of every block that a tile sees. */
  #forEachBlock(top: number, left: number, holds: (block: number) => boolean): boolean {
    const { shape, before, boundary } = this.#problem;
    const { rows, columns } = this.#transform;
    let columnBlocks = this.#columnBlocks.get(left);
    if (columnBlocks === undefined) {
      columnBlocks = blocksAlong(boundary, left - before[1], columns, shape[1]);
      this.#columnBlocks.set(left, columnBlocks);
    }
    for (const row of blocksAlong(boundary, top - before[0], rows, shape[0])) {
      for (const column of columnBlocks) if (!holds(row * this.#survey.columns + column)) return false;
    }
    return true;
  }
}

/** Whether every |y| of a rectangle is at least so much. */
function areAbove(y: FloatArray, width: number, { top, left, rows, columns }: Region, least: number): boolean {
  for (let i = top; i < top + rows; i++) {
    for (let j = i * width + left; j < i * width + left + columns; j++) if (!(Math.abs(y[j]) >= least)) return false;
  }
  return true;
}

function fillRegion(y: FloatArray, width: number, { top, left, rows, columns }: Region, value: number): void {
  for (let i = top; i < top + rows; i++) y.fill(value, i * width + left, i * width + left + columns);
}

function roundRegion(y: FloatArray, width: number, { top, left, rows, columns }: Region): void {
  for (let i = top; i < top + rows; i++) {
    // No −0: a count of nothing is 0.
    for (let j = i * width + left; j < i * width + left + columns; j++) y[j] = Math.round(y[j]) + 0;
  }
}
