import { describe, expect, it } from "vitest";
import { supports } from "../../../test/case-pass.ts";
import type { Pass } from "../../algorithm/algorithm.ts";
import { preparationOf } from "../../algorithm/algorithm.ts";
import {
  type ConvGeometry,
  filterShapeOf,
  inputShapeOf,
  outputShapeOf,
  resolveConvGeometry,
} from "../../geometry/planes.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { GuardZones } from "./guards.ts";
import { aligned, SCRATCH_BYTES, SimdMemory } from "./memory.ts";
import type { SimdAlgorithm } from "./method.ts";
import { hostWebAssembly } from "./webassembly.ts";

const host = hostWebAssembly()!;
const MEGABYTE = 2 ** 20;

describe("SimdMemory", () => {
  it("gives blocks on cache lines that do not overlap each other or scratch", () => {
    const memory = new SimdMemory(host);
    const blocks = [1, 64, 100, 70000].map((bytes) => memory.allocate(bytes));
    let end = SCRATCH_BYTES;
    for (const { address, bytes } of blocks) {
      expect(address % 64).toBe(0);
      expect(address).toBeGreaterThanOrEqual(end);
      end = address + bytes;
    }
    expect(end).toBeLessThanOrEqual(memory.byteLength);
  });

  it("joins what is given back, in any order, and gives it out again", () => {
    const memory = new SimdMemory(host);
    const blocks = Array.from({ length: 5 }, () => memory.allocate(MEGABYTE));
    const before = memory.byteLength;
    for (const index of [1, 3, 2]) memory.free(blocks[index]!);
    expect(memory.usedBytes).toBe(2 * MEGABYTE);
    expect(memory.allocate(3 * MEGABYTE).address).toBe(blocks[1]!.address);
    expect(memory.byteLength).toBe(before);
  });

  it("frees a block once only", () => {
    const memory = new SimdMemory(host);
    const block = memory.allocate(1000);
    memory.free(block);
    memory.free(block);
    const [a, b] = [memory.allocate(1000), memory.allocate(1000)];
    expect(a.address).not.toBe(b.address);
  });

  it("lets a large memory go when the last block is given back", () => {
    const memory = new SimdMemory(host);
    const large = memory.allocate(100 * MEGABYTE);
    const small = memory.allocate(1);
    memory.free(large);
    expect(memory.byteLength).toBeGreaterThan(100 * MEGABYTE);
    memory.free(small);
    expect(memory.byteLength).toBe(0);
    expect(memory.allocate(1).address).toBe(SCRATCH_BYTES);
    expect(memory.byteLength).toBeGreaterThan(SCRATCH_BYTES);
  });

  it("grows by half, so that many blocks take few growths", () => {
    const memory = new SimdMemory(host);
    const sizes = new Set(Array.from({ length: 200 }, () => memory.allocate(65536) && memory.byteLength));
    expect(sizes.size).toBeLessThan(8);
  });

  it("grows by what it needs where more is refused, and else says what it needs", () => {
    class Tight extends host.Memory {
      override grow(pages: number): number {
        if (pages > 1) throw new RangeError("too much");
        return super.grow(pages);
      }
    }
    const memory = new SimdMemory({
      Module: host.Module,
      Instance: host.Instance,
      Memory: Tight,
      validate: () => true,
    });
    memory.allocate(1000);
    expect(memory.byteLength).toBe(SCRATCH_BYTES + 65536);
    expect(() => memory.allocate(2 * 65536)).toThrow(
      /^simd: this host has no memory for \d+ bytes: RangeError: too much/,
    );
  });

  it("leaves room behind the last block, for tiles that read past it", () => {
    const memory = new SimdMemory(host);
    const { address, bytes } = memory.allocate(65536);
    expect(address + bytes + 64).toBeLessThanOrEqual(memory.byteLength);
  });

  it("refuses more than WebAssembly can address, and stays usable", () => {
    const memory = new SimdMemory(host);
    expect(() => memory.allocate(2 ** 32)).toThrow(/^simd: this host has no memory for 4294967360 bytes: /);
    expect(memory.allocate(64).address).toBe(SCRATCH_BYTES);
  });

  it("refuses a run that needs more than scratch", () => {
    expect(() => new SimdMemory(host).layoutScratch([SCRATCH_BYTES, 64])).toThrow(RangeError);
  });

  it.each(["before", "after"])("catches a write just %s a buffer of scratch, and of a block", (side) => {
    const memory = new SimdMemory(host, new GuardZones(64));
    const block = memory.allocate(100);
    const scratch = memory.layoutScratch([100, 200]);
    const spoil = ({ address, bytes }: { address: number; bytes: number }) => {
      memory.floats[(side === "before" ? address - 4 : aligned(address + bytes)) / 4] = 1;
    };
    memory.guarded(scratch, () => undefined);
    expect(() => memory.guarded(scratch, () => spoil(scratch.buffers[0]!))).toThrow(/ a scratch buffer of 100 bytes/);
    expect(() => memory.guarded(scratch, () => spoil(block))).toThrow(/ a block of 100 bytes/);
  });

  it("gives back what was taken before something failed", () => {
    const memory = new SimdMemory(host);
    memory.allocate(64);
    const failing = (): void =>
      memory.taking(() => {
        memory.allocate(64);
        memory.allocate(2 ** 33);
      });
    expect(failing).toThrow("simd: this host has no memory for 8589934656 bytes");
    expect(memory.usedBytes).toBe(64);
  });

  it("keeps buffers of scratch apart by the guard", () => {
    const memory = new SimdMemory(host, new GuardZones(128));
    const { buffers, bytes } = memory.layoutScratch([10, 20]);
    expect(buffers.map(({ address }) => address)).toEqual([128, 320]);
    expect(bytes).toBe(512);
  });
});

describe("plans and their memory", () => {
  const engine = new SimdEngine(host, simdFeatures(), { guards: new GuardZones(64) });

  describe.each(simdAlgorithmsOf(() => engine))("$name", (algorithm) => {
    const layer = layerFor(algorithm.name);
    it.each(passesOf(algorithm, layer))("%s: survives growth that detaches every view", (pass) => {
      const { plan, run, length } = preparePass(algorithm, layer, pass);
      const [before, after] = [new Float32Array(length), new Float32Array(length).fill(Number.NaN)];
      run(before);
      expect(before.some((value) => value !== 0)).toBe(true);
      const { buffer } = engine.memory.wasm;
      const block = engine.memory.allocate(buffer.byteLength);
      expect(buffer.byteLength, "the old buffer is detached").toBe(0);
      run(after);
      expect(after).toEqual(before);
      plan[Symbol.dispose]();
      engine.memory.free(block);
    });

    it.each(passesOf(algorithm, layer))("%s: gives memory back when disposed of, once", (pass) => {
      const used = engine.memory.usedBytes;
      const prepared = preparePass(algorithm, layer, pass);
      {
        using _plan = prepared.plan;
        expect(engine.memory.usedBytes).toBeGreaterThan(used);
      }
      prepared.plan[Symbol.dispose]();
      expect(engine.memory.usedBytes).toBe(used);
    });
  });

  it("hold no more scratch than is allowed, whatever the layer", () => {
    for (const channels of [8, 64, 256, 1024]) {
      for (const size of [6, 30, 120]) {
        const g = resolveConvGeometry("memory", [2, size, size, channels], [3, 3, channels, 64], { padding: "same" });
        for (const algorithm of simdAlgorithmsOf(() => engine)) {
          if (!supports(algorithm, g, "forward")) continue;
          const plan = preparationOf(algorithm, g, "forward")(new Float32Array(9 * channels * 64), undefined);
          expect(plan.scratchBytes).toBeLessThanOrEqual(SCRATCH_BYTES);
          (plan as typeof plan & Disposable)[Symbol.dispose]();
        }
      }
    }
  });

  it.each([
    ["many output channels", [1, 6, 6, 8], [3, 3, 8, 6000]],
    ["long rows", [1, 3, 9800, 16], [3, 3, 16, 32]],
    ["rows too long", [1, 3, 60000, 16], [3, 3, 16, 32]],
  ] as const)(
    "prepare every filter gradient that they support, or say why not: %s",
    (_what, inputShape, filterShape) => {
      const g = resolveConvGeometry("memory", inputShape, filterShape, { padding: "same" });
      for (const algorithm of simdAlgorithmsOf(() => engine)) {
        const prepare = algorithm.propose.filterGradient(g);
        if (typeof prepare !== "string") prepare()[Symbol.dispose]();
        else {
          expect(prepare).toMatch(/\w+ \w+/);
          expect(() => preparationOf(algorithm, g, "filterGradient")).toThrow(RangeError);
        }
      }
    },
  );
});

/** A layer that an algorithm computes. */
function layerFor(name: string): ConvGeometry {
  const [channels, inGroup] = name === "single-channel" ? [1, 1] : name === "depthwise" ? [8, 1] : [8, 8];
  const groups = channels / inGroup;
  return resolveConvGeometry("memory", [1, 14, 14, channels], [3, 3, inGroup, channels], { groups, padding: "same" });
}

function passesOf(algorithm: SimdAlgorithm, g: ConvGeometry): readonly Pass[] {
  const passes = ["forward", "inputGradient", "filterGradient"] as const;
  return passes.filter((pass) => supports(algorithm, g, pass));
}

/** A pass of a layer, to be run over ones, and the length of its result. */
function preparePass(
  algorithm: SimdAlgorithm,
  g: ConvGeometry,
  pass: Pass,
): { readonly plan: Disposable; readonly run: (result: Float32Array) => void; readonly length: number } {
  const filter = new Float32Array(sizeOf(filterShapeOf(g))).fill(1);
  const [x, y] = [inputShapeOf(g), outputShapeOf(g)].map((shape) => new Float32Array(sizeOf(shape)).fill(1));
  if (pass === "filterGradient") {
    const plan = preparationOf(algorithm, g, "filterGradient")();
    return { plan, run: (result) => plan.run(x!, y!, result), length: filter.length };
  }
  const plan =
    pass === "forward"
      ? preparationOf(algorithm, g, "forward")(filter, undefined)
      : preparationOf(algorithm, g, "inputGradient")(filter);
  return { plan, run: (result) => plan.run(x!, result), length: x!.length };
}
