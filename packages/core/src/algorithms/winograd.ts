/**
 * Winograd's minimal filtering for 3×3 kernels at stride 1: F(2×2, 3×3) and F(4×4, 3×3), 2.25 and 4 times fewer
 * multiplications. In the transformed domain the sum over channels is one matrix product for each point ξ of the tile,
 *
 *     M[ξ, t, o] = Σ_c V[ξ, t, c] · U[ξ, o, c]          V = Bᵀ d B of tile t,  U = G g Gᵀ,  Y = Aᵀ M A
 *
 * which the {@link registerTile} computes: V is its stream, six output channels of U its lanes. Loops, from the outside:
 * block of tiles (as many as the stream holds) > some output channels > point > six output channels > tile. U is float64
 * and 16/9 or 4 times as many numbers as the filter. All sums are float64, so the result is as accurate as that of the
 * other algorithms; see `winograd-transforms.ts`, which also has the sources.
 *
 * Products that no output needs are left out, see {@link WinogradTiles}: F(4×4) has 121 for 7×7 outputs then, not 144.
 *
 * The gradient with respect to the input is the same with the kernel turned by 180° and its channels exchanged.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry.ts";
import type { FloatArray } from "../tensor.ts";
import type { ConvAlgorithm, ForwardPlan } from "./algorithm.ts";
import { allFinite, naive } from "./naive.ts";
import { forwardPart, inputGradientParts, type PartCorrelation } from "./part-correlation.ts";
import { CACHED_LENGTH, inFours, LANE_LENGTH, LANES, registerTile, STREAM_LENGTH } from "./register-tile.ts";
import { WinogradTiles } from "./winograd-tiles.ts";
import { errorConstant, F2, F4, type WinogradTransforms } from "./winograd-transforms.ts";

/** Panels whose products are kept until all points are there, unless so many weights exceed the lanes. */
const PANELS = 8;
/** Tiles of a block that pay for filling the lanes, even where V does not stay in the L2 cache. */
const FEWEST_TILES = 16;
/** Tiles of a block whose M is small beside V. */
const MOST_TILES = 64;
/** Roundings on the way of a term besides those of the sum over channels: 8 for U, 12 for V, 14 for Y, and a product. */
const ROUNDINGS_OF_TRANSFORMS = 35;

/** F(2×2, 3×3). */
export const winograd2: ConvAlgorithm<"winograd2"> = winograd("winograd2", F2);

/** F(4×4, 3×3). */
export const winograd4: ConvAlgorithm<"winograd4"> = winograd("winograd4", F4);

function winograd<const Name extends string>(name: Name, f: WinogradTransforms): ConvAlgorithm<Name> {
  const { outputs, inputs } = f;
  return {
    name,
    engine: "scalar",
    summary: `Winograd F(${outputs}×${outputs}, 3×3), ${(9 * outputs ** 2) / inputs ** 2} times fewer multiplications`,
    nonFinite: "spreads over a tile",
    errorBound: { kind: "normwise", constant: () => errorConstant(f, LANE_LENGTH + ROUNDINGS_OF_TRANSFORMS) },

    supports(g, pass) {
      if (pass === "filterGradient") return "the gradient of the filter is not a sum over 3×3 taps";
      if (g.kernelHeight !== 3 || g.kernelWidth !== 3)
        return `the kernel is ${g.kernelHeight}×${g.kernelWidth}, not 3×3`;
      if (g.strideHeight !== 1 || g.strideWidth !== 1) return `the stride is ${g.strideHeight}×${g.strideWidth}, not 1`;
      if (g.dilationHeight !== 1 || g.dilationWidth !== 1)
        return `the dilation is ${g.dilationHeight}×${g.dilationWidth}, not 1`;
      if (g.dtype !== "float32") return "its float64 sums leave room for rounding in float32 data only";
      const channels = pass === "forward" ? g.groupInChannels : g.groupOutChannels;
      const most = Math.min(LANE_LENGTH, Math.floor(STREAM_LENGTH / inputs ** 2) & ~3);
      return channels <= most || `${channels} channels of a group exceed the ${most} of which a block holds a tile`;
    },

    prepare(g, filter, bias) {
      if (!allFinite(filter)) return naive.prepare(g, filter, bias);
      return new TransformedCorrelation(f, forwardPart(g), g, filter, bias?.slice());
    },

    prepareInputGradient(g, filter) {
      if (!allFinite(filter)) return naive.prepareInputGradient(g, filter);
      const [correlation] = inputGradientParts(g); // stride 1 has one residue
      return new TransformedCorrelation(f, correlation, g, filter, undefined);
    },

    prepareFilterGradient() {
      throw new RangeError(`${name}: there is no gradient with respect to the filter; supports() says so`);
    },
  };
}

/**
 * Tiles of a block: what the stream holds, or rather what the cache does. All blocks are of one size, so that none is left
 * with a single tile to pay for all its weights.
 */
export function blockTilesOf(f: WinogradTransforms, terms: number, tiles: number): number {
  const tileLength = f.inputs ** 2 * terms;
  const preferred = Math.max(FEWEST_TILES, Math.floor(CACHED_LENGTH / tileLength));
  const most = Math.min(preferred, Math.floor(STREAM_LENGTH / tileLength), MOST_TILES);
  return Math.ceil(tiles / Math.ceil(tiles / most));
}

/** A 3×3 correlation with its weights transformed. */
class TransformedCorrelation implements ForwardPlan {
  readonly scratchBytes: number;
  readonly #f: WinogradTransforms;
  readonly #k: PartCorrelation;
  readonly #g: ConvGeometry;
  readonly #bias: FloatArray | undefined;
  /** Channels of a group in fours, and panels of six output channels of a group. */
  readonly #terms: number;
  readonly #panels: number;
  /** Panels whose products are kept until all points are there. */
  readonly #chunk: number;
  /** U: `[group][chunk of panels][point][lane][panel][channel]`, the order in which it is read. */
  readonly #weights: Float64Array;
  readonly #tiles: WinogradTiles;
  readonly #blockTiles: number;
  /** A tile of the image, `[row][column][channel]`, and of M on its way to Y. */
  readonly #patch: Float64Array;
  /** M: `[point][tile of the block][output channel of the panels at work]`. */
  readonly #products: Float64Array;

  constructor(
    f: WinogradTransforms,
    k: PartCorrelation,
    g: ConvGeometry,
    filter: FloatArray,
    bias: FloatArray | undefined,
  ) {
    this.#f = f;
    this.#k = k;
    this.#g = g;
    this.#bias = bias;
    this.#terms = inFours(k.channels);
    this.#panels = Math.ceil(k.outChannels / LANES);
    this.#chunk = Math.min(this.#panels, PANELS, Math.floor(LANE_LENGTH / this.#terms));
    this.#weights = transformWeights(f, k, g.groups, this.#panels, this.#chunk, this.#terms, filter);
    this.#tiles = new WinogradTiles(g.batch, k.rows, k.columns, f.outputs);
    const points = f.inputs ** 2;
    this.#blockTiles = blockTilesOf(f, this.#terms, this.#tiles.count);
    const width = LANES * this.#chunk;
    this.#patch = new Float64Array(points * Math.max(this.#terms, width));
    this.#products = new Float64Array(points * this.#blockTiles * width);
    this.scratchBytes = registerTile().bytes + this.#patch.byteLength + this.#products.byteLength;
  }

  run(source: FloatArray, target: FloatArray): void {
    const { starts, offsets } = registerTile();
    const { count } = this.#tiles;
    const quads = this.#terms / 4;
    for (let first = 0; first < count; first += this.#blockTiles) {
      const tiles = Math.min(this.#blockTiles, count - first);
      for (let group = 0; group < this.#g.groups; group++) {
        for (let t = 0; t < tiles; t++) this.#transformInput(source, first + t, group, t, tiles);
        starts.fill(0);
        for (let quad = 0; quad < this.#chunk * quads; quad++) offsets[quad] = 4 * (quad % quads);
        for (let panel = 0; panel < this.#panels; panel += this.#chunk) {
          const panels = Math.min(this.#chunk, this.#panels - panel);
          this.#multiply(group, panel, panels, first, tiles);
          for (let t = 0; t < tiles; t++) {
            this.#transformOutput(target, first + t, group, panel * LANES, panels * LANES, t, tiles);
          }
        }
      }
    }
  }

  /** Writes V of one tile into the stream, `[point][tile][channel]`. */
  #transformInput(source: FloatArray, tile: number, group: number, t: number, tiles: number): void {
    const { inputs, transformInput } = this.#f;
    const { stream } = registerTile();
    const { images, rows, columns } = this.#tiles;
    const terms = this.#terms;
    copyPatch(
      source,
      this.#k,
      images[tile],
      rows[tile] + this.#k.originRow,
      columns[tile] + this.#k.originColumn,
      group,
      inputs,
      this.#patch,
      terms,
    );
    const rowStep = inputs * terms;
    transformInput(this.#patch, 0, rowStep, this.#patch, 0, rowStep, rowStep); // all columns at once
    for (let i = 0; i < inputs; i++) {
      const to = (i * inputs * tiles + t) * terms;
      transformInput(this.#patch, i * rowStep, terms, stream, to, tiles * terms, terms);
    }
  }

  /** M = V · Uᵀ for all points, some panels, and of a block of tiles those that need it. */
  #multiply(group: number, firstPanel: number, panels: number, firstTile: number, tiles: number): void {
    const tile = registerTile();
    const { inputs } = this.#f;
    const terms = this.#terms;
    const quads = terms / 4;
    const width = panels * LANES;
    let weights = (group * this.#panels + firstPanel) * inputs ** 2 * LANES * terms;
    for (let point = 0; point < inputs ** 2; point++) {
      const [first, end] = this.#tiles.needing(point >= inputs * (inputs - 1), point % inputs === inputs - 1);
      const from = point * tiles + Math.max(0, first - firstTile);
      const count = point * tiles + Math.min(tiles, end - firstTile) - from;
      if (count > 0) {
        tile.load(this.#weights, weights, panels * terms, panels * terms);
        for (let panel = 0; panel < panels; panel++) {
          tile.multiply(from * terms, terms, count, (panel + 1) * quads, panel * quads);
          tile.store(this.#products, from * width + panel * LANES, width, count, LANES);
        }
      }
      weights += width * terms;
    }
  }

  /** Reads the outputs of one tile off M and writes those that lie inside. */
  #transformOutput(
    target: FloatArray,
    tile: number,
    group: number,
    firstChannel: number,
    width: number,
    t: number,
    tiles: number,
  ): void {
    const { inputs, outputs, filterScale, transformOutput } = this.#f;
    const k = this.#k;
    const [row, column] = [this.#tiles.rows[tile], this.#tiles.columns[tile]];
    const patch = this.#patch;
    const pointStep = tiles * width;
    // Columns of M first: patch[i, j] with i one of the outputs and j still a point.
    for (let j = 0; j < inputs; j++) {
      const from = j * pointStep + t * width;
      transformOutput(this.#products, from, inputs * pointStep, patch, j * width, inputs * width, width);
    }
    const scale = 1 / filterScale ** 2;
    const channels = Math.min(width, k.outChannels - firstChannel);
    const outChannel = group * k.outChannels + firstChannel;
    const bias = this.#bias;
    for (let i = 0; i < Math.min(outputs, k.rows - row); i++) {
      const line = i * inputs * width;
      transformOutput(patch, line, width, patch, line, width, width);
      let at = k.targetIndex(this.#tiles.images[tile], row + i, column) + outChannel;
      for (let j = 0; j < Math.min(outputs, k.columns - column); j++) {
        const from = line + j * width;
        if (bias === undefined) for (let o = 0; o < channels; o++) target[at + o] = patch[from + o] * scale;
        else for (let o = 0; o < channels; o++) target[at + o] = patch[from + o] * scale + bias[outChannel + o];
        at += k.targetColumnStep;
      }
    }
  }
}

/** U of all weights, in the order in which it is read. */
function transformWeights(
  f: WinogradTransforms,
  k: PartCorrelation,
  groups: number,
  panels: number,
  chunk: number,
  terms: number,
  filter: FloatArray,
): Float64Array {
  const points = f.inputs ** 2;
  const weights = new Float64Array(groups * panels * points * LANES * terms);
  // Taps in the order of their place in the window, which is not that of the filter where the kernel is turned.
  const taps = [...k.taps].sort((a, b) => a.row - b.row || a.column - b.column);
  const kernel = new Float64Array(9 * terms);
  const lines = new Float64Array(f.inputs * 3 * terms);
  for (let group = 0; group < groups; group++) {
    for (let o = 0; o < k.outChannels; o++) {
      taps.forEach((tap, place) => {
        const at = place * terms;
        for (let c = 0; c < k.channels; c++) kernel[at + c] = filter[k.weightIndex(tap, group, c, o)];
      });
      f.transformFilter(kernel, 0, 3 * terms, lines, 0, 3 * terms, 3 * terms); // all columns at once
      const panel = Math.floor(o / LANES);
      const firstPanel = panel - (panel % chunk);
      const width = Math.min(chunk, panels - firstPanel);
      const pointStep = width * LANES * terms;
      const first =
        (group * panels + firstPanel) * points * LANES * terms + ((o % LANES) * width + panel - firstPanel) * terms;
      for (let i = 0; i < f.inputs; i++) {
        f.transformFilter(lines, 3 * i * terms, terms, weights, first + i * f.inputs * pointStep, pointStep, terms);
      }
    }
  }
  return weights;
}

/** Copies the channels of one group of `size`×`size` pixels, `pitch` elements each; what lies outside is zero. */
function copyPatch(
  source: FloatArray,
  k: PartCorrelation,
  n: number,
  top: number,
  left: number,
  group: number,
  size: number,
  patch: Float64Array,
  pitch: number,
): void {
  let at = 0;
  for (let i = 0; i < size; i++) {
    const row = top + i;
    for (let j = 0; j < size; j++) {
      const column = left + j;
      const inside = row >= 0 && row < k.sourceHeight && column >= 0 && column < k.sourceWidth;
      const channels = inside ? k.channels : 0;
      const from = ((n * k.sourceHeight + row) * k.sourceWidth + column) * k.sourceChannels + group * k.channels;
      for (let c = 0; c < channels; c++) patch[at + c] = source[from + c];
      patch.fill(0, at + channels, at + pitch);
      at += pitch;
    }
  }
}
