import { describe, expect, it } from "vitest";
import { supports } from "../../test/case-pass.ts";
import { collectUntil } from "../../test/collect-garbage.ts";
import { preparationOf } from "../algorithms/algorithm.ts";
import { resolveConvGeometry } from "../geometry.ts";
import { simdAlgorithmsOf } from "./algorithms.ts";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { ResidentArray } from "./resident.ts";
import { hostWebAssembly } from "./webassembly.ts";

describe("memory of what nobody disposed of", () => {
  const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
  const [direct] = simdAlgorithmsOf(() => engine);
  const g = resolveConvGeometry("collection", [1, 4, 4, 4], [1, 1, 4, 4]);
  const preparePlan = () => preparationOf(direct, g, "forward")(new Float32Array(16).fill(1), undefined);

  it("is given back when plans and resident arrays are collected", async () => {
    for (let i = 0; i < 10; i++) {
      preparePlan();
      new ResidentArray(engine, 100);
    }
    expect(engine.memory.usedBytes).toBeGreaterThan(0);
    await collectUntil(() => engine.memory.usedBytes === 0);
    expect(engine.memory.usedBytes).toBe(0);
  });

  it.each(simdAlgorithmsOf(() => engine))("is given back by every pass of $name", async (algorithm) => {
    const [channels, inGroup] =
      algorithm.name === "single-channel" ? [1, 1] : algorithm.name === "depthwise" ? [8, 1] : [8, 8];
    const layer = resolveConvGeometry("collection", [1, 14, 14, channels], [3, 3, inGroup, channels], {
      groups: channels / inGroup,
    });
    const filter = new Float32Array(9 * inGroup * channels).fill(1);
    const prepare = () => {
      preparationOf(algorithm, layer, "forward")(filter, undefined);
      preparationOf(algorithm, layer, "inputGradient")(filter);
      if (supports(algorithm, layer, "filterGradient")) preparationOf(algorithm, layer, "filterGradient")();
    };
    prepare();
    expect(engine.memory.usedBytes).toBeGreaterThan(0);
    await collectUntil(() => engine.memory.usedBytes === 0);
    expect(engine.memory.usedBytes).toBe(0);
  });

  it("stays while the run of a collected plan is held", async () => {
    const { run } = preparePlan();
    const used = engine.memory.usedBytes;
    preparePlan();
    await collectUntil(() => engine.memory.usedBytes === used);
    expect(engine.memory.usedBytes).toBe(used);
    const y = new Float32Array(64);
    run(new Float32Array(64).fill(1), y);
    expect(y).toEqual(new Float32Array(64).fill(4));
  });
});
