/**
 * Times a step of training LeNet on core's convolutions beside the other backends:
 *
 *     pnpm --filter @corr2d/tfjs lenet:times
 *
 * Each timing is a fresh process and the median of its steps; backends take turns, and ratios are those of the turns.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BATCH_SIZE } from "./lenet.ts";

const TURNS = 3;
/** The backends to compare, and how many steps are timed in a turn. */
const BACKENDS = { wasm: 60, corr2d: 30, cpu: 2, tensorflow: 60 } as const;

const times = new Map<string, number[]>();
for (let turn = 0; turn < TURNS; turn++) {
  for (const [backend, count] of Object.entries(BACKENDS)) {
    const time = await timeStep(backend, count);
    if (time !== undefined) times.set(backend, [...(times.get(backend) ?? []), time]);
  }
}
console.log(`One step of ${BATCH_SIZE} digits, Node ${process.versions.node}, one thread, median of ${TURNS} turns:`);
const ours = times.get("wasm")!;
for (const [backend, theirs] of times) {
  const ratios = theirs.map((time, turn) => time / ours[turn]!).sort((a, b) => a - b);
  const [least, most] = [ratios[0]!.toPrecision(3), ratios.at(-1)!.toPrecision(3)];
  const compared = backend === "wasm" ? "" : `, ${median(ratios).toPrecision(3)} × as long (${least} to ${most})`;
  console.log(`${backend.padEnd(12)}${median(theirs).toFixed(1).padStart(8)} ms${compared}`);
}

/** Median milliseconds per step in a process of its own; `undefined` where this machine lacks the backend. */
async function timeStep(backend: string, count: number): Promise<number | undefined> {
  const script = fileURLToPath(new URL("step-time.ts", import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...process.execArgv,
      script,
      backend,
      String(count),
    ]);
    return median(JSON.parse(stdout) as number[]);
  } catch (error) {
    if (backend !== "tensorflow") throw error;
    console.log(
      `tfjs-node is not here: ${(error as Error).message.split("\n").find((line) => line.includes("Error"))}`,
    );
    return undefined;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
