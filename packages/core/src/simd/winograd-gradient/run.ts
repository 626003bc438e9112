/**
 * Running Winograd's filter gradient: for each block of tiles copy x in, V = Bᵀ d B, copy dy in, E = A dy Aᵀ; then for each
 * chunk of channels the sums S of outer products at every point, and dw += Gᵀ S G. The image, dy and S take each other's
 * place. At the end dw is copied out.
 *
 * @module
 */

import { bringIn } from "../blocks/copies.ts";
import { type BlockPlace, forEachBlock, rowsOf } from "../blocks/cut.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import type { MemoryRange } from "../engine/memory.ts";
import { arrayOf, type Operand } from "../engine/resident.ts";
import { emitOuterProduct, outerProductName } from "../filter-gradient/emit.ts";
import { pixelsOf } from "../gemm/plan.ts";
import { squareBytes } from "../winograd/emit.ts";
import { oddLines } from "../winograd/plan.ts";
import { pointCount } from "../winograd/points.ts";
import { cellUnroll } from "../winograd/spread.ts";
import { emitGradientTransforms, gradientTransformsName } from "./emit.ts";
import { pointBytesOf, type WinogradGradientPlan } from "./plan.ts";
import { emitGradientSpread, gradientSpreadName, isEven, SPREAD_BYTES } from "./spread.ts";

/** Makes a plan runnable: `run(x, dy, dw)`. What the last run computed from is even, or dw is not to be relied on. */
export function prepareWinogradGradient(
  engine: SimdEngine,
  plan: WinogradGradientPlan,
): SimdPlan<[x: Operand, dy: Operand, dw: Operand]> & { wasEven(): boolean } {
  const { correlation: c, blocks, outputCorrelation, outputBlocks, tileSize, imageTable, outTable } = plan;
  const { tile, panels, chunkPanels, chunkRows, vTileBytes, sumRowBytes, sumPointBytes } = plan;
  const { memory } = engine;
  const size = pointCount(tileSize);
  const points = size ** 2;
  const { sourceChannels, targetChannels } = blocks;
  const [sourceBytes, targetBytes] = [4 * sourceChannels, 4 * targetChannels];
  const tapBytes = oddLines(sourceChannels * targetBytes);

  const block = memory.allocateWith(9 * tapBytes + squareBytes() + SPREAD_BYTES, [
    imageTable,
    outTable,
    Int32Array.of(0),
  ]);
  const [imageTableAt, outTableAt, zeroAt] = block.tables as [number, number, number];
  const dwAt = block.address;
  const between = dwAt + 9 * tapBytes;
  const spreadAt = between + squareBytes();

  const variant = { tileSize, fma: engine.fma };
  const transforms = engine.functions(gradientTransformsName(variant), () => emitGradientTransforms(variant));
  const { transformInput, transformOutputGradient, transformSums } = transforms;
  const shape = { ...tile, fma: engine.fma, adds: false };
  const { accumulate } = engine.functions(outerProductName(shape), () => emitOuterProduct(shape));

  const scratch = memory.layoutScratch([
    Math.max(blocks.imageBytes, blocks.outBytes, points * sumPointBytes),
    pixelsOf(blocks) * vTileBytes,
    points * pointBytesOf(plan, pixelsOf(blocks)),
  ]);
  const [image, v, e] = scratch.buffers as [MemoryRange, MemoryRange, MemoryRange];
  const s = image;
  const panelChannels = 4 * tile.vectors;

  const spread = { tileSize, unrolls: [cellUnroll(sourceChannels), cellUnroll(targetChannels)] } as const;
  const { measureX, measureDy, addTiles } = engine.functions(gradientSpreadName(spread), () =>
    emitGradientSpread(spread),
  );
  const xCells = blocks.rows.imageSize * blocks.columns.imageSize;
  const dyCells = outputBlocks.rows.imageSize * outputBlocks.columns.imageSize;
  // Where E will be: the largest magnitude of each cell of x, and behind them of dy.
  const [xMaxima, dyMaxima] = [e.address, e.address + 4 * blocks.images * xCells];

  /** Adds what a block says of the spread of its values, whose maxima are there. */
  const addSpread = (place: BlockPlace): void => {
    const [xRow, dyRow] = [4 * blocks.columns.imageSize, 4 * outputBlocks.columns.imageSize];
    for (let n = 0; n < place.images; n++) {
      for (let row = 0; row < place.rows; row++) {
        addTiles!(
          blocks.columns.periods,
          xRow,
          xMaxima + 4 * n * xCells + row * tileSize * xRow,
          dyRow,
          dyMaxima + 4 * n * dyCells + row * tileSize * dyRow,
          spreadAt,
        );
      }
    }
  };

  /** E of all tiles of a block, panel by panel; the last may be narrower. */
  const transformPanels = (tiles: number, dyAt: number, pointBytes: number): void => {
    for (let channel = 0; channel < targetChannels; channel += panelChannels) {
      transformOutputGradient!(
        tiles,
        Math.min(panelChannels, targetChannels - channel) / 4,
        dyAt + 4 * channel,
        outTableAt,
        outputBlocks.columns.imageSize * targetBytes,
        targetBytes,
        e.address + 4 * channel * tiles,
        4 * panelChannels,
        size * pointBytes,
        pointBytes,
        between,
        0,
      );
    }
  };

  /** Adds to dw what a block of tiles gives a chunk of channels. */
  const addChunk = (tiles: number, pointBytes: number, firstPanel: number, firstRow: number, adds: number): void => {
    const count = Math.min(chunkPanels, panels - firstPanel);
    const rows = Math.min(chunkRows, sourceChannels - firstRow);
    const firstColumn = firstPanel * panelChannels;
    for (let point = 0; point < points; point++) {
      accumulate!(
        1,
        zeroAt,
        Math.ceil(rows / tile.mr),
        count,
        1,
        zeroAt,
        tiles,
        v.address + point * sourceBytes + 4 * firstRow,
        vTileBytes,
        e.address + point * pointBytes + 4 * firstColumn * tiles,
        s.address + point * sumPointBytes,
        sumRowBytes,
      );
    }
    transformSums!(
      rows,
      Math.min(count * panelChannels, targetChannels - firstColumn) / 4,
      s.address,
      sumRowBytes,
      size * sumPointBytes,
      sumPointBytes,
      dwAt + firstRow * targetBytes + 4 * firstColumn,
      targetBytes,
      3 * tapBytes,
      tapBytes,
      between,
      adds,
    );
  };

  const run = (x: Operand, dy: Operand, dw: Operand): void => {
    let adds = 0;
    memory.floats.fill(0, spreadAt / 4, (spreadAt + SPREAD_BYTES) / 4);
    forEachBlock(c.batch, blocks, (place) => {
      const tiles = rowsOf(blocks, place) * blocks.columns.periods;
      const imageAt = bringIn(engine, x, c, blocks, place, image.address);
      const { unrolls } = spread;
      measureX!(place.images * xCells, sourceChannels / (4 * unrolls[0]), imageAt, xMaxima);
      transformInput!(
        tiles,
        sourceChannels / 4,
        imageAt,
        imageTableAt,
        blocks.columns.imageSize * sourceBytes,
        sourceBytes,
        v.address,
        vTileBytes,
        size * sourceBytes,
        sourceBytes,
        between,
        0,
      );
      const pointBytes = pointBytesOf(plan, tiles);
      const dyAt = bringIn(engine, dy, outputCorrelation, outputBlocks, place, image.address);
      measureDy!(place.images * dyCells, targetChannels / (4 * unrolls[1]), dyAt, dyMaxima);
      addSpread(place);
      transformPanels(tiles, dyAt, pointBytes);
      for (let panel = 0; panel < panels; panel += chunkPanels) {
        for (let row = 0; row < sourceChannels; row += chunkRows) addChunk(tiles, pointBytes, panel, row, adds);
      }
      adds = 1;
    });
    if (adds === 0) memory.floats.fill(0, dwAt / 4, between / 4); // an empty batch
    const tapLength = sourceChannels * targetChannels;
    for (let tap = 0; tap < 9; tap++) {
      const from = (dwAt + tap * tapBytes) / 4;
      arrayOf(dw).set(memory.floats.subarray(from, from + tapLength), tap * tapLength);
    }
  };
  return { ...engine.plan(run, [block], scratch), wasEven: () => isEven(engine, spreadAt) };
}
