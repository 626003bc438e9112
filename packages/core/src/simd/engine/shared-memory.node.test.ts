import { expect, it } from "vitest";
import { copyingModule } from "./shared-memory.ts";
import { hostWebAssembly } from "./webassembly.ts";

const host = hostWebAssembly()!;

it("copies from a memory of one thread to that of all and back, byte by byte", () => {
  const own = new host.Memory({ initial: 1 });
  const shared = new host.Memory({ initial: 1, maximum: 300, shared: true });
  const module = new host.Module(copyingModule(300));
  const { bringIn, takeOut } = new host.Instance(module, { corr2d: { shared, own } }).exports;
  const [mine, everybodys] = [new Uint8Array(own.buffer), new Uint8Array(shared.buffer)];
  for (let i = 0; i < 100; i++) mine[1000 + i] = i;
  bringIn!(501, 1000, 99);
  expect([...everybodys.subarray(500, 602)]).toEqual([0, ...Array.from({ length: 99 }, (_, i) => i), 0, 0]);
  everybodys[550] = 200;
  takeOut!(20, 549, 3);
  expect([...mine.subarray(19, 24)]).toEqual([0, 48, 200, 50, 0]);
});
