/**
 * Direct convolution, tiled for the caches and the registers; nothing is unfolded.
 *
 * A block of the image is copied once, widened to float64 and framed with zeros, into the stream of the
 * {@link registerTile}. In NHWC the taps of one kernel row are kw·C neighbours, so an output cell is kh *runs* of the
 * stream against kh runs of weights (`block.ts` says when it is one); six output channels share each run. A run is filled
 * up with zero weights to a multiple of four, which meet whatever stands behind it; where that is the case a non-finite
 * image goes to the reference. Loops, from the outside: image, group, block (what fits the L2 cache) > six output channels
 * (whose weights fill the lanes) > output pixel > run.
 *
 * Groups of few channels leave most lanes empty; those are computed by {@link grouped}.
 *
 * The gradient with respect to the input is the same computation on dy: the input cells of one residue modulo the stride
 * see dy through a fixed subset of taps, at stride one. That with respect to the filter sums over the pixels, which
 * {@link im2col} unfolds just as fast: it is left to that.
 *
 * @module
 */

import type { ConvAlgorithm, Pass, Preparations, Proposal } from "../algorithm/algorithm.ts";
import type { PartCorrelation } from "../geometry/correlation-parts.ts";
import type { ConvGeometry } from "../geometry/planes.ts";
import { dtypeOf, type FloatArray } from "../tensor/tensor.ts";
import { type PackedPart, partwise } from "./by-parts.ts";
import { grouped, hasSmallGroups } from "./grouped.ts";
import { im2col } from "./im2col.ts";
import { CACHED_LENGTH, CELLS, inFours, LANE_LENGTH, LANES, registerTile } from "./register-tile.ts";
import { type BlockLayout, chooseBlock, copyBlock, fillOffsets, layoutOf } from "./stream-layout.ts";

const tiles = /* @__PURE__ */ partwise({
  holds(part) {
    const { terms, correlation: k } = layoutOf(part);
    if (terms > LANE_LENGTH) return `${terms} terms per output cell exceed the ${LANE_LENGTH} that a lane holds`;
    const patch = k.extentRows * k.extentColumns * k.channels;
    return patch <= CACHED_LENGTH || `a patch of ${patch} values exceeds the ${CACHED_LENGTH} that a block holds`;
  },
  pack: (k, g, filter, bias) => new TiledPart(k, g, filter, bias),
  scratchBytes: () => registerTile().bytes,
});

/** Direct, tiled for caches and registers. */
export const tiled: ConvAlgorithm<"tiled"> = {
  name: "tiled",
  engine: "scalar",
  summary: "direct, a block of the image in cache and six output channels in registers",
  errorBound: { kind: "element" },
  propose: {
    forward: (g) => alongGroups(g, "forward") ?? tiles.forward(g),
    inputGradient: (g) => alongGroups(g, "inputGradient") ?? tiles.inputGradient(g),
    filterGradient: (g) => alongGroups(g, "filterGradient") ?? im2col.propose.filterGradient(g),
  },
};

/** What {@link grouped} prepares, if that is for this geometry. */
function alongGroups<P extends Pass>(g: ConvGeometry, pass: P): Preparations[P] | undefined {
  if (!hasSmallGroups(g)) return undefined;
  const proposal: Proposal<P> = grouped.propose[pass](g);
  return typeof proposal === "string" ? undefined : proposal;
}

/** A correlation with its weights packed as the lanes want them, and the blocks it is computed in. */
class TiledPart implements PackedPart {
  readonly #layout: BlockLayout;
  readonly #batch: number;
  readonly #groups: number;
  readonly #bias: FloatArray | undefined;
  /** Some run is filled up with zero weights. */
  readonly ragged: boolean;
  /** `[group][output channel, a multiple of six][terms]`, in the order of the runs. */
  readonly #weights: FloatArray;
  readonly #panels: number;
  readonly #blockRows: number;
  readonly #blockColumns: number;

  constructor(correlation: PartCorrelation, g: ConvGeometry, filter: FloatArray, bias: FloatArray | undefined) {
    this.#layout = layoutOf(correlation);
    this.#batch = g.batch;
    this.#groups = g.groups;
    this.#bias = bias;
    const { correlation: k, runs, terms } = this.#layout;
    const { taps, channels, outChannels } = k;
    this.ragged = runs.some((run) => run.length % 4 !== 0);
    this.#panels = Math.ceil(outChannels / LANES);
    const length = g.groups * this.#panels * LANES * terms;
    this.#weights = dtypeOf(filter) === "float32" ? new Float32Array(length) : new Float64Array(length);
    for (let group = 0; group < g.groups; group++) {
      for (let o = 0; o < outChannels; o++) {
        let at = (group * this.#panels * LANES + o) * terms;
        let tap = 0;
        for (const run of runs) {
          for (let t = 0; t < run.length; t += channels, tap++) {
            for (let c = 0; c < channels; c++)
              this.#weights[at + t + c] = filter[k.weightIndex(taps[tap], group, c, o)];
          }
          at += inFours(run.length);
        }
      }
    }
    [this.#blockRows, this.#blockColumns] = chooseBlock(k);
  }

  run(source: FloatArray, target: FloatArray): void {
    const { rows, columns } = this.#layout.correlation;
    for (let n = 0; n < this.#batch; n++) {
      for (let group = 0; group < this.#groups; group++) {
        for (let row = 0; row < rows; row += this.#blockRows) {
          const height = Math.min(this.#blockRows, rows - row);
          for (let column = 0; column < columns; column += this.#blockColumns) {
            const width = Math.min(this.#blockColumns, columns - column);
            this.#runBlock(source, target, n, group, row, column, height, width);
          }
        }
      }
    }
  }

  #runBlock(
    source: FloatArray,
    target: FloatArray,
    n: number,
    group: number,
    firstRow: number,
    firstColumn: number,
    height: number,
    width: number,
  ): void {
    const { correlation: k, runs, terms } = this.#layout;
    const tile = registerTile();
    const pitch = ((width - 1) * k.columnStep + k.extentColumns) * k.channels;
    const blockHeight = (height - 1) * k.rowStep + k.extentRows;
    copyBlock(source, this.#layout, n, group, firstRow, firstColumn, blockHeight, pitch);
    fillOffsets(runs, pitch, k.channels);
    const quads = terms / 4;
    const step = k.columnStep * k.channels;
    const bias = this.#bias;
    for (let panel = 0; panel < this.#panels; panel++) {
      const weights = (group * this.#panels + panel) * LANES * terms;
      tile.load(this.#weights, weights, terms, terms);
      const o = panel * LANES;
      const laneCount = Math.min(LANES, k.outChannels - o);
      const outChannel = group * k.outChannels + o;
      for (let lane = 0; lane < LANES; lane++)
        tile.starts[lane] = bias === undefined || lane >= laneCount ? 0 : bias[outChannel + lane];
      for (let i = 0; i < height; i++) {
        const at = k.targetIndex(n, firstRow + i, firstColumn) + outChannel;
        for (let j = 0; j < width; j += CELLS) {
          const cells = Math.min(CELLS, width - j);
          tile.multiply(i * k.rowStep * pitch + j * step, step, cells, quads);
          tile.store(target, at + j * k.targetColumnStep, k.targetColumnStep, cells, laneCount);
        }
      }
    }
  }
}
