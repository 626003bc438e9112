import { describe, expect, it } from "vitest";
import { type ConvGeometry, resolveConvGeometry } from "../geometry.ts";
import { simdAlgorithmsOf } from "./algorithms.ts";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { aligned, layoutScratch, SCRATCH_BYTES, SimdMemory } from "./memory.ts";
import { hostWebAssembly } from "./webassembly.ts";

const host = hostWebAssembly()!;
const MEGABYTE = 2 ** 20;

describe("SimdMemory", () => {
  it("gives blocks on cache lines that do not overlap each other or scratch", () => {
    const memory = new SimdMemory(host, 0);
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
    const memory = new SimdMemory(host, 0);
    const blocks = Array.from({ length: 5 }, () => memory.allocate(MEGABYTE));
    const before = memory.byteLength;
    for (const index of [1, 3, 2]) memory.free(blocks[index]!);
    expect(memory.usedBytes).toBe(2 * MEGABYTE);
    expect(memory.allocate(3 * MEGABYTE).address).toBe(blocks[1]!.address);
    expect(memory.byteLength).toBe(before);
  });

  it("frees a block once only", () => {
    const memory = new SimdMemory(host, 0);
    const block = memory.allocate(1000);
    memory.free(block);
    memory.free(block);
    const [a, b] = [memory.allocate(1000), memory.allocate(1000)];
    expect(a.address).not.toBe(b.address);
  });

  it("lets a large memory go when the last block is given back", () => {
    const memory = new SimdMemory(host, 0);
    const large = memory.allocate(100 * MEGABYTE);
    const small = memory.allocate(1);
    memory.free(large);
    expect(memory.byteLength).toBeGreaterThan(100 * MEGABYTE);
    memory.free(small);
    expect(memory.byteLength).toBe(0);
    expect(memory.allocate(1).address).toBe(SCRATCH_BYTES);
  });

  it("refuses more than WebAssembly can address, and stays usable", () => {
    const memory = new SimdMemory(host, 0);
    expect(() => memory.allocate(2 ** 32)).toThrow(/^simd: packed weights of 4294967296 bytes do not fit/);
    expect(memory.allocate(64).address).toBe(SCRATCH_BYTES);
  });

  it("refuses a run that needs more than scratch", () => {
    expect(() => new SimdMemory(host, 0).layoutScratch([SCRATCH_BYTES, 64])).toThrow(RangeError);
  });

  it.each(["before", "after"])("catches a write just %s a buffer of scratch, and of a block", (side) => {
    const memory = new SimdMemory(host, 64);
    const block = memory.allocate(100);
    const scratch = memory.layoutScratch([100, 200]);
    const spoil = ({ address, bytes }: { address: number; bytes: number }) => {
      memory.floats[(side === "before" ? address - 4 : aligned(address + bytes)) / 4] = 1;
    };
    memory.guarded(scratch, () => undefined);
    expect(() => memory.guarded(scratch, () => spoil(scratch.buffers[0]!))).toThrow(/ a scratch buffer of 100 bytes/);
    expect(() => memory.guarded(scratch, () => spoil(block))).toThrow(/ a block of 100 bytes/);
  });

  it("keeps buffers of scratch apart by the guard", () => {
    const { buffers, bytes } = layoutScratch([10, 20], 128);
    expect(buffers.map(({ address }) => address)).toEqual([128, 320]);
    expect(bytes).toBe(512);
  });
});

describe("plans and their memory", () => {
  const engine = new SimdEngine(host, simdFeatures());
  const [direct, , winograd4] = simdAlgorithmsOf(() => engine);

  it("survive growth that detaches every view", () => {
    const small = geometryOf(8);
    const filter = new Float32Array(9 * 8 * 8).fill(1);
    const plan = direct.prepare(small, filter, undefined);
    const x = new Float32Array(6 * 6 * 8).fill(1);
    const [before, after] = [new Float32Array(4 * 4 * 8), new Float32Array(4 * 4 * 8)];
    plan.run(x, before);
    const buffer = engine.memory.wasm.buffer;
    winograd4.prepare(geometryOf(256), new Float32Array(9 * 256 * 256), undefined);
    expect(buffer.byteLength, "the old buffer is detached").toBe(0);
    plan.run(x, after);
    expect(before[0]).toBe(72);
    expect(after).toEqual(before);
  });

  it("give it back when disposed of, and refuse to run then", () => {
    const used = engine.memory.usedBytes;
    const plan = direct.prepare(geometryOf(8), new Float32Array(9 * 8 * 8), undefined) as ReturnType<
      typeof direct.prepare
    > &
      Disposable;
    expect(engine.memory.usedBytes).toBeGreaterThan(used);
    plan[Symbol.dispose]();
    plan[Symbol.dispose]();
    expect(engine.memory.usedBytes).toBe(used);
    expect(() => plan.run(new Float32Array(6 * 6 * 8), new Float32Array(4 * 4 * 8))).toThrow("disposed of");
  });

  it("hold no more scratch than is allowed, whatever the layer", () => {
    for (const channels of [8, 64, 256, 1024]) {
      for (const size of [6, 30, 120]) {
        const g = resolveConvGeometry("memory", [2, size, size, channels], [3, 3, channels, 64], { padding: "same" });
        for (const algorithm of simdAlgorithmsOf(() => engine)) {
          if (algorithm.supports(g, "forward") !== true) continue;
          const plan = algorithm.prepare(g, new Float32Array(9 * channels * 64), undefined);
          expect(plan.scratchBytes).toBeLessThanOrEqual(SCRATCH_BYTES);
          (plan as typeof plan & Disposable)[Symbol.dispose]();
        }
      }
    }
  });
});

function geometryOf(channels: number): ConvGeometry {
  return resolveConvGeometry("memory", [1, 6, 6, channels], [3, 3, channels, channels]);
}
