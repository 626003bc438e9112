/**
 * Our kernels inside TensorFlow.js's WebAssembly backend: how they come there, and that they treat its heap as it wants.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import "@corr2d/tfjs"; // before the WebAssembly backend; registration.node.test.ts tries the other orders
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { ownKernelNames } from "@corr2d/tfjs";
import { wasmHostOf } from "../src/wasm/install.ts";

beforeAll(() => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
});

beforeEach(async () => {
  await tf.setBackend("wasm");
  tf.engine().startScope();
});

afterEach(() => {
  tf.engine().endScope();
});

const heapBytes = (): number => {
  const { wasm } = tf.backend() as unknown as { readonly wasm: { readonly HEAPU8: Uint8Array } };
  return wasm.HEAPU8.byteLength;
};
const plans = () => wasmHostOf(tf.backend())!.plans;

/** Values that a sum of few keeps exact. */
const counting = <T extends tf.Tensor = tf.Tensor4D>(shape: number[], modulus: number): T =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => i % modulus),
    shape,
  ) as tf.Tensor as T;

/** What a computation gives on a backend. */
async function on(backend: string, compute: () => tf.Tensor): Promise<number[]> {
  await tf.setBackend(backend);
  return [...tf.tidy(compute).dataSync()];
}

test("the kernels that the backend has of its own are exchanged, and those that it lacks are there", () => {
  for (const name of ownKernelNames) expect(tf.getKernel(name, "wasm"), name).toBeDefined();
});

describe("both backends in one program", () => {
  test("give the same, in turns, on the same tensors", async () => {
    const [x, w] = [counting([2, 9, 9, 4], 7), counting([3, 3, 4, 8], 5)];
    const compute = () => tf.conv2d(x, w, 2, "same");
    const first = await on("wasm", compute);
    expect(await on("corr2d", compute)).toEqual(first);
    expect(await on("cpu", compute)).toEqual(first);
    expect(await on("wasm", compute)).toEqual(first);
  });

  test("a filter and its bias that lie on another backend are fetched before any view of the heap is taken", {
    timeout: 60_000,
  }, async () => {
    // So large that fetching the one grows the heap under a view of the other.
    const channels = 1024;
    await tf.setBackend("cpu");
    const x = counting([1, 3, 3, channels], 3);
    const filter = counting([3, 3, channels, channels], 2);
    const bias = counting<tf.Tensor1D>([channels], 11);
    const compute = () => tf.fused.conv2d({ x, filter, strides: 1, pad: "valid", bias, activation: "relu" });
    await tf.setBackend("wasm");
    const before = heapBytes();
    const y = await on("wasm", compute);
    expect(heapBytes()).toBeGreaterThan(before);
    expect(y).toEqual(await on("corr2d", compute));
  });
});

test("an output for which the heap must grow leaves no stale view of the input", () => {
  const before = heapBytes();
  const x = counting([1, 64, 64, 8], 9);
  const kept: tf.Tensor[] = [];
  const expected = tf.conv2d(x, tf.ones([1, 1, 8, 1]), 1, "valid").dataSync();
  const filter = tf.ones<tf.Rank.R4>([1, 1, 8, 64]);
  // A megabyte each.
  for (let n = 0; heapBytes() === before || n < 3; n++) {
    const y = tf.conv2d(x, filter, 1, "valid");
    kept.push(y);
    expect(tf.slice(y, 0, [1, 64, 64, 1]).dataSync()).toEqual(expected);
    expect(n).toBeLessThan(5000);
  }
});

test("a clone shares the data and is counted", () => {
  const x = counting([1, 4, 4, 2], 3);
  const values = x.dataSync();
  const before = tf.memory();
  const clone = tf.clone(x);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  x.dispose();
  expect(clone.dataSync()).toEqual(values);
  clone.dispose();
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers - 1);
  expect(tf.clone(tf.tensor(["a", "b"])).dataSync()).toEqual(["a", "b"]);
});

test("what is packed lies in the backend's heap, and every byte is given back", () => {
  const { wasm } = tf.backend() as unknown as { readonly wasm: Record<"_malloc" | "_free", (n: number) => number> };
  const { _malloc, _free } = wasm;
  const living = new Map<number, number>();
  const packed = () => [...living.values()].filter((bytes) => bytes > 4 * 9 * 32 * 64);
  try {
    wasm._malloc = (bytes) => {
      const address = _malloc(bytes);
      living.set(address, bytes);
      return address;
    };
    wasm._free = (address) => {
      living.delete(address);
      return _free(address);
    };
    const step = () => {
      const [x, w] = [counting([1, 6, 6, 32], 5), tf.variable(counting([3, 3, 32, 64], 3))];
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.conv2d(x, w, 1, "same")) as tf.Scalar, [w]);
      expect(packed().length).toBeGreaterThan(0);
      tf.dispose([value, grads]);
      w.dispose();
    };
    step(); // takes scratch, which stays
    const before = living.size;
    for (let n = 0; n < 5; n++) tf.tidy(step);
    expect(living.size).toBe(before);
  } finally {
    Object.assign(wasm, { _malloc, _free });
  }
});

test("plans go with their data, and all of them with the backend", async () => {
  const [x, w] = [counting([1, 5, 5, 2], 4), counting([3, 3, 2, 2], 3)];
  const before = plans().size;
  tf.conv2d(x, w, 1, "valid").dataSync();
  const kept = tf.clone(w);
  w.dispose();
  expect(plans().size).toBe(before + 1);
  kept.dispose();
  expect(plans().size).toBe(before);

  tf.conv2d(x, counting([3, 3, 2, 2], 3), 1, "valid").dataSync();
  const store = plans();
  expect(store.size).toBeGreaterThan(0);
  await tf.setBackend("corr2d"); // takes x with it
  expect([...x.dataSync()]).toHaveLength(50);
  tf.engine().endScope();
  const factory = tf.findBackendFactory("wasm");
  tf.removeBackend("wasm");
  expect(store.size).toBe(0);
  // Registered again it is another backend, with our kernels.
  tf.registerBackend("wasm", factory);
  await tf.setBackend("wasm");
  tf.engine().startScope();
  expect(plans()).not.toBe(store);
  expect([...tf.conv2d(tf.ones<tf.Rank.R4>([1, 2, 2, 1]), tf.ones([2, 2, 1, 1]), 1, "valid").dataSync()]).toEqual([4]);
  expect(plans().size).toBe(1);
});

describe("what is no float32", () => {
  const attrs = { strides: 1, pad: "valid", dataFormat: "NHWC", dilations: 1 };
  const convolve = (inputs: tf.NamedTensorMap) => tf.engine().runKernel(tf.Conv2D, inputs, attrs) as tf.Tensor;

  test.each(["int32", "bool"] as const)("%s is computed as on the cpu backend", async (dtype) => {
    const inputs = { x: tf.ones([1, 3, 3, 1], dtype), filter: tf.ones([2, 2, 1, 1], dtype) };
    const expected = await on("cpu", () => convolve(inputs));
    expect(await on("wasm", () => convolve(inputs))).toEqual(expected);
    expect(await on("corr2d", () => convolve(inputs))).toEqual(expected);
    await tf.setBackend("wasm");
    expect(convolve(inputs).dtype).toBe(dtype);
  });
});

test("the layout that the backend's own kernel refuses", async () => {
  const compute = () => tf.conv2d(counting<tf.Tensor4D>([1, 3, 6, 5], 7), counting([3, 3, 3, 2], 5), 1, "same", "NCHW");
  expect(await on("wasm", compute)).toEqual(await on("cpu", compute));
});
