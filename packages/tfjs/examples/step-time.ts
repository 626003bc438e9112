/**
 * Times a step of training LeNet on one backend, in a process of its own:
 *
 *     node --conditions=@corr2d/source examples/step-time.ts <backend> <steps>
 *
 * prints milliseconds per step, a number for each, as JSON. Backends are `wasm` with our kernels, `corr2d`, `cpu` and `tensorflow` (tfjs-node).
 *
 * @module
 */

import "@corr2d/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { loadDigits } from "./digits.ts";
import { makeLenet, train } from "./lenet.ts";

const SEED = 1;
const WARM_UP_STEPS = 2;

const [backend = "wasm", count = "5"] = process.argv.slice(2);
setThreadsCount(1);
tf.env().set("PROD", true); // no advice on the console

if (backend === "tensorflow") {
  // Its native half is set up by a package that is above this one, and found only inside the workspace.
  const parity: string = "@corr2d/parity";
  const { loadOracle } = (await import(parity)) as { loadOracle(name: string): Promise<unknown> };
  await loadOracle("tfjs-node");
}
if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);

const { training } = loadDigits(SEED);
const model = makeLenet(SEED);
await train(model, training, WARM_UP_STEPS);
const times: number[] = [];
let start = performance.now();
await train(model, training, Number(count), () => {
  const end = performance.now();
  times.push(end - start);
  start = end;
});
console.log(JSON.stringify(times));
