/**
 * A process of its own: imports one library, computes one convolution several times, and prints what that took as a line of JSON. With
 * no library it prints what Node takes by itself.
 *
 * @module
 */

import { argv, resourceUsage, stdout } from "node:process";
import type { Footprint } from "./measure.ts";
import { LAYER, LIBRARIES } from "./programs.ts";

const LATER_CALLS = 20;

const fill = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((product, size) => product * size) }, (_, i) => Math.sin(i));
const [x, filter] = [fill(LAYER.inputShape), fill(LAYER.filterShape)];
const library = LIBRARIES.find(({ name }) => name === argv[2]);
const start = performance.now();
const program = await library?.prepare(x, filter);
const prepared = performance.now();
await program?.();
const first = performance.now();
const later: number[] = [];
for (let call = 0; call < LATER_CALLS && performance.now() - first < 2_000; call++) {
  const before = performance.now();
  await program?.();
  later.push(performance.now() - before);
}
const found: Footprint = {
  readyMs: prepared - start,
  firstMs: first - prepared,
  laterMs: later.sort((a, b) => a - b)[later.length >> 1] ?? 0,
  // Linux and macOS count in KiB.
  memoryBytes: resourceUsage().maxRSS * 1024,
};
stdout.write(`${JSON.stringify(found)}\n`, () => process.exit(0));
