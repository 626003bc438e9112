import { afterAll, beforeAll, expect, it } from "vitest";
import { conv2d } from "../conv/conv.ts";
import { sharedEngine } from "../simd/engine/engine.ts";
import { tensor } from "../tensor/tensor.ts";
import { explain } from "../verbs/explain.ts";
import { planFilterGradient, planInputGradient } from "../verbs/gradient-plans.ts";
import { plan } from "../verbs/plan.ts";
import { startThreads, stopThreads, threadedEngine } from "./start.ts";

const filter = tensor([3, 3, 64, 64], new Float32Array(9 * 64 * 64).fill(0.5));
const large = [1, 56, 56, 64] as const;
const larger = [1, 112, 112, 64] as const;
const small = [1, 3, 3, 64] as const;
const options = { padding: "same" } as const;

beforeAll(() => startThreads({ threads: 2 }));
afterAll(stopThreads);

it("plans say how many threads compute them, where more than one does", () => {
  expect(plan(conv2d, large, filter, options).threads).toBe(2);
  expect(planInputGradient(conv2d, large, filter, options).threads).toBe(2);
  expect(planFilterGradient(conv2d, larger, filter.shape, options).threads).toBe(2);
  expect(planFilterGradient(conv2d, large, filter.shape, options)).not.toHaveProperty("threads");
  expect(plan(conv2d, small, filter, options)).not.toHaveProperty("threads");
});

it("explain says what a plan would", async () => {
  expect(explain(conv2d, large, filter, options).threads).toBe(2);
  expect(explain(conv2d, larger, filter, { ...options, pass: "filterGradient" }).threads).toBe(2);
  expect(explain(conv2d, large, filter, { ...options, pass: "filterGradient" })).not.toHaveProperty("threads");
  expect(explain(conv2d, small, filter, options)).not.toHaveProperty("threads");
  expect(explain(conv2d, large, filter, { ...options, engine: "scalar" })).not.toHaveProperty("threads");
  await stopThreads();
  expect(explain(conv2d, large, filter, options)).not.toHaveProperty("threads");
  await startThreads({ threads: 2 });
});

it("calls without a plan keep the memory that they compute in", async () => {
  const { memory } = threadedEngine(sharedEngine());
  const { wasm } = memory;
  memory.free(memory.allocate(64));
  expect(memory.wasm).toBe(wasm);
  memory.free(memory.allocate(100 * 2 ** 20));
  expect(memory.wasm).not.toBe(wasm);
});
