/**
 * Products of matrices and dense layers on either backend, beside the cpu backend's.
 *
 * @module
 */

import "@corr2d/tfjs";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { seededRandom } from "@corr2d/testkit";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Corr2dBackend } from "../src/backend.ts";
import { matmulKernels } from "../src/kernels/matmul.ts";
import { wasmHostOf } from "../src/wasm/install.ts";

beforeAll(() => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
});

function random<T extends tf.Tensor = tf.Tensor2D>(stream: string, shape: readonly number[]): T {
  const numbers = seededRandom(1, stream);
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => numbers.normal());
  return tf.tensor(values, shape as [number]) as tf.Tensor as T;
}

describe.each(["corr2d", "wasm"])("on the backend %s", (backendName) => {
  beforeEach(async () => {
    await tf.setBackend(backendName);
    tf.engine().startScope();
  });

  afterEach(() => {
    tf.engine().endScope();
  });

  const plans = () => (wasmHostOf(tf.backend()) ?? (tf.backend() as Corr2dBackend)).plans;

  /** What it gives here and on the cpu backend, and whether core computed it here. */
  async function expectAsOnCpu(compute: () => tf.Tensor | tf.Tensor[]): Promise<void> {
    const results = async (name: string) => {
      await tf.setBackend(name);
      return [compute()].flat().map((tensor) => ({ shape: tensor.shape, data: tensor.dataSync() }));
    };
    const [cpu, ours] = [await results("cpu"), await results(backendName)];
    expect(ours.map(({ shape }) => shape)).toEqual(cpu.map(({ shape }) => shape));
    for (const [i, { data }] of ours.entries())
      for (const [j, value] of data.entries())
        expect(Math.abs(value - cpu[i]!.data[j]!), `${i}, ${j}`).toBeLessThan(1e-3);
  }

  /** Plans that a computation leaves behind: those of products that core computed. */
  function planned(compute: () => tf.Tensor): number {
    const before = plans().size;
    compute().dataSync();
    return plans().size - before;
  }

  test.each([
    ["a · b", [40, 30], [30, 50], false, false],
    ["a · bᵀ", [40, 30], [50, 30], false, true],
    ["aᵀ · b", [30, 40], [30, 50], true, false],
    ["aᵀ · bᵀ", [30, 40], [50, 30], true, true],
    ["one row", [1, 300], [300, 200], false, false],
    ["one column", [300, 200], [200, 1], false, false],
    ["a small one", [3, 4], [4, 5], false, false],
    ["a batch with one b", [3, 20, 40], [40, 50], false, false],
    ["a batch with one bᵀ", [2, 3, 20, 40], [50, 40], false, true],
    ["batches of both", [3, 20, 40], [3, 40, 50], false, false],
    ["a batch of aᵀ", [3, 40, 20], [40, 50], true, false],
    ["one a with a batch", [20, 40], [3, 40, 50], false, false],
    ["a batch of one that broadcasts", [20, 40], [1, 1, 40, 50], false, false],
    ["nothing to sum", [40, 0], [0, 50], false, false],
  ] as const)("%s and its gradients", async (_, a, b, transposeA, transposeB) => {
    const [x, y] = [random("a", a), random("b", b)];
    await expectAsOnCpu(() => {
      const product = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB);
      const z = product(x, y);
      // TensorFlow.js's gradient has the shape of the broadcast batch, whose sum it leaves to the caller.
      if (a.length !== b.length || z.size === 0) return z;
      return [z, ...tf.grads(product)([x, y], random("dz", z.shape))];
    });
  });

  test.each(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const)(
    "a dense layer with %s",
    async (activation) => {
      const [x, w, bias] = [random("x", [40, 30]), random("w", [30, 50]), random<tf.Tensor1D>("bias", [50])];
      const slopes = activation === "prelu" ? { preluActivationWeights: random("slopes", [50]) } : {};
      await expectAsOnCpu(() => tf.fused.matMul({ a: x, b: w, bias, activation, leakyreluAlpha: 0.3, ...slopes }));
    },
  );

  test("core computes them if they are large, its plans going with b", () => {
    const [x, w] = [random("x", [64, 30]), random("w", [30, 50])];
    expect(planned(() => tf.matMul(x, w))).toBe(1);
    expect(planned(() => tf.matMul(x, w))).toBe(0);
    expect(planned(() => tf.fused.matMul({ a: x, b: w, activation: "relu" }))).toBe(1);
    expect(planned(() => tf.matMul(random("x", [64, 50]), w, false, true))).toBe(1);
    expect(planned(() => tf.matMul(random("x", [1, 30]), w))).toBe(0);
    expect(planned(() => tf.matMul(random("x", [9, 3]), random("w", [3, 5])))).toBe(0);
    const before = plans().size;
    w.dispose();
    expect(plans().size).toBe(before - 3);
  });

  test("sizes that do not match are refused as before", () => {
    expect(() => tf.matMul(random("a", [40, 30]), random("b", [40, 50]))).toThrow("inner shapes");
  });

  test("integers are the backend's", async () => {
    if (backendName === "wasm") {
      expect(() => tf.matMul(tf.ones([64, 64], "int32"), tf.ones([64, 64], "int32"))).toThrow("not yet supported");
    } else await expectAsOnCpu(() => tf.matMul(tf.ones([64, 64], "int32"), tf.ones([64, 64], "int32")));
  });
});

test("gradients with respect to filters stay prepared, but for those that are too many", async () => {
  await tf.setBackend("wasm");
  const store = wasmHostOf(tf.backend())!.plans;
  const made = vi.fn(() => ({ run: () => {}, [Symbol.dispose]: disposed }));
  const disposed = vi.fn();
  const weights = 2 ** 22;
  for (let n = 0; n < 8; n++) store.getShared(`test ${n}`, weights, made);
  store.getShared("test 1", weights, made);
  expect(made).toHaveBeenCalledTimes(8);
  const before = disposed.mock.calls.length;
  for (let n = 8; n < 14; n++) store.getShared(`test ${n}`, weights, made);
  expect(disposed.mock.calls.length - before).toBe(6);
  store.getShared("test 1", weights, made);
  expect(made).toHaveBeenCalledTimes(14);
  // One that alone is too large is kept as long as nothing else is asked for.
  store.getShared("large", 2 ** 26, made);
  expect(disposed).toHaveBeenCalledTimes(14);
  store.getShared("test 0", 1, made);
  expect(disposed).toHaveBeenCalledTimes(15);
  store.clear();
  expect(disposed).toHaveBeenCalledTimes(16);
  expect(matmulKernels).toHaveLength(2);
});
