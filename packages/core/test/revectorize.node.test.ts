import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { simdFeatures } from "../src/simd/engine/features.ts";

/** What the options of Node and the script that follow them print. */
async function node(...options: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@corr2d/source", ...options]);
  return stdout;
}

/** Its answers to being called twice in a process with these options, prepared so, and the tile of plans before and after. */
async function revectorized(options: readonly string[] = [], preparation = "") {
  const script = `
    ${preparation};
    import { revectorize } from ${JSON.stringify(new URL("../src/revectorize.ts", import.meta.url))};
    import { sharedEngine } from ${JSON.stringify(new URL("../src/simd/engine/engine.ts", import.meta.url))};
    import { chooseTile, tileName } from ${JSON.stringify(new URL("../src/simd/gemm/tile-shapes.ts", import.meta.url))};
    import { simdFeatures } from ${JSON.stringify(new URL("../src/simd/engine/features.ts", import.meta.url))};
    const tile = () => tileName(chooseTile(sharedEngine(), 600, 256));
    const before = tile();
    const answers = [revectorize(), revectorize()];
    console.log(JSON.stringify({ answers, before, after: tile() }));
  `;
  return JSON.parse(await node(...options, "--input-type=module", "--eval", script));
}

describe("revectorize", () => {
  it("refuses outside Node", async () => {
    const { answers, before, after } = await revectorized([], "process.getBuiltinModule = undefined");
    expect(answers[0]).toEqual({ active: false, reason: "only Node lets its compiler be told to" });
    expect(after).toBe(before);
  });

  if (!simdFeatures().foldsOffsets) {
    it("refuses an older V8", async () => {
      const { answers } = await revectorized();
      expect(answers[0]).toEqual({ active: false, reason: "this needs V8 13 or later, which Node 24 has" });
    });
    return;
  }

  it("refuses where its check cannot be made, with the cause", async () => {
    const { answers, before, after } = await revectorized(
      [],
      'WebAssembly.Memory.prototype.grow = () => { throw new RangeError("unable to grow") }',
    );
    expect(answers[0].active).toBe(false);
    expect(answers[0].reason).toMatch(
      /^its check failed: RangeError: simd: this host has no memory for .*unable to grow$/,
    );
    expect(after).toBe(before);
  });

  it("refuses a compiler that computes something else", async () => {
    // What is compiled after the flag was set subtracts once where it should add.
    const wrong = `
      const v8 = process.getBuiltinModule("node:v8");
      const set = v8.setFlagsFromString;
      let isWrong = false;
      v8.setFlagsFromString = (flag) => {
        isWrong ||= flag === "--experimental-wasm-revectorize";
        set(flag);
      };
      WebAssembly.Module = class extends WebAssembly.Module {
        constructor(bytes) {
          const code = Buffer.from(bytes);
          const add = code.lastIndexOf(Buffer.of(0xfd, 0xe4, 0x01));
          if (isWrong && add >= 0) code[add + 1] = 0xe5;
          super(code);
        }
      }`;
    const { answers, before, after } = await revectorized([], wrong);
    expect(answers[0].active).toBe(false);
    expect(answers[0].reason).toMatch(/^the \w+ pass of [\w-]+ does not give the same bits$/);
    expect(after).toBe(before);
  });

  it("doubles the width of tiles if bits and speed are right", async () => {
    const { answers, before, after } = await revectorized();
    expect(before).toBe("6x8");
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0].reason).toMatch(/ \d+\.\d\d times as fast$/);
    expect(answers[0].active).toBe(answers[0].speedup >= 1.2);
    expect(after).toBe(answers[0].active ? "6x16" : "6x8");
  });

  it("refuses where the processor has no wide instructions", async () => {
    const { answers, after } = await revectorized(["--no-enable-avx2"]);
    expect(answers[0].active).toBe(false);
    expect(answers[0].reason).toMatch(/^products of matrices are only \d\.\d\d times as fast$/);
    expect(after).toBe("6x8");
  });

  it("leaves every result within its bound", { timeout: 120_000 }, async () => {
    const script = fileURLToPath(new URL("revectorized/conformance.ts", import.meta.url));
    const flags = ["--no-liftoff", "--experimental-wasm-revectorize"];
    expect(Number.parseInt(await node(...flags, script), 10)).toBeGreaterThan(1000);
  });
});
