/**
 * One import: whichever package comes first, and where the WebAssembly backend is missing or cannot start. Each in a process of
 * its own, as a program would be.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const TENSORFLOW = `const tf = await import("@tensorflow/tfjs-core");`;
const WASM = `const { setThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm"); setThreadsCount(1);`;
const OURS = `await import("@corr2d/tfjs");`;
const START = `console.log("wasm", await tf.setBackend("wasm"));`;
/** Counts what core packs, which nobody else does. */
const CONVOLVE = `
  const y = tf.conv2d(tf.ones([1, 4, 4, 3]), tf.ones([3, 3, 3, 2]), 1, "valid");
  const dw = tf.engine().runKernel("Conv2DBackpropFilter", { x: tf.ones([1, 4, 4, 3]), dy: y },
    { strides: 1, pad: "valid", dataFormat: "NHWC", dimRoundingMode: undefined, filterShape: [3, 3, 3, 2] });
  console.log(tf.getBackend(), y.dataSync().join(), dw.dataSync().slice(0, 2).join());`;
const CONVOLVED = `${Array(8).fill(27).join()} 108,108`;

async function run(...program: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const args = ["--conditions=@corr2d/source", "--input-type=module", "--eval", program.join("\n")];
  return promisify(execFile)(process.execPath, args, { cwd: fileURLToPath(new URL("..", import.meta.url)) });
}

/** The backend has no gradient of a filter of its own, so what computes one is ours. */
test.each([
  ["before the WebAssembly backend", [TENSORFLOW, OURS, WASM, START]],
  ["after it", [TENSORFLOW, WASM, OURS, START]],
  ["after its start", [TENSORFLOW, WASM, START, OURS]],
  ["before TensorFlow.js itself", [OURS, TENSORFLOW, WASM, START]],
])("imported %s", async (_, program) => {
  const { stdout, stderr } = await run(...program, CONVOLVE);
  expect(stdout).toBe(`wasm true\nwasm ${CONVOLVED}\n`);
  expect(stderr).toBe("");
});

test("importing it starts no backend", async () => {
  const { stdout } = await run(WASM, OURS, TENSORFLOW, `console.log(Object.keys(tf.engine().registry).length);`);
  expect(stdout).toBe("0\n");
});

test("without the WebAssembly package the backend corr2d serves", async () => {
  const program = [TENSORFLOW, OURS, `console.log(await tf.setBackend("corr2d"));`, CONVOLVE];
  const { stdout, stderr } = await run(...program);
  expect(stdout).toBe(`true\ncorr2d ${CONVOLVED}\n`);
  expect(stderr).toBe("");
});

test("a WebAssembly backend that cannot start says why, and the backend corr2d serves", async () => {
  const program = [TENSORFLOW, WASM, OURS, `setWasmPaths("/nowhere/");`, START];
  const { stdout, stderr } = await run(...program, `await tf.setBackend("corr2d");`, CONVOLVE);
  expect(stdout).toBe(`wasm false\ncorr2d ${CONVOLVED}\n`);
  expect(stderr).toContain("/nowhere/tfjs-backend-wasm-simd.wasm");
  expect(stderr).toContain("Initialization of backend wasm failed");
});
