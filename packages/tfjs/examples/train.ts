/**
 * Trains LeNet on core's convolutions, prints how many digits it recognises, and times a step beside the other backends:
 *
 *     pnpm --filter @corr2d/tfjs lenet
 *
 * Each timing is a fresh process; backends take turns, and the ratios are those of the turns.
 *
 * @module
 */

import "@corr2d/tfjs";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { loadDigits } from "./digits.ts";
import { accuracyOf, BATCH_SIZE, makeLenet, train } from "./lenet.ts";

const SEED = 1;
const EPOCHS = 5;
const TURNS = 3;
/** The backends to compare, and how many steps are timed in a turn: about as many as take the same time. */
const BACKENDS = { corr2d: 30, cpu: 3, tensorflow: 30 } as const;

await tf.setBackend("corr2d");
const { training, test } = loadDigits(SEED);
const model = makeLenet(SEED);
const steps = Math.floor(training.pictures.shape[0] / BATCH_SIZE);
console.log(`LeNet on ${training.pictures.shape[0]} digits, tested on ${test.pictures.shape[0]}, backend corr2d`);
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  const start = performance.now();
  await train(model, training, steps);
  const perStep = (performance.now() - start) / steps;
  const accuracy = (100 * accuracyOf(model, test)).toFixed(2);
  console.log(`epoch ${epoch}: ${accuracy} % of the test digits recognised, ${perStep.toFixed(0)} ms per step`);
}

const times = new Map<string, number[]>();
for (let turn = 0; turn < TURNS; turn++) {
  for (const [backend, count] of Object.entries(BACKENDS)) {
    const time = await timeStep(backend, count);
    if (time !== undefined) times.set(backend, [...(times.get(backend) ?? []), time]);
  }
}
console.log(`\nOne step of ${BATCH_SIZE} digits, median of ${TURNS} turns:`);
const ours = times.get("corr2d")!;
for (const [backend, theirs] of times) {
  const ratios = theirs.map((time, turn) => time / ours[turn]!).sort((a, b) => a - b);
  const [least, most] = [ratios[0]!.toFixed(2), ratios.at(-1)!.toFixed(2)];
  const compared = backend === "corr2d" ? "" : `, ${median(ratios).toFixed(2)} × as long (${least} to ${most})`;
  console.log(`${backend.padEnd(12)}${median(theirs).toFixed(1).padStart(8)} ms${compared}`);
}

/** Median milliseconds per step in a process of its own; `undefined` where this machine lacks the backend. */
async function timeStep(backend: string, count: number): Promise<number | undefined> {
  const script = fileURLToPath(new URL("stepTime.ts", import.meta.url));
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
