/**
 * A process of its own: makes one network on one backend, and times its predictions or steps, the result read each time. Prints one
 * line of JSON.
 *
 * @module
 */

import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { NETWORKS } from "./catalog.ts";
import type { Predictions } from "./compare.ts";

const WARM_UP = 2;
const PROFILED = 3;

const [who, name, count] = process.argv.slice(2) as [string, string, string];
const entry = NETWORKS.find((network) => network.name === name)!;
tf.env().set("PROD", true);
setThreadsCount(1);
const backend = await start(who);

const run = await entry.make();
const times: number[] = [];
let output = new Float32Array(0);
for (let i = 0; i < WARM_UP + Number(count); i++) {
  const before = performance.now();
  output = Float32Array.from(await run());
  times.push(performance.now() - before);
}
const result: Predictions = {
  first: times[0]!,
  times: times.slice(WARM_UP),
  output: [...output],
  kernels: await profile(),
};
process.stdout.write(`${JSON.stringify(result)}\n`);

/** Chooses the backend; resolves to its name in TensorFlow.js. */
async function start(who: string): Promise<string> {
  if (who === "tfjs-node") {
    const { loadOracle } = await import("@corr2d/parity");
    await loadOracle("tfjs-node");
  }
  if (who === "corr2d") await import("@corr2d/tfjs");
  if (who === "tfjs-cpu") await import("@tensorflow/tfjs-backend-cpu");
  const names: Readonly<Record<string, string>> = { "tfjs-node": "tensorflow", "tfjs-cpu": "cpu" };
  const backend = names[who] ?? "wasm";
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its backend ${backend}`);
  return backend;
}

/** Milliseconds of a run by kernel, the longest first. Where results wait, who asks for them bears their time. */
async function profile(): Promise<Predictions["kernels"]> {
  const total = new Map<string, number>();
  for (const config of tf.getKernelsForBackend(backend)) {
    tf.unregisterKernel(config.kernelName, backend);
    tf.registerKernel({
      ...config,
      kernelFunc(args) {
        const before = performance.now();
        const result = config.kernelFunc(args);
        total.set(config.kernelName, (total.get(config.kernelName) ?? 0) + performance.now() - before);
        return result;
      },
    });
  }
  for (let i = 0; i < PROFILED; i++) await run();
  return [...total].map(([kernel, ms]) => ({ kernel, ms: ms / PROFILED })).sort((a, b) => b.ms - a.ms);
}
