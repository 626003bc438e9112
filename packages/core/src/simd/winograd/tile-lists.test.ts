import { realData } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf } from "../../../test/case-pass.ts";
import { preparationOf } from "../../algorithm/algorithm.ts";
import { forwardCorrelation } from "../../geometry/correlation.ts";
import { resolveConvGeometry } from "../../geometry/planes.ts";
import type { Shape4 } from "../../tensor/shape.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { planWinograd, type TiledCorrelation, tileWinograd } from "./plan.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());

function planOf([batch, height, width, channels]: Shape4) {
  const g = resolveConvGeometry("test", [batch, height, width, channels], [3, 3, channels, 8], { padding: "same" });
  const c = forwardCorrelation(g);
  return planWinograd(engine, c, tileWinograd(c, 4) as TiledCorrelation);
}

describe("tileLists", () => {
  it.each<Shape4>([
    [1, 7, 7, 8],
    [3, 14, 9, 8],
    [2, 8, 7, 8],
    [2, 3, 12, 8],
    [1, 8, 8, 8],
  ])("of a %i×%i×%i×%i image: a tile is there if the last row and column that a point fills are inside", (...shape) => {
    const { shares, vTileBytes, mTileBytes, tile } = planOf(shape);
    const [batch, height, width] = shape;
    const across = Math.ceil(width / 4);
    const tiles = Array.from({ length: batch * Math.ceil(height / 4) * across }, (_, t) => t);
    const bottomOf = (t: number) => 4 * ((Math.floor(t / across) % Math.ceil(height / 4)) + 1);
    const rightOf = (t: number) => 4 * ((t % across) + 1);
    for (let point = 0; point < 36; point++) {
      const needing = tiles.filter(
        (t) => (point < 30 || bottomOf(t) <= height) && (point % 6 < 5 || rightOf(t) <= width),
      );
      const list = shares[0]!.lists[(point < 30 ? 0 : 1) + (point % 6 < 5 ? 0 : 2)]!;
      const { vTable, mTable } = list;
      expect(list.tiles).toEqual(needing);
      const count = needing.length;
      expect([...vTable.subarray(0, count)]).toEqual(needing.map((t) => t * vTileBytes));
      expect([...mTable.subarray(0, count)]).toEqual(needing.map((t) => t * mTileBytes));
      expect(vTable.length).toBe(Math.ceil(count / tile.mr) * tile.mr);
    }
  });

  it("takes blocks that are not whole images for complete", () => {
    const { shares, blocks, tiles } = planOf([1, 203, 203, 32]);
    expect(blocks.rows.periods).toBeLessThan(blocks.rows.total);
    expect(shares[0]!.lists.map((list) => list.tiles.length)).toEqual([tiles, tiles, tiles, tiles]);
  });

  it("serves a last block of fewer images: each image gives what it gives alone", () => {
    const [batch, size, channels] = [25, 7, 64];
    const { blocks } = planOf([batch, size, size, channels]);
    expect(blocks.images).toBeLessThan(batch);
    expect(batch % blocks.images).toBeGreaterThan(0);
    const [, , winograd4] = simdAlgorithmsOf(() => engine);
    const caseOf = (images: number) => ({
      name: "batch",
      inputShape: [images, size, size, channels] as const,
      filterShape: [3, 3, channels, 8] as const,
      strides: [1, 1] as const,
      padding: "same" as const,
      dilations: [1, 1] as const,
      groups: 1,
      bias: false,
    });
    const { x, filter } = realData(caseOf(batch), 1);
    const compute = (images: number, image: Float32Array) => {
      const y = new Float32Array(images * size * size * 8);
      using plan = preparationOf(winograd4!, geometryOf(caseOf(images)), "forward")(filter, undefined);
      plan.run(image, y);
      return y;
    };
    const one = size * size * channels;
    const alone = Array.from({ length: batch }, (_, n) => [...compute(1, x.slice(n * one, (n + 1) * one))]);
    expect([...compute(batch, x as Float32Array)]).toEqual(alone.flat());
  });
});
