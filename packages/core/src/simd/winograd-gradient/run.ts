/**
 * Running Winograd's filter gradient: for each block of tiles copy x in, V = Bᵀ d B, copy dy in, E = A dy Aᵀ; then for each
 * chunk of channels the sums S of outer products at every point, and dw += Gᵀ S G. The image, dy and S take each other's
 * place. At the end dw is copied out.
 *
 * @module
 */

import { bringIn } from "../blocks/copies.ts";
import { type BlockPlace, forEachBlock, rowsOf } from "../blocks/cut.ts";
import { shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine, SimdPlan } from "../engine/engine.ts";
import { aligned, type MemoryRange } from "../engine/memory.ts";
import { arrayOf, type Operand } from "../engine/resident.ts";
import { emitOuterProduct, outerProductName } from "../filter-gradient/emit.ts";
import { pixelsOf } from "../gemm/plan.ts";
import { matrixBytes } from "../winograd/emit.ts";
import { oddLines } from "../winograd/plan.ts";
import { pointCount, stepsOf, tapsOf } from "../winograd/points.ts";
import { cellUnroll } from "../winograd/spread.ts";
import { emitGradientTransforms, gradientTransformsName } from "./emit.ts";
import { pointBytesOf, type WinogradGradientPlan } from "./plan.ts";
import { emitGradientSpread, gradientSpreadName, isEven, spreadBytes } from "./spread.ts";

/** Makes a plan runnable: `run(x, dy, dw)`. What the last run computed from is even, or dw is not to be relied on. */
export function prepareWinogradGradient(
  engine: SimdEngine,
  plan: WinogradGradientPlan,
): SimdPlan<[x: Operand, dy: Operand, dw: Operand]> & { wasEven(): boolean } {
  const { correlation: c, blocks, outputCorrelation, outputBlocks, form, imageTable, outTable } = plan;
  const { tile, panels, chunkPanels, chunkRows, vTileBytes, sumRowBytes, sumPointBytes } = plan;
  const { memory } = engine;
  const points = pointCount(form);
  const { points: across } = form.inner;
  const taps = tapsOf(form);
  const { sourceChannels, targetChannels } = blocks;
  const [sourceBytes, targetBytes] = [4 * sourceChannels, 4 * targetChannels];
  const tapBytes = oddLines(sourceChannels * targetBytes);

  const block = memory.allocateWith(taps * tapBytes + matrixBytes(form) + spreadBytes(form), [
    imageTable,
    outTable,
    Int32Array.of(0),
  ]);
  const [imageTableAt, outTableAt, zeroAt] = block.tables as [number, number, number];
  const dwAt = block.address;
  const between = dwAt + taps * tapBytes;
  const spreadAt = between + matrixBytes(form);

  const variant = { form, fma: engine.fma };
  const transforms = engine.functions(gradientTransformsName(variant), () => emitGradientTransforms(variant));
  const { transformInput, transformOutputGradient, transformSums } = transforms;
  const shape = { ...tile, fma: engine.fma, adds: false };
  const { accumulate } = engine.functions(outerProductName(shape), () => emitOuterProduct(shape));

  const shares = sharesOf(engine, 1, points);
  const scratch = memory.layoutScratch([
    Math.max(blocks.imageBytes, blocks.outBytes, points * sumPointBytes),
    pixelsOf(blocks) * vTileBytes,
    points * pointBytesOf(plan, pixelsOf(blocks)),
    ...(shares > 1 ? [shares * aligned(matrixBytes(form))] : []),
  ]);
  const [image, v, e, squares] = scratch.buffers as [MemoryRange, MemoryRange, MemoryRange, MemoryRange?];
  /** Where a share has its matrix between two transforms. */
  const betweenOf = (share: number): number =>
    squares === undefined ? between : squares.address + share * aligned(matrixBytes(form));
  const s = image;
  const panelChannels = 4 * tile.vectors;

  const spread = { form, unrolls: [cellUnroll(sourceChannels), cellUnroll(targetChannels)] } as const;
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
          xMaxima + 4 * n * xCells + row * form.rows.outputs * xRow,
          dyRow,
          dyMaxima + 4 * n * dyCells + row * form.rows.outputs * dyRow,
          spreadAt,
        );
      }
    }
  };

  /** V of some tiles of a block. */
  const transformTiles = (imageAt: number, first: number, tiles: number, share: number): void =>
    transformInput!(
      tiles,
      sourceChannels / 4,
      imageAt,
      imageTableAt + 4 * first,
      ...stepsOf(form, blocks.columns.imageSize * sourceBytes, sourceBytes),
      v.address + first * vTileBytes,
      vTileBytes,
      across * sourceBytes,
      sourceBytes,
      betweenOf(share),
      0,
    );

  /** E of some of the tiles of a block, panel by panel; the last may be narrower. */
  const transformPanels = (
    tiles: number,
    dyAt: number,
    pointBytes: number,
    first: number,
    end: number,
    share: number,
  ): void => {
    for (let channel = 0; channel < targetChannels; channel += panelChannels) {
      transformOutputGradient!(
        end - first,
        Math.min(panelChannels, targetChannels - channel) / 4,
        dyAt + 4 * channel,
        outTableAt + 4 * first,
        ...stepsOf(form, outputBlocks.columns.imageSize * targetBytes, targetBytes),
        e.address + 4 * channel * tiles + 4 * panelChannels * first,
        4 * panelChannels,
        across * pointBytes,
        pointBytes,
        betweenOf(share),
        0,
      );
    }
  };

  /** Chunks of channels: the sums of some panels and rows. */
  const chunks: { readonly firstPanel: number; readonly firstRow: number }[] = [];
  for (let firstPanel = 0; firstPanel < panels; firstPanel += chunkPanels) {
    for (let firstRow = 0; firstRow < sourceChannels; firstRow += chunkRows) chunks.push({ firstPanel, firstRow });
  }

  const rowsOfChunk = ({ firstRow }: { readonly firstRow: number }): number =>
    Math.min(chunkRows, sourceChannels - firstRow);

  /** S of a chunk at some points. */
  const multiply = (
    tiles: number,
    pointBytes: number,
    { firstPanel, firstRow }: (typeof chunks)[number],
    firstPoint: number,
    endPoint: number,
  ): void => {
    const rows = rowsOfChunk({ firstRow });
    for (let point = firstPoint; point < endPoint; point++) {
      accumulate!(
        1,
        zeroAt,
        Math.ceil(rows / tile.mr),
        Math.min(chunkPanels, panels - firstPanel),
        1,
        zeroAt,
        tiles,
        v.address + point * sourceBytes + 4 * firstRow,
        vTileBytes,
        e.address + point * pointBytes + 4 * firstPanel * panelChannels * tiles,
        s.address + point * sumPointBytes,
        sumRowBytes,
      );
    }
  };

  /** Adds to dw what a chunk gives some of its rows. */
  const addRows = (
    { firstPanel, firstRow }: (typeof chunks)[number],
    first: number,
    end: number,
    adds: number,
    share: number,
  ): void => {
    if (first === end) return;
    const firstColumn = firstPanel * panelChannels;
    const columns = Math.min(chunkPanels * panelChannels, targetChannels - firstColumn);
    transformSums!(
      end - first,
      columns / 4,
      s.address + first * sumRowBytes,
      sumRowBytes,
      across * sumPointBytes,
      sumPointBytes,
      dwAt + (firstRow + first) * targetBytes + 4 * firstColumn,
      targetBytes,
      ...stepsOf(form, form.columns.taps * tapBytes, tapBytes),
      betweenOf(share),
      adds,
    );
  };

  const drain = (): void => undefined;

  const run = (x: Operand, dy: Operand, dw: Operand): void => {
    let adds = 0;
    memory.floats.fill(0, spreadAt / 4, (spreadAt + spreadBytes(form)) / 4);
    forEachBlock(c.batch, blocks, (place) => {
      const tiles = rowsOf(blocks, place) * blocks.columns.periods;
      const { unrolls } = spread;
      let imageAt = image.address;
      engine.work([place], {
        phases: [shares],
        feed() {
          imageAt = bringIn(engine, x, c, blocks, place, image.address);
          measureX!(place.images * xCells, sourceChannels / (4 * unrolls[0]), imageAt, xMaxima);
          return true;
        },
        share(_, __, ___, share) {
          const [first, end] = [shareStart(tiles, shares, share), shareStart(tiles, shares, share + 1)];
          if (first < end) transformTiles(imageAt, first, end - first, share);
        },
        drain,
      });
      const pointBytes = pointBytesOf(plan, tiles);
      let dyAt = image.address;
      engine.work([place], {
        phases: Array.from({ length: 1 + 2 * chunks.length }, () => shares),
        feed() {
          dyAt = bringIn(engine, dy, outputCorrelation, outputBlocks, place, image.address);
          measureDy!(place.images * dyCells, targetChannels / (4 * unrolls[1]), dyAt, dyMaxima);
          addSpread(place);
          return true;
        },
        share(_, __, phase, share) {
          const chunk = chunks[(phase - 1) >> 1];
          const of = chunk === undefined ? tiles : phase % 2 === 1 ? points : rowsOfChunk(chunk);
          const [first, end] = [shareStart(of, shares, share), shareStart(of, shares, share + 1)];
          if (chunk === undefined) {
            if (first < end) transformPanels(tiles, dyAt, pointBytes, first, end, share);
          } else if (phase % 2 === 1) multiply(tiles, pointBytes, chunk, first, end);
          else addRows(chunk, first, end, adds, share);
        },
        drain,
      });
      adds = 1;
    });
    if (adds === 0) memory.floats.fill(0, dwAt / 4, between / 4); // an empty batch
    const tapLength = sourceChannels * targetChannels;
    for (let tap = 0; tap < taps; tap++) {
      const from = (dwAt + tap * tapBytes) / 4;
      arrayOf(dw).set(memory.floats.subarray(from, from + tapLength), tap * tapLength);
    }
  };
  return { ...engine.plan(run, [block], scratch), wasEven: () => isEven(engine, form, spreadAt) };
}
