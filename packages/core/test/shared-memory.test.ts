import { conv2d, plan, tensor } from "@corr2d/core";
import { expect, it } from "vitest";

/** What a host has, declared here because this package is compiled without the types of any. */
interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (options: object) => SharedMemory } })
  .WebAssembly;

it("an output that overlaps the input is found, though each has another SharedArrayBuffer of one memory", () => {
  const memory = new Memory({ initial: 1, maximum: 3, shared: true });
  const before = memory.buffer;
  memory.grow(1);
  expect(memory.buffer).not.toBe(before);
  const planned = plan(conv2d, [1, 2, 2, 1], tensor([1, 1, 1, 1], [2]));
  const x = new Float32Array(before, 64, 4).fill(1);
  for (const offset of [52, 64, 76]) {
    const kept = new Float32Array(memory.buffer, 0, 64).slice();
    expect(() => planned.run(x, new Float32Array(memory.buffer, offset, 4))).toThrow(/y overlaps x in memory/);
    expect(new Float32Array(memory.buffer, 0, 64)).toEqual(kept);
  }
  for (const y of [
    new Float32Array(memory.buffer, 80, 4),
    new Float32Array(memory.buffer, 48, 4),
    new Float32Array(new Memory({ initial: 1, maximum: 1, shared: true }).buffer, 64, 4),
  ]) {
    expect([...planned.run(x, y)]).toEqual([2, 2, 2, 2]);
  }
});
