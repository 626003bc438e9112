/**
 * WebAssembly memory: packed weights give theirs back at once, so training needs no more of it in the last step than in
 * the first. (A file of its own: core takes its memory at first use, and this watches it being taken.)
 *
 * @module
 */

import { BACKEND_NAME, type Corr2dBackend } from "@corr2d/tfjs";
import "@tensorflow/tfjs-layers"; // registers the gradients
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

/** What is used of WebAssembly's own interface, for which Node has no types. */
interface Memory {
  readonly buffer: ArrayBuffer;
}
const host = (globalThis as unknown as { readonly WebAssembly: { Memory: new (limits: object) => Memory } })
  .WebAssembly;

const memories: Memory[] = [];

/** Bytes of all WebAssembly memory that core took, whether it uses it or not. */
const memoryBytes = (): number => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

/** 512 × 512 weights of 3 × 3: 9 MB as they are, twice or more that as Winograd packs them. */
const CHANNELS = 512;
const FILTER_BYTES = 4 * 9 * CHANNELS ** 2;

beforeAll(() => {
  host.Memory = class extends host.Memory {
    constructor(limits: object) {
      super(limits);
      memories.push(this);
    }
  };
  tf.env().set("PROD", true);
});

beforeEach(async () => {
  await tf.setBackend(BACKEND_NAME);
});

const plans = () => (tf.backend() as Corr2dBackend).plans;
const filterOf = (value: number): tf.Tensor4D => tf.fill([3, 3, CHANNELS, CHANNELS], value);

/** A convolution large enough to be computed by SIMD. */
function convolve(filter: tf.Tensor, height = 16): number {
  return tf.tidy(() => {
    const x = tf.ones<tf.Rank.R4>([1, height, 16, CHANNELS]);
    const y = tf.conv2d(x, filter as tf.Tensor4D, 1, "valid");
    return y.dataSync()[0]! / (9 * CHANNELS);
  });
}

test("a variable that is assigned to again and again takes the memory of one", () => {
  const variable = tf.tidy(() => tf.variable(filterOf(1)));
  expect(convolve(variable)).toBeCloseTo(1, 3);
  expect(memoryBytes(), "packed weights lie in WebAssembly memory").toBeGreaterThan(FILTER_BYTES);
  const taken = memoryBytes();
  const before = { ...tf.memory(), plans: plans().size };
  for (let value = 2; value <= 8; value++) {
    tf.tidy(() => variable.assign(filterOf(value)));
    expect(convolve(variable)).toBeCloseTo(value, 3);
  }
  expect({ ...tf.memory(), plans: plans().size }).toEqual(before);
  expect(memoryBytes()).toBeLessThanOrEqual(taken);
  variable.dispose();
  expect(plans().size).toBe(before.plans - 1);
});

test("filters that are disposed of leave their place to the next", () => {
  const once = (value: number): void => tf.tidy(() => void convolve(filterOf(value)));
  once(1);
  const [taken, kept, before] = [memoryBytes(), plans().size, tf.memory().numDataBuffers];
  for (let value = 2; value <= 8; value++) once(value);
  expect([memoryBytes(), plans().size, tf.memory().numDataBuffers]).toEqual([taken, kept, before]);
});

test("a backend that is taken away gives everything back", async () => {
  const filter = filterOf(1);
  convolve(filter);
  const store = plans();
  expect(store.size).toBeGreaterThan(0);
  await tf.setBackend("cpu");
  tf.removeBackend(BACKEND_NAME);
  expect(store.size).toBe(0);
});
