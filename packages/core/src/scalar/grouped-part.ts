/**
 * A correlation in groups of few channels, and the gradient with respect to its weights, along the groups.
 *
 * The channels of as many groups as {@link PITCH} elements hold are worked on together. A block of the image is copied,
 * widened to float64 and framed with zeros, as
 *
 *     [row][residue of the column modulo the stride][column / stride][channel]
 *
 * so that neighbouring output cells see neighbouring places, {@link PITCH} elements apart, whatever the stride; four of them
 * are computed at once by the {@link channelTile}, three terms (tap, channel of the group) at a time. Loops, from the
 * outside: groups > image > block > output row > four cells > output channel of a group > three terms > group. The gradient
 * has the same loops, and adds to the weights instead of the cells.
 *
 * @module
 */

import type { PartCorrelation } from "../geometry/correlation-parts.ts";
import type { ConvGeometry } from "../geometry/planes.ts";
import type { FloatArray } from "../tensor/tensor.ts";
import {
  CELLS_AT_ONCE,
  channelTile,
  IMAGE_LENGTH,
  PITCH,
  SUMS_LENGTH,
  TERMS_AT_ONCE,
  WEIGHTS_LENGTH,
} from "./group-tile.ts";

/** Elements of a block that leave room for the sums and weights in a 1 MiB cache: 384 KiB. */
const PREFERRED_BLOCK = 49152;

/** Whether the tile has room for a cell of a correlation, or what it has no room for. */
export function canHold(k: PartCorrelation): true | string {
  if (k.channels > PITCH) return `${k.channels} channels of a group exceed the ${PITCH} that a cell holds`;
  if (k.outChannels > SUMS_LENGTH) return `${k.outChannels} output channels exceed the ${SUMS_LENGTH} sums of a cell`;
  const weights = triplesOf(k) * k.outChannels;
  if (weights > WEIGHTS_LENGTH) {
    return `${weights} triples of weights of a group exceed the ${WEIGHTS_LENGTH} that are held`;
  }
  return new Block(k, 1, 1).length <= IMAGE_LENGTH || "a patch of the image exceeds what a block holds";
}

/** Terms of an output cell, three at a time. */
function triplesOf(k: PartCorrelation): number {
  return Math.ceil((k.taps.length * k.channels) / TERMS_AT_ONCE);
}

/** What is done with the groups that are worked on together, and with each up to four neighbouring output cells. */
interface Visitor {
  before(firstGroup: number, groups: number): void;
  /** `base`: where the first cell stands in the image; `at`: where the first channel at work stands in the target. */
  visit(base: number, at: number, cells: number, groups: number): void;
  after?(firstGroup: number, groups: number): void;
}

/** Places in the copy of the image under a block of outputs. */
class Block {
  readonly height: number;
  readonly width: number;
  /** Places of one residue of a row: those that outputs see, and three for cells past the last. */
  readonly places: number;
  readonly rowPitch: number;
  readonly length: number;
  readonly #k: PartCorrelation;

  constructor(k: PartCorrelation, rows: number, columns: number) {
    this.#k = k;
    this.height = (rows - 1) * k.rowStep + k.extentRows;
    this.width = (columns - 1) * k.columnStep + k.extentColumns;
    this.places = Math.ceil(this.width / k.columnStep) + CELLS_AT_ONCE - 1;
    this.rowPitch = k.columnStep * this.places * PITCH;
    this.length = this.height * this.rowPitch;
  }

  /** Where a column of the image stands in a row. */
  columnAt(column: number): number {
    return ((column % this.#k.columnStep) * this.places + Math.floor(column / this.#k.columnStep)) * PITCH;
  }
}

/** A correlation, the blocks it is computed in, and the groups that are worked on together. */
export class GroupedCorrelation {
  /** The last three terms are fewer, filled up with zero weights. */
  readonly ragged: boolean;
  readonly #k: PartCorrelation;
  readonly #g: ConvGeometry;
  readonly #filter: FloatArray | undefined;
  readonly #bias: FloatArray | undefined;
  readonly #groups: number;
  readonly #blockRows: number;
  readonly #blockColumns: number;
  readonly #block: Block;
  /** Where each term stands, relative to the output cell; in threes. */
  readonly #offsets: Int32Array;
  readonly #triples: number;

  constructor(k: PartCorrelation, g: ConvGeometry, filter: FloatArray | undefined, bias: FloatArray | undefined) {
    this.#k = k;
    this.#g = g;
    this.#filter = filter;
    this.#bias = bias;
    this.#triples = triplesOf(k);
    const most = Math.min(
      Math.floor(PITCH / k.channels),
      Math.floor(SUMS_LENGTH / k.outChannels),
      Math.floor(WEIGHTS_LENGTH / (this.#triples * k.outChannels)),
    );
    this.#groups = Math.ceil(g.groups / Math.ceil(g.groups / most));
    [this.#blockRows, this.#blockColumns] = chooseBlock(k, this.#groups * k.channels);
    this.#block = new Block(k, this.#blockRows, this.#blockColumns);
    const terms = k.taps.flatMap(({ row, column }) => {
      const tap = row * this.#block.rowPitch + this.#block.columnAt(column);
      return Array.from({ length: k.channels }, (_, c) => tap + c);
    });
    this.ragged = terms.length % TERMS_AT_ONCE > 0;
    this.#offsets = new Int32Array(this.#triples * TERMS_AT_ONCE);
    this.#offsets.set(terms);
  }

  run(source: FloatArray, target: FloatArray): void {
    const { channels, outChannels, targetColumnStep } = this.#k;
    const tile = channelTile();
    this.#forEachCells(source, {
      before: (firstGroup, groups) => this.#loadWeights(firstGroup, groups),
      visit: (base, at, cells, groups) => {
        tile.correlate(base, this.#triples, channels, outChannels, groups);
        for (let i = 0; i < cells; i++) tile.readSums(i, target, at + i * targetColumnStep, groups * outChannels);
      },
    });
  }

  runFilterGradient(x: FloatArray, dy: FloatArray, dw: FloatArray): void {
    const { channels, outChannels, targetColumnStep } = this.#k;
    const tile = channelTile();
    this.#forEachCells(x, {
      before: (_, groups) => this.#clearWeights(groups),
      visit: (base, at, cells, groups) => {
        for (let i = 0; i < CELLS_AT_ONCE; i++) {
          if (i < cells) tile.writeSums(i, dy, at + i * targetColumnStep, groups * outChannels);
          else tile.clearSums(i, groups * outChannels);
        }
        tile.accumulate(base, this.#triples, channels, outChannels, groups);
      },
      after: (firstGroup, groups) => {
        this.#forEachRun(firstGroup, groups, (array, at, index, step) => {
          for (let i = 0; i < groups; i++) dw[index + i * step] = array[at + i];
        });
      },
    });
  }

  /** Goes over all output cells, four at a time, for all groups, some at a time. */
  #forEachCells(source: FloatArray, { before, visit, after }: Visitor): void {
    const k = this.#k;
    const { rowPitch } = this.#block;
    channelTile().offsets.set(this.#offsets);
    for (let firstGroup = 0; firstGroup < this.#g.groups; firstGroup += this.#groups) {
      const groups = Math.min(this.#groups, this.#g.groups - firstGroup);
      before(firstGroup, groups);
      for (let n = 0; n < this.#g.batch; n++) {
        for (let row = 0; row < k.rows; row += this.#blockRows) {
          const rows = Math.min(this.#blockRows, k.rows - row);
          for (let column = 0; column < k.columns; column += this.#blockColumns) {
            const columns = Math.min(this.#blockColumns, k.columns - column);
            this.#copyImage(source, n, row, column, rows, firstGroup * k.channels, groups * k.channels);
            for (let i = 0; i < rows; i++) {
              const at = k.targetIndex(n, row + i, column) + firstGroup * k.outChannels;
              const base = i * k.rowStep * rowPitch;
              for (let j = 0; j < columns; j += CELLS_AT_ONCE) {
                visit(base + j * PITCH, at + j * k.targetColumnStep, Math.min(CELLS_AT_ONCE, columns - j), groups);
              }
            }
          }
        }
      }
      after?.(firstGroup, groups);
    }
  }

  /** Copies some channels of what `rows` output rows see; what lies outside the image is zero. */
  #copyImage(
    source: FloatArray,
    n: number,
    firstRow: number,
    firstColumn: number,
    rows: number,
    channel: number,
    channels: number,
  ): void {
    const k = this.#k;
    const { widen, clear } = channelTile();
    const { places, rowPitch } = this.#block;
    const top = firstRow * k.rowStep + k.originRow;
    const left = firstColumn * k.columnStep + k.originColumn;
    const height = (rows - 1) * k.rowStep + k.extentRows;
    for (let i = 0; i < height; i++) {
      const row = top + i;
      for (let residue = 0; residue < k.columnStep; residue++) {
        // Column left + residue + place · step lies in the image for places from … to − 1.
        const first = left + residue;
        const inside = row >= 0 && row < k.sourceHeight;
        const to = inside ? Math.max(0, Math.min(places, Math.ceil((k.sourceWidth - first) / k.columnStep))) : 0;
        const from = Math.min(to, Math.max(0, Math.ceil(-first / k.columnStep)));
        const at = i * rowPitch + residue * places * PITCH;
        const column = first + from * k.columnStep;
        const index = ((n * k.sourceHeight + row) * k.sourceWidth + column) * k.sourceChannels + channel;
        clear(at, from, channels);
        widen(source, index, k.columnStep * k.sourceChannels, at + from * PITCH, to - from, channels);
        clear(at + to * PITCH, places - to, channels);
      }
    }
  }

  #loadWeights(firstGroup: number, groups: number): void {
    const { starts } = channelTile();
    const { outChannels } = this.#k;
    if (this.#bias === undefined) starts.fill(0);
    else starts.set(this.#bias.subarray(firstGroup * outChannels, (firstGroup + groups) * outChannels));
    this.#clearWeights(groups);
    const filter = this.#filter!;
    this.#forEachRun(firstGroup, groups, (array, at, index, step) => {
      for (let i = 0; i < groups; i++) array[at + i] = filter[index + i * step];
    });
  }

  #clearWeights(groups: number): void {
    for (const array of channelTile().weights) array.fill(0, 0, this.#k.outChannels * this.#triples * groups);
  }

  /**
   * Visits the weights of some groups, all groups of a term and an output channel at a time: where the first is held
   * (`[term mod 3]`, `[output channel][triple][group]`), its index in the filter, and the step there to the next group.
   */
  #forEachRun(
    firstGroup: number,
    groups: number,
    visit: (array: Float64Array, at: number, index: number, step: number) => void,
  ): void {
    const k = this.#k;
    const { weights } = channelTile();
    for (let o = 0; o < k.outChannels; o++) {
      let term = 0;
      for (const tap of k.taps) {
        for (let c = 0; c < k.channels; c++, term++) {
          const at = (o * this.#triples + Math.floor(term / TERMS_AT_ONCE)) * groups;
          visit(weights[term % TERMS_AT_ONCE], at, k.weightIndex(tap, firstGroup, c, o), this.#g.groupOutChannels);
        }
      }
    }
  }
}

/**
 * Rows and columns of output computed from one copy of the image: those for which the fewest elements are copied, as
 * neighbouring blocks copy the rows and columns that both see.
 */
function chooseBlock(k: PartCorrelation, channels: number): readonly [rows: number, columns: number] {
  const fits = (rows: number, columns: number): boolean => {
    const { length } = new Block(k, rows, columns);
    return length <= IMAGE_LENGTH && (length / PITCH) * channels <= PREFERRED_BLOCK;
  };
  let best: readonly [rows: number, columns: number] = [1, 1];
  let fewest = Infinity;
  for (let parts = 1; parts <= k.columns; parts *= 2) {
    const columns = Math.ceil(k.columns / parts);
    if (!fits(1, columns)) continue;
    let rows = 1;
    while (rows < k.rows && fits(rows + 1, columns)) rows++;
    const copied = new Block(k, rows, columns).length / (rows * columns);
    if (copied >= fewest) break; // narrower still, they are ever taller than wide
    fewest = copied;
    best = [rows, columns];
  }
  return best;
}
