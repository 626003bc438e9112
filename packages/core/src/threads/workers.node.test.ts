/**
 * Threads that come and go: killed in the midst of a run, started and stopped often, left behind by a process that ends.
 */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { realData } from "@corr2d/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { geometryOf } from "../../test/case-pass.ts";
import { preparationOf } from "../algorithm/algorithm.ts";
import { conv2d } from "../conv/conv.ts";
import { simdAlgorithmsOf } from "../simd/algorithms.ts";
import { SimdEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { hostWebAssembly } from "../simd/engine/webassembly.ts";
import { tensor } from "../tensor/tensor.ts";
import { plan } from "../verbs/plan.ts";
import type { Message } from "./control.ts";
import { startWorker } from "./hosts.ts";
import { hire, startThreads, stopThreads, threadedEngine } from "./start.ts";

const convCase = {
  name: "3×3 over 56²",
  inputShape: [1, 56, 56, 64],
  filterShape: [3, 3, 64, 64],
  strides: [1, 1],
  dilations: [1, 1],
  padding: "same",
  groups: 1,
  bias: true,
} as const;
const data = realData(convCase, 1);

/** Often, or with LONG=1 in the environment as often as it is promised. */
const ROUNDS = process.env.LONG === "1" ? 100 : 12;

/** Runs a plan by an engine, and gives the bits of its result each time. */
function runner(engine: SimdEngine): () => Int32Array {
  const [direct] = simdAlgorithmsOf(() => engine);
  const prepared = preparationOf(direct, geometryOf(convCase), "forward")(data.filter, data.bias);
  const y = new Float32Array(56 * 56 * 64);
  return () => {
    prepared.run(data.x, y.fill(Number.NaN));
    return new Int32Array(y.buffer);
  };
}

/** What a script of Node prints. */
async function node(script: string): Promise<string> {
  const entry = JSON.stringify(new URL("../threads.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@corr2d/source", "--input-type=module", "--eval", `const entry = ${entry}; ${script}`],
    { timeout: 60_000 },
  );
  return stdout.trim();
}

describe("a worker that is killed", () => {
  const alone = new SimdEngine(hostWebAssembly()!, simdFeatures());
  const expected = runner(alone)().slice();

  it("at any moment of a run leaves that right, and the next one", { timeout: 120_000 }, async () => {
    const engine = threadedEngine(alone, 0);
    const { team } = engine;
    const run = runner(engine);
    for (let round = 0; round < 12; round++) {
      const worker = startWorker();
      worker.onEnd(() => team.crew.lose(0, worker));
      team.crew.add(0, worker, 20_000);
      await worker.ready;
      expect(team.threads).toBe(2);
      run();
      const ended = worker.terminate(); // it dies while the runs that follow go on
      for (let n = 0; n <= round % 4; n++) expect(run()).toEqual(expected);
      await ended;
      await new Promise((resolve) => setTimeout(resolve));
      expect(team.threads).toBe(1);
      expect(run()).toEqual(expected);
    }
  });

  it("with something to compute in hand is waited for a while, and its part computed again", {
    timeout: 60_000,
  }, async () => {
    const engine = threadedEngine(alone, 0);
    const { team } = engine;
    // One that takes what there is, and never does it.
    const { control } = team.crew.queue;
    const thief = `
      const { workerData: control, parentPort } = require("node:worker_threads");
      parentPort.postMessage("ready");
      for (;;) {
        const next = Atomics.load(control, 3);
        if (next === Atomics.load(control, 2)) continue;
        if (Atomics.compareExchange(control, 3, next, next + 1) !== next) continue;
        Atomics.store(control, 72 + (next & 1023), 0);
        break;
      }
    `;
    const { Worker } = await import("node:worker_threads");
    const worker = new Worker(thief, { eval: true, workerData: control });
    await new Promise((resolve) => worker.once("message", resolve));
    team.crew.add(0, { post: () => undefined, terminate: () => worker.terminate() }, 0);
    const run = runner(engine);
    const start = performance.now();
    expect(run()).toEqual(expected);
    expect(performance.now() - start).toBeGreaterThan(900);
    expect(team.threads).toBe(1);
    expect(run()).toEqual(expected);
  });
});

it("a worker that comes late is told what the others know", () => {
  const engine = threadedEngine(new SimdEngine(hostWebAssembly()!, simdFeatures()), 0);
  const told: [early: Message[], late: Message[]] = [[], []];
  const add = (number: 0 | 1): void =>
    engine.team.crew.add(
      number,
      { post: (message) => told[number].push(message), terminate: async () => undefined },
      0,
    );
  add(0);
  runner(engine);
  add(1);
  const modules = told[0].filter((message) => "module" in message);
  expect(modules.length).toBeGreaterThan(0);
  expect(modules.every(({ memory }) => memory === engine.memory.wasm)).toBe(true);
  expect(told[1]).toMatchObject([{ modules }]);
});

describe("startThreads", () => {
  afterAll(stopThreads);

  it("answers, and again the same", async () => {
    const answer = { active: true, threads: 2, reason: "2 threads share memory" };
    expect(await startThreads({ threads: 2 })).toEqual(answer);
    expect(await startThreads({ threads: 2 })).toEqual(answer);
    expect(await Promise.all([startThreads({ threads: 3 }), startThreads({ threads: 2 })])).toEqual([
      { active: true, threads: 3, reason: "3 threads share memory" },
      answer,
    ]);
    expect(await startThreads({ threads: 1 })).toMatchObject({ active: false, threads: 1 });
  });

  it.each([
    [0, RangeError, "startThreads: threads must be an integer from 1 to 64, got 0"],
    [65, RangeError, "got 65"],
    [1.5, RangeError, "got 1.5"],
    ["2", TypeError, 'startThreads: threads must be a number, got "2"'],
  ])("refuses %s threads", async (threads, type, message) => {
    const started = startThreads({ threads: threads as number });
    await expect(started).rejects.toThrow(type);
    await expect(started).rejects.toThrow(message);
  });

  it(`can be stopped and started ${ROUNDS} times: plans go on, and nothing is left`, { timeout: 240_000 }, async () => {
    const filter = tensor([3, 3, 64, 64], data.filter);
    const before = plan(conv2d, [1, 56, 56, 64], filter, { padding: "same", algorithm: "direct" });
    const expected = before.run(data.x);
    await startThreads({ threads: 2 });
    const planned = plan(conv2d, [1, 56, 56, 64], filter, { padding: "same", algorithm: "direct" });
    const handles = process.getActiveResourcesInfo().length;
    let rss = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await startThreads({ threads: 2 });
      expect(planned.run(data.x)).toEqual(expected);
      await stopThreads();
      if (round % 10 === 0) expect(planned.run(data.x)).toEqual(expected);
      if (round === 4) rss = process.memoryUsage.rss();
    }
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(handles);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(200 * 2 ** 20);
    expect(before.run(data.x)).toEqual(expected);
  });

  it("lets a process end by itself", async () => {
    const started = await node(`
      const { startThreads } = await import(entry);
      console.log(JSON.stringify(await startThreads({ threads: 2 })));
    `);
    expect(JSON.parse(started)).toMatchObject({ active: true, threads: 2 });
  });

  it.each([
    ["delete globalThis.SharedArrayBuffer", "this host has no SharedArrayBuffer"],
    [
      "process.getBuiltinModule = undefined; globalThis.crossOriginIsolated = false",
      "the page is not cross-origin isolated; serve it with the headers Cross-Origin-Opener-Policy: same-origin and " +
        "Cross-Origin-Embedder-Policy: require-corp",
    ],
    ["process.getBuiltinModule = undefined", "this host has no workers"],
    [
      "process.getBuiltinModule('node:worker_threads').Worker = class { constructor() { throw new Error('refused'); } }",
      "a worker did not start: refused",
    ],
    [
      "process.getBuiltinModule('node:worker_threads').Worker.prototype.postMessage = function () { this.terminate(); }",
      "a worker did not start: it ended with code",
    ],
    ["WebAssembly.Memory = class { constructor() { throw new RangeError(); } }", "no memory that threads share"],
  ])("says why there are none, after %s", async (preparation, reason) => {
    const answer = await node(`
      ${preparation};
      const { startThreads } = await import(entry);
      console.log(JSON.stringify(await startThreads({ threads: 2 })));
    `);
    const { active, threads, reason: said } = JSON.parse(answer);
    expect({ active, threads }).toEqual({ active: false, threads: 1 });
    expect(said).toContain(reason);
  });
});

it("hires anew what was let go", async () => {
  const { team } = threadedEngine(new SimdEngine(hostWebAssembly()!, simdFeatures()));
  for (const threads of [2, 4, 2]) {
    await hire(team.crew, threads);
    expect(team.threads).toBe(threads);
    await team.crew.end();
    expect(team.threads).toBe(1);
  }
});
