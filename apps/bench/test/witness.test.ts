/**
 * An oracle is a witness as long as its kernels are its own: where `@corr2d/tfjs` is imported, before or after, TensorFlow.js's
 * WebAssembly backend has ours.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const OURS = `await import("@corr2d/tfjs");`;
const LOAD = `
  const { loadOracle } = await import("@corr2d/parity");
  const { CASES, realData } = await import("@corr2d/testkit");
  const oracle = await loadOracle(process.argv[1]);`;
const ASK = `
  const prepared = await oracle.prepare(CASES[0], "forward", realData(CASES[0], 1));
  await prepared.run();
  console.log((await prepared.read()).length > 0);`;

async function run(oracle: string, ...program: string[]): Promise<string> {
  const args = ["--conditions=@corr2d/source", "--input-type=module", "--eval", program.join("\n"), oracle];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  return stdout;
}

test("an oracle alone is asked", async () => {
  expect(await run("tfjs-wasm", LOAD, ASK)).toBe("true\n");
});

test.each([
  ["loaded after our kernels", [OURS, LOAD, ASK]],
  ["loaded before them", [LOAD, OURS, ASK]],
])("the oracle tfjs-wasm refuses when %s", async (_, program) => {
  await expect(run("tfjs-wasm", ...program)).rejects.toThrow(
    "tfjs-wasm: @corr2d/tfjs was imported in this process and put its kernels into the backend wasm",
  );
});

test("the cpu backend stays a witness", async () => {
  expect(await run("tfjs-cpu", OURS, LOAD, ASK)).toBe("true\n");
});
