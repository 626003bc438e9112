/**
 * A transform where it is exact enough, and plain sums everywhere else: local in, local out.
 *
 * The error of a transform belongs to a tile, not to a cell. For a tile and its companion, which share it,
 *
 *     |y − ŷ| ≤ E = u · ( 12 · min(max|x| · max|F(k)|, Σ|x| · max|k|) + 12 · √(mean x²) · ‖k‖₂ + 6 · max|x| · max|k| )
 *
 * since roundings of spectral lines add up, those of noise scatter, and those of a lone large cell stay together. (Searches over
 * signs, scales, outliers, shapes and kernels have found 0.6 of it at most. What can be *proven*, by theorem 24.2 of Higham and
 * the Cauchy–Schwarz inequality, is some √(R·C) times as much, as if all roundings conspired.) A plain sum is better where its
 * window is darker than the tile: its error is at most γ_n · S with S = Σ |k||x| over its *own* window. A cell keeps what the
 * transform gave only if E ≤ c · S, c the constant that is stated; which is known
 *
 *   1. for P × P cells at once, from blocks of the image: S ≥ Σ_AB K_AB · m_AB, with K_AB the Σ|k| of a block of the kernel, and
 *      m_AB the least |x| of the four blocks that it may lie on. On a photograph that is all: the sum is left as soon as it suffices;
 *   2. for a single cell, since S ≥ |y| ≥ |ŷ| − E.
 *
 * Blocks with a cell that fails both are zeros where nothing is under the window, or computed by a transform in float64, if there is one
 * and that is sooner done, and what fails there directly. A tile that holds
 * a NaN, an infinity, or what leaves the range of the transform is not transformed at all, and one that is all zeros need not be.
 *
 * Whole numbers come out whole: where image and kernel are, results are rounded to whole numbers if E < 1/4, and if it is not, a cell whose
 * S may be so small that a plain sum is exact has failed.
 *
 * @module
 */

import type { Shape2 } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { PreparedMatrix } from "./algorithm.ts";
import type { PlannedProblem, Region } from "./problem.ts";
import { BLOCK, type BlockRun, blocksAlong, type Extremes, type Survey, surveyOf } from "./survey.ts";

/** A tile of the output, and what was found of the cells that it sees. */
export interface Tile extends Region {
  /** The largest |x| of the cells that the tile sees. */
  readonly most: number;
  /** E, of the tile and what travels with it; 0 if all is blank, NaN if it is not to be transformed. */
  error: number;
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
  /** Products of plain sums that take as long as the calls for a rectangle of them. */
  readonly callProducts: number;
  /** The least and the greatest nonzero magnitude that it takes. */
  readonly range: readonly [least: number, most: number];
  /** The greatest |F(k)|; asked once. */
  spectralPeak(): number;
  /** A faster way to survey an image. */
  readonly findExtremes?: (source: FloatArray, shape: Shape2) => Extremes;
  /** Computes the tiles that `tileAt` gives for each first cell, in pairs by {@link pairsOf}, and returns all. */
  run(source: FloatArray, y: FloatArray, tileAt: (top: number, left: number) => Tile): readonly Tile[];
}

/**
 * Tiles that travel together, as real and imaginary part, share their error: only those of like error do. Lines of both of a frequency and
 * its opposite are |X ± iY|, whose sum is at most 2·√(|X|² + |Y|²).
 */
export function pairsOf(tiles: readonly Tile[]): readonly (readonly [Tile, Tile?])[] {
  const pairs: (readonly [Tile, Tile?])[] = [];
  const wanted = tiles.filter(({ error }) => error > 0);
  for (let t = 0; t < wanted.length; t++) {
    const [first, second] = [wanted[t], wanted[t + 1]];
    if (second === undefined || Math.max(first.error, second.error) > 3 * Math.min(first.error, second.error)) {
      pairs.push([first]);
      continue;
    }
    first.error = second.error = Math.hypot(first.error, second.error);
    pairs.push([first, second]);
    t++;
  }
  return pairs;
}

/** A transform of rectangles that is far more exact. */
export interface FinerTransform {
  readonly unit: number;
  /** Whether it is there for a rectangle, and sooner done than plain sums. */
  isFaster(region: Region): boolean;
  levelsOf(region: Region): number;
  run(source: FloatArray, y: FloatArray, region: Region): void;
}

/**
 * Guards a transform.
 *
 * @param constant c: what a cell may have of its own Σ |k||x| as error.
 * @param direct computes rectangles of the output by plain sums.
 * @param finer computes those that it is faster for.
 */
export function guarded(
  problem: PlannedProblem,
  transform: TileTransform,
  constant: number,
  direct: (source: FloatArray, y: FloatArray, regions: readonly Region[]) => void,
  finer?: FinerTransform,
): PreparedMatrix {
  const { kernel, outShape } = problem;
  const kernelIsWhole = (kernel as Float64Array).every(Number.isInteger);
  const norms = normsOf(kernel);
  const finerError = (region: Region, most: number): number =>
    finer?.isFaster(region)
      ? Math.max(1, finer.levelsOf(region) / 16) *
        finer.unit *
        most *
        (12 * norms.sum + 12 * norms.euclidean + 6 * norms.most)
      : Number.NaN;
  const weights = weightsOf(problem);
  let errorOf: ErrorEstimate | undefined;
  const seen: SeenBlocks = [new Map(), new Map()];

  const run = (source: FloatArray, y: FloatArray): readonly Region[] => {
    errorOf ??= estimateOf(transform, norms);
    const survey = surveyOf(source, problem.shape, kernelIsWhole, transform.findExtremes);
    const view = new GuardedView(problem, survey, transform, errorOf, seen, weights, constant);
    const regions: Region[] = [];
    let isWorth = finer !== undefined;
    for (const tile of transform.run(source, y, (top, left) => view.tileAt(top, left))) {
      const { error } = tile;
      if (Number.isNaN(error)) {
        regions.push(tile);
        continue;
      }
      if (error === 0) {
        fillRegion(y, outShape[1], tile, 0);
        continue;
      }
      const isWhole = view.isWhole(tile);
      for (const region of view.settle(tile, y, isWhole)) {
        const doubtful = { ...region, most: tile.most, error: finerError(region, tile.most) };
        if (!isWorth || !(doubtful.error < error) || !finer!.isFaster(region)) {
          regions.push(region);
          continue;
        }
        finer!.run(source, y, region);
        const left = view.settle(doubtful, y, isWhole);
        regions.push(...left);
        // Beside an outlier, it is not exact enough either.
        isWorth = cellsOf(left) < cellsOf([region]) / 2;
      }
    }
    if (regions.length > 0) direct(source, y, regions);
    return regions;
  };
  return {
    scratchBytes: transform.scratchBytes,
    run,
    note(source) {
      const y = new Float64Array(outShape[0] * outShape[1]) as FloatArray;
      const cells = cellsOf(run(source, y));
      if (cells === 0) return undefined;
      return `${describeShare(cells / y.length)} of the cells directly, where a transform is less exact`;
    },
  };
}

function cellsOf(regions: readonly Region[]): number {
  return regions.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}

/** What is known of a kernel: Σ|k|, ‖k‖₂ and max|k|. */
interface Norms {
  readonly sum: number;
  readonly euclidean: number;
  readonly most: number;
}

function normsOf(kernel: FloatArray): Norms {
  let [sum, squares, most] = [0, 0, 0];
  for (const weight of kernel) {
    sum += Math.abs(weight);
    squares += weight * weight;
    most = Math.max(most, Math.abs(weight));
  }
  return { sum, euclidean: Math.sqrt(squares), most };
}

/** Σ|k| of each block of a kernel, and of all. */
interface BlockWeights {
  readonly rows: number;
  readonly columns: number;
  readonly sums: Float64Array;
  readonly sum: number;
}

function weightsOf({ kernel, kernelShape: [height, width] }: PlannedProblem): BlockWeights {
  const [rows, columns] = [Math.ceil(height / BLOCK), Math.ceil(width / BLOCK)];
  const sums = new Float64Array(rows * columns);
  for (let t = 0; t < kernel.length; t++) {
    sums[(Math.floor(t / width) >> 3) * columns + ((t % width) >> 3)] += Math.abs(kernel[t]);
  }
  return { rows, columns, sums, sum: sums.reduce((total, weight) => total + weight) };
}

/** E of a tile. */
type ErrorEstimate = (mean: number, meanSquare: number, most: number) => number;

function estimateOf(transform: TileTransform, { sum, euclidean, most: heaviest }: Norms): ErrorEstimate {
  const { unit } = transform;
  // It was computed itself, and is at most the sum.
  const peak = Math.min(sum, 1.001 * transform.spectralPeak());
  const cells = transform.rows * transform.columns;
  return (mean, meanSquare, most) =>
    unit *
    (12 * Math.min(most * peak, mean * cells * heaviest) +
      12 * Math.sqrt(meanSquare) * euclidean +
      6 * most * heaviest);
}

function describeShare(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** An image that was surveyed, as a kernel sees it. */
class GuardedView {
  readonly #problem: PlannedProblem;
  readonly #survey: Survey;
  readonly #transform: TileTransform;
  /** For each block the least |x| of it and its neighbours below, to the right, and both; 0 at the far edges. */
  readonly #least: Float64Array;
  readonly #weights: BlockWeights;
  readonly #constant: number;
  readonly #sharedCells: number;
  readonly #errorOf: ErrorEstimate;
  /** What tiles that begin in a row, or in a column, see. */
  readonly #bands = new Map<number, Band>();
  readonly #seen: SeenBlocks;

  constructor(
    problem: PlannedProblem,
    survey: Survey,
    transform: TileTransform,
    errorOf: ErrorEstimate,
    seen: SeenBlocks,
    weights: BlockWeights,
    constant: number,
  ) {
    this.#seen = seen;
    this.#problem = problem;
    this.#survey = survey;
    this.#transform = transform;
    this.#weights = weights;
    this.#constant = constant;
    this.#sharedCells = transform.callProducts / problem.kernel.length;
    const { rows, columns, least } = survey;
    this.#least = new Float64Array(rows * columns);
    for (let u = 0; u < rows - 1; u++) {
      for (let v = 0; v < columns - 1; v++) {
        const at = u * columns + v;
        this.#least[at] = Math.min(least[at], least[at + 1], least[at + columns], least[at + columns + 1]);
      }
    }
    this.#errorOf = errorOf;
  }

  /** The tile whose first cell this is, as it is before it gets a companion. */
  tileAt(top: number, left: number): Tile {
    const { outShape } = this.#problem;
    const { visibleRows, visibleColumns, range } = this.#transform;
    const rows = Math.min(visibleRows, outShape[0] - top);
    const columns = Math.min(visibleColumns, outShape[1] - left);
    const cells = this.#transform.rows * this.#transform.columns;
    const band = this.#bandAt(top);
    const { blocks, counts, cells: width } = this.#columnsAt(left);
    let [most, sum, squares] = [0, 0, 0];
    for (let b = 0; b < blocks.length; b++) {
      const block = blocks[b];
      // NaN stays, since nothing is more.
      if (!(band.most[block] <= most)) most = Number.isNaN(most) ? most : band.most[block];
      sum += counts[b] * band.sums[block];
      squares += counts[b] * band.squares[block];
    }
    const inside = band.cells * width;
    const fill = Math.abs(this.#problem.fillValue);
    if (inside < cells && fill !== 0 && !Number.isNaN(most)) {
      most = Number.isNaN(fill) ? fill : Math.max(most, fill);
      sum += (cells - inside) * fill;
      squares += (cells - inside) * fill * fill;
    }
    const fits = most === 0 || (most >= range[0] && most <= range[1]);
    const error = fits ? this.#errorOf(sum / cells, squares / cells, most) : Number.NaN;
    return { top, left, rows, columns, most, error };
  }

  /** Whether a tile sees whole numbers only. */
  isWhole({ top, left }: Tile): boolean {
    const { whole } = this.#survey;
    if (whole === undefined) return false;
    if (!Number.isInteger(this.#problem.fillValue)) return false;
    const { blocks } = this.#columnsAt(left);
    return this.#bandAt(top).rows.every((row) =>
      blocks.every((block) => whole[row * this.#survey.columns + block] === 1),
    );
  }

  /** Rounds what are whole numbers, sets what is zero, and returns the rectangles of a tile that are not exact enough. */
  settle(tile: Tile, y: FloatArray, isWhole: boolean): readonly Region[] {
    const {
      before: [top, left],
      outShape: [, outWidth],
      kernel,
    } = this.#problem;
    const { error } = tile;
    const { sum } = this.#weights;
    if (isWhole && error < 1 / 4) {
      roundRegion(y, outWidth, tile);
      return [];
    }
    // Whole numbers below this are summed exactly.
    const exactLimit = kernel.BYTES_PER_ELEMENT === 8 ? 2 ** 53 : 2 ** 24;
    if (isWhole && tile.most * sum < exactLimit) return [tile];
    const needed = Math.max(error / this.#constant, isWhole ? exactLimit : 0);
    if (this.#leastUnder(tile) * sum >= needed) return [];
    const regions: Region[] = [];
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
        if (this.#isBlank(u, v)) fillRegion(y, outWidth, region, 0);
        else addRegion(regions, region, this.#sharedCells);
      }
    }
    return regions;
  }

  /** The least |x| that the windows of a tile may see; 0 if they reach outside. */
  #leastUnder(tile: Tile): number {
    const { before } = this.#problem;
    const { rows, columns } = this.#survey;
    const [firstRow, firstColumn] = [(tile.top - before[0]) >> 3, (tile.left - before[1]) >> 3];
    const lastRow = ((tile.top - before[0] + tile.rows - 1) >> 3) + this.#weights.rows - 1;
    const lastColumn = ((tile.left - before[1] + tile.columns - 1) >> 3) + this.#weights.columns - 1;
    if (firstRow < 0 || firstColumn < 0 || lastRow >= rows || lastColumn >= columns) return 0;
    let least = Infinity;
    for (let u = firstRow; u <= lastRow; u++) {
      for (let v = firstColumn; v <= lastColumn; v++) least = Math.min(least, this.#least[u * columns + v]);
    }
    return least;
  }

  /** Whether Σ K · m of the windows that begin in a block reaches what is needed. */
  #sumsReach(u: number, v: number, needed: number): boolean {
    const { rows, columns } = this.#survey;
    const { rows: weightRows, columns: weightColumns, sums } = this.#weights;
    const least = this.#least;
    const end = Math.min(weightColumns, columns - v);
    let sum = 0;
    for (let a = Math.max(0, -u); a < weightRows && u + a < rows; a++) {
      const weights = a * weightColumns;
      const blocks = (u + a) * columns + v;
      for (let b = Math.max(0, -v); b < end; b++) sum += sums[weights + b] * least[blocks + b];
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

  /** The rows of blocks that tiles with this first row see, added up column by column. */
  #bandAt(top: number): Band {
    const known = this.#bands.get(top);
    if (known !== undefined) return known;
    const { columns, most } = this.#survey;
    const { blocks, counts, cells } = this.#blocksFrom(0, top, this.#transform.rows);
    const [mosts, sums, squares] = [0, 1, 2].map(() => new Float64Array(columns)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let a = 0; a < blocks.length; a++) {
      const from = blocks[a] * columns;
      for (let v = 0; v < columns; v++) {
        const magnitude = most[from + v];
        if (!(magnitude <= mosts[v])) mosts[v] = Number.isNaN(mosts[v]) ? Number.NaN : magnitude;
        sums[v] += counts[a] * magnitude;
        squares[v] += counts[a] * magnitude * magnitude;
      }
    }
    const band = { rows: blocks, most: mosts, sums, squares, cells };
    this.#bands.set(top, band);
    return band;
  }

  #columnsAt(left: number): BlockRun {
    return this.#blocksFrom(1, left, this.#transform.columns);
  }

  /** The blocks along an axis that tiles with this first cell see: the same for every image. */
  #blocksFrom(axis: 0 | 1, first: number, count: number): BlockRun {
    let run = this.#seen[axis].get(first);
    if (run === undefined) {
      const { shape, before, boundary } = this.#problem;
      run = blocksAlong(boundary, first - before[axis], count, shape[axis]);
      this.#seen[axis].set(first, run);
    }
    return run;
  }
}

/** The blocks that tiles see along rows and along columns, by their first cell. */
type SeenBlocks = readonly [rows: Map<number, BlockRun>, columns: Map<number, BlockRun>];

/** What tiles with one first row see, for each column of blocks: for the sums, every cell counts as the greatest of its block. */
interface Band {
  readonly rows: Int32Array;
  readonly most: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Rows of cells in the blocks. */
  readonly cells: number;
}

/** Adds a rectangle, or makes one of it and another if that takes in few others: no more than `shared` cells. */
function addRegion(regions: Region[], added: Region, shared: number): void {
  for (let r = regions.length - 1; r >= 0; r--) {
    const other = regions[r];
    const top = Math.min(other.top, added.top);
    const left = Math.min(other.left, added.left);
    const rows = Math.max(other.top + other.rows, added.top + added.rows) - top;
    const columns = Math.max(other.left + other.columns, added.left + added.columns) - left;
    if (rows * columns > other.rows * other.columns + added.rows * added.columns + shared) continue;
    regions.splice(r, 1);
    addRegion(regions, { top, left, rows, columns }, shared);
    return;
  }
  regions.push(added);
}

/** Whether |y| is at least so much. An infinity may be an error that float32 has no room for: it says nothing. */
export function isAbove(y: number, least: number): boolean {
  const magnitude = Math.abs(y);
  return magnitude >= least && magnitude < Number.POSITIVE_INFINITY;
}

/** Whether every |y| of a rectangle is at least so much. */
function areAbove(y: FloatArray, width: number, { top, left, rows, columns }: Region, least: number): boolean {
  for (let i = top; i < top + rows; i++) {
    for (let j = i * width + left; j < i * width + left + columns; j++) if (!isAbove(y[j], least)) return false;
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
