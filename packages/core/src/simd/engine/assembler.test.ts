import { describe, expect, it } from "vitest";
import { f32x4, type I32Local, i32, ModuleBuilder, v128 } from "./assembler.ts";
import { signedLeb128, unsignedLeb128 } from "./leb128.ts";
import { hostWebAssembly } from "./webassembly.ts";

describe("LEB128", () => {
  it.each([
    [0, [0x00]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [16383, [0xff, 0x7f]],
    [16384, [0x80, 0x80, 0x01]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("unsigned %d", (value, bytes) => {
    expect(unsignedLeb128(value)).toBe(String.fromCharCode(...bytes));
  });

  it.each([
    [0, [0x00]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [8191, [0xff, 0x3f]],
    [8192, [0x80, 0xc0, 0x00]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])("signed %d", (value, bytes) => {
    expect(signedLeb128(value)).toBe(String.fromCharCode(...bytes));
  });
});

describe("ModuleBuilder", () => {
  it("writes the golden bytes of a tiny function", () => {
    const module = new ModuleBuilder();
    module.function<[p: I32Local]>("f", 1, (f, p) => {
      const x = f.v128();
      f.set(x, v128.load(p, 16));
      f.store(p, x, 0);
    });
    const golden = [
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...[0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00], // one type: (i32) -> ()
      ...[0x02, 0x12, 0x01, 0x06, 0x63, 0x6f, 0x72, 0x72, 0x32, 0x64], // import "corr2d"
      ...[0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, 0x01], // "memory", at least one page
      ...[0x03, 0x02, 0x01, 0x00], // one function of type 0
      ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00], // export "f"
      ...[0x0a, 0x16, 0x01, 0x14, 0x01, 0x01, 0x7b], // one body, one v128 local
      ...[0x20, 0x00, 0xfd, 0x00, 0x02, 0x10, 0x21, 0x01], // x = load(p + 16)
      ...[0x20, 0x00, 0x20, 0x01, 0xfd, 0x0b, 0x02, 0x00, 0x0b], // store(p, x); end
    ];
    expect([...module.toBytes()]).toEqual(golden);
  });

  it("runs loops, conditions, constants and stores of one to four lanes", () => {
    const host = hostWebAssembly()!;
    const module = new ModuleBuilder();
    module.function<[to: I32Local, from: I32Local, count: I32Local]>("main", 3, (f, to, from, count) => {
      const [sum, x] = [f.v128(), f.v128()];
      f.when(i32.equal(count, 100), () => f.set(count, i32.const(3)));
      f.repeat(count, () => f.set(sum, f32x4.add(sum, v128.load32Splat(from, 4))));
      f.store(to, sum, 0);
      f.set(x, f32x4.add(v128.splat(0.5), v128.splat(1)));
      for (const lanes of [1, 2, 3, 4]) f.store(to, x, 32 * lanes, lanes);
    });
    const memory = new host.Memory({ initial: 1 });
    const floats = new Float32Array(memory.buffer);
    floats[1] = 7;
    const { main } = new host.Instance(new host.Module(module.toBytes()), { corr2d: { memory } }).exports;
    main!(64, 0, 100);
    expect([...floats.subarray(16, 20)]).toEqual([21, 21, 21, 21]);
    main!(64, 0, 5);
    expect([...floats.subarray(16, 20)]).toEqual([35, 35, 35, 35]);
    for (const lanes of [1, 2, 3, 4]) {
      const row = [...floats.subarray(16 + 8 * lanes, 16 + 8 * lanes + 8)];
      expect(row).toEqual([...Array(lanes).fill(1.5), ...Array(8 - lanes).fill(0)]);
    }
  });
});
