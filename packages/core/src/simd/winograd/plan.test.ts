import { describe, expect, it } from "vitest";
import { forwardCorrelation } from "../../geometry/correlation.ts";
import { resolveConvGeometry } from "../../geometry/planes.ts";
import { LARGEST_BYTES } from "../blocks/cut.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { planWinograd, tileWinograd } from "./plan.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
const SIZES = [4, 7, 8, 14, 20, 28];
const CHANNELS = [16, 256, 1024, 2048, 4096];
const KERNELS = [
  [3, 1],
  [5, 2],
  [7, 2],
] as const;

describe.each([2, 4] as const)("tiles of %i", (tileSize) => {
  it.each(["once", "many"] as const)("what a plan to be run %s needs has room in scratch memory", (runs) => {
    const seen = { planned: 0, chunks: 0, atRun: 0 };
    for (const size of SIZES) {
      for (const channels of CHANNELS) {
        for (const outChannels of CHANNELS) {
          for (const [side, strides] of KERNELS) {
            const input = [1, strides * size, strides * size, channels] as const;
            const kernel = [side, side, channels, outChannels] as const;
            const c = forwardCorrelation(resolveConvGeometry("test", input, kernel, { padding: "same", strides }));
            const tiled = tileWinograd(c, tileSize);
            if (typeof tiled === "string") continue;
            const plan = planWinograd(engine, c, tiled, runs);
            const { blocks, tiles, vTileBytes, vImageTable, mTileBytes, transformsAtRun, uBytes, chunks } = plan;
            const bytes =
              Math.max(blocks.imageBytes, blocks.outBytes) +
              vImageTable.length * vTileBytes +
              tiles * mTileBytes +
              (transformsAtRun ? uBytes : 0);
            expect(bytes, `${input} by ${kernel}`).toBeLessThanOrEqual(LARGEST_BYTES);
            seen.planned++;
            seen.chunks += chunks.length > 1 ? 1 : 0;
            seen.atRun += transformsAtRun ? 1 : 0;
          }
        }
      }
    }
    expect(seen.planned).toBeGreaterThan(100);
    expect(seen.chunks).toBeGreaterThan(10);
    expect(seen.atRun > 0).toBe(runs === "once");
  });
});
