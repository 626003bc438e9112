import { describe, expect, it } from "vitest";
import { supports } from "../../test/case-pass.ts";
import { collectUntil } from "../../test/collect-garbage.ts";
import { preparationOf } from "../algorithm/algorithm.ts";
import { resolveConvGeometry } from "../geometry/planes.ts";
import { simdAlgorithmsOf } from "./algorithms.ts";
import { SimdEngine } from "./engine/engine.ts";
import { simdFeatures } from "./engine/features.ts";
import { ResidentArray } from "./engine/resident.ts";
import { hostWebAssembly } from "./engine/webassembly.ts";

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

  /** More plans than memory is taken for, each run again and again between the others. */
  function useMany(): void {
    const layer = resolveConvGeometry("many", [1, 1, 1, 128], [1, 1, 128, 128]);
    const prepare = (i: number) =>
      preparationOf(direct, layer, "forward")(new Float32Array(128 * 128).fill(i), undefined);
    const plans = Array.from({ length: 900 }, (_, i) => prepare(i));
    const withPlans = engine.memory.byteLength;
    for (let i = 0; i < 2000; i++) prepare(i);
    expect(engine.memory.byteLength).toBe(withPlans);
    expect(engine.memory.usedBytes).toBeLessThan(80 * 2 ** 20);
    const ones = new Float32Array(128).fill(1);
    const y = new Float32Array(128);
    const wrong = Array.from({ length: 1800 }, (_, n) => (n * 7) % 900).filter((i, n) => {
      plans[i]!.run(ones, y);
      return y[n % 128] !== 128 * i;
    });
    expect(wrong).toEqual([]);
    const last = plans.at(-1)!;
    for (const plan of plans) plan[Symbol.dispose]();
    expect(() => last.run(ones, y)).toThrow("disposed of");
  }

  it("is shared by plans that are many: each computes what is its own, and memory stays small", {
    timeout: 60_000,
  }, async () => {
    const used = engine.memory.usedBytes;
    useMany();
    await collectUntil(() => engine.memory.usedBytes <= used);
    expect(engine.memory.usedBytes).toBeLessThanOrEqual(used);
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
