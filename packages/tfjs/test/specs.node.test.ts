/**
 * TensorFlow.js's own specs on our backend and on its WebAssembly backend with our kernels, beside the same on the backends below.
 *
 * @module
 */

import { describe, expect, test, vi } from "vitest";
import { CONVOLUTION_KERNELS } from "./specs/kernel-calls.ts";
import type { SpecRun } from "./specs/outcome.ts";
import { failuresOf, passedNames, runSpecs, totalCalls } from "./specs/run.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** What ships with the tfjs-core of the catalog. */
const CONVOLUTION_SPECS = 299;
const CONVOLUTION_SPECS_ON_BACKEND = 238;
const ALL_SPECS_AT_LEAST = 4000;
/** Gradients of convolutions, channels first, clones that share their data, sums of nothing: what the WebAssembly backend lacks. */
const WON_ON_WASM = 68;

/** Runs that tests share are started by the first that asks. */
const runs = new Map<string, Promise<SpecRun>>();
function run(...args: Parameters<typeof runSpecs>): Promise<SpecRun> {
  const key = args.join();
  const running = runs.get(key) ?? runSpecs(...args);
  runs.set(key, running);
  return running;
}

describe.each(["corr2d", "wasm with ours"] as const)("the specs of convolution on %s", (backend) => {
  test("are all there, and pass", async () => {
    const ours = await run(backend, "convolution");
    expect(failuresOf(ours)).toEqual([]);
    expect(ours.specs.map(({ status }) => status)).toEqual(Array(CONVOLUTION_SPECS).fill("passed"));
    expect(ours.specs.filter(({ onBackend }) => onBackend)).toHaveLength(CONVOLUTION_SPECS_ON_BACKEND);
  });

  test("call our kernels, spec by spec as often as they call those of the cpu backend", async () => {
    const [ours, cpu] = await Promise.all([run(backend, "convolution"), run("cpu", "convolution")]);
    const callsBySpec = ({ specs }: SpecRun): object =>
      Object.fromEntries(specs.map(({ name, calls }) => [name, calls]));
    expect(callsBySpec(ours)).toEqual(callsBySpec(cpu));
    // Those without a call test what is refused before any kernel.
    const withCalls = ours.specs.filter(({ calls }) => Object.keys(calls).length > 0);
    expect(withCalls.length).toBeGreaterThan(CONVOLUTION_SPECS_ON_BACKEND / 2);
    expect(Object.keys(totalCalls(ours.specs)).sort()).toEqual([...CONVOLUTION_KERNELS].sort());
  });

  test("are computed by core, not by the cpu backend", async () => {
    const { specs } = await run(backend, "convolution");
    expect(specs.filter(({ fallbacks }) => fallbacks > 0).map(({ name }) => name)).toEqual([]);
  });
});

test("every spec of tfjs-core that passes on its cpu backend passes on ours", async () => {
  const [ours, cpu] = await Promise.all([run("corr2d", "all"), run("cpu", "all")]);
  expect(failuresOf(ours)).toEqual([]);
  expect(cpu.specs.length).toBeGreaterThan(ALL_SPECS_AT_LEAST);
  const [passed, passedOnCpu] = [passedNames(ours), passedNames(cpu)];
  // tfjs-core offers two specs to a backend named "cpu" only.
  const missing = [...passedOnCpu].filter((name) => !passed.has(name));
  expect(missing.map((name) => name.startsWith("Switching cpu backends"))).toEqual([true, true]);
  expect([...passed].filter((name) => !passedOnCpu.has(name))).toEqual([]);
});

test("every spec of tfjs-core that passes on its WebAssembly backend passes with our kernels in it, and more", async () => {
  const [ours, wasm] = await Promise.all([run("wasm with ours", "all"), run("wasm", "all")]);
  expect(wasm.specs.length).toBeGreaterThan(ALL_SPECS_AT_LEAST);
  const [passed, passedOnWasm] = [passedNames(ours), passedNames(wasm)];
  expect([...passedOnWasm].filter((name) => !passed.has(name))).toEqual([]);
  expect(passed.size - passedOnWasm.size).toBeGreaterThanOrEqual(WON_ON_WASM);
});
