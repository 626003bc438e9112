/**
 * Kernels of the WebAssembly backend that were exchanged, on values that computing must not lose: NaN, infinities, a negative zero,
 * the largest and the least of float32; on integers; and on what holds nothing.
 *
 * @module
 */

import "@corr2d/tfjs";
import { seededRandom } from "@corr2d/testkit";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { beforeAll, describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 30_000 }); // on two backends

beforeAll(() => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
});

const LARGEST = 3.4028234663852886e38;
const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 2 ** -149];

/** Normal numbers, of which a tenth are special ones. */
function mixed<T extends tf.Tensor = tf.Tensor4D>(stream: string, shape: number[], special = SPECIAL): T {
  const numbers = seededRandom(1, stream);
  const draw = () =>
    numbers.integer(0, 9) === 0 ? special[numbers.integer(0, special.length - 1)]! : numbers.normal();
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, draw), shape) as tf.Tensor as T;
}

const counting = <T extends tf.Tensor = tf.Tensor4D>(shape: number[], dtype: tf.DataType): T =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (dtype === "bool" ? i % 2 : i - 7)),
    shape,
    dtype,
  ) as tf.Tensor as T;

interface Result {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

async function on(backend: string, compute: () => tf.Tensor): Promise<Result> {
  await tf.setBackend(backend);
  return tf.tidy(() => {
    const y = compute();
    return { shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] };
  });
}

/** The same to the bit, or but for rounding: then infinities and NaN stand in the same places. */
async function expectAsOnCpu(compute: () => tf.Tensor, exact: boolean): Promise<void> {
  const [ours, cpu] = [await on("wasm", compute), await on("cpu", compute)];
  if (exact) {
    expect(ours).toEqual(cpu);
    return;
  }
  expect({ ...ours, values: [] }).toEqual({ ...cpu, values: [] });
  for (const [i, value] of ours.values.entries()) {
    const expected = cpu.values[i]!;
    if (!Number.isFinite(expected)) expect(value, `${i}`).toBe(expected);
    else
      expect(Math.abs(value - expected), `${i}: ${value}, ${expected}`).toBeLessThanOrEqual(
        1e-5 * (1 + Math.abs(expected)),
      );
  }
}

const image = () => mixed("image", [2, 5, 6, 3], [...SPECIAL, LARGEST, -LARGEST]);

describe("copies have the bits", () => {
  test.each<[string, () => tf.Tensor]>([
    ["slice", () => tf.slice(image(), [0, 1, 2, 0], [2, 3, 3, 2])],
    ["concat", () => tf.concat([image(), mixed("other", [2, 5, 1, 3]), image()], 2)],
    ["stack", () => tf.stack([image(), image()], 1)],
    ["tile", () => tf.tile(image(), [1, 2, 1, 3])],
    ["clone", () => tf.clone(image())],
    [
      "pad",
      () =>
        tf.pad(image(), [
          [0, 0],
          [1, 0],
          [0, 2],
          [0, 0],
        ]),
    ],
    [
      "pad with a value",
      () =>
        tf.pad(
          image(),
          [
            [0, 1],
            [1, 0],
            [0, 2],
            [0, 0],
          ],
          Number.NaN,
        ),
    ],
  ])("%s", (_, compute) => expectAsOnCpu(compute, true));
});

describe("sums keep infinities and NaN in their places", () => {
  // Beside the largest values a sum of float32 may be infinite where one of float64 is not.
  const x = () => mixed("x", [2, 5, 6, 3]);
  const few = [Number.NaN, Number.POSITIVE_INFINITY];
  test.each<[string, () => tf.Tensor]>([
    ["sum over rows and columns", () => tf.sum(image(), [1, 2])],
    ["mean over rows and columns", () => tf.mean(x(), [1, 2])],
    ["mean over all but channels", () => tf.mean(x(), [0, 1, 2], true)],
    ["sum over channels", () => tf.sum(x(), -1)],
    ["matMul", () => tf.matMul(mixed("a", [40, 30], few), mixed("b", [30, 50], few))],
    ["matMul, b transposed", () => tf.matMul(mixed("a", [40, 30], few), mixed("b", [50, 30], few), false, true)],
    ["matMul, a transposed", () => tf.matMul(mixed("a", [30, 40], few), mixed("b", [30, 50], few), true)],
    [
      "a dense layer with relu",
      () =>
        tf.fused.matMul({
          a: mixed("a", [40, 30], few),
          b: mixed("b", [30, 50], few),
          bias: mixed("bias", [50], few),
          activation: "relu",
        }),
    ],
    [
      "conv2d, odd padding",
      () =>
        tf.conv2d(
          x(),
          mixed("w", [2, 4, 3, 5], []),
          [2, 1],
          [
            [0, 0],
            [1, 0],
            [0, 3],
            [0, 0],
          ],
        ),
    ],
    ["depthwiseConv2d, same, stride 2", () => tf.depthwiseConv2d(x(), mixed("w", [3, 2, 3, 2], []), 2, "same")],
  ])("%s", (_, compute) => expectAsOnCpu(compute, false));
});

describe.each(["int32", "bool"] as const)("%s", (dtype) => {
  test.each<[string, () => tf.Tensor]>([
    ["slice", () => tf.slice(counting([2, 5, 6, 3], dtype), [0, 1, 2, 0], [2, 3, 3, 2])],
    ["concat", () => tf.concat([counting([2, 5, 6, 3], dtype), counting([2, 5, 1, 3], dtype)], 2)],
    ["tile", () => tf.tile(counting([2, 5, 2, 3], dtype), [1, 2, 1, 3])],
    ["sum", () => tf.sum(counting([2, 5, 6, 3], dtype), [0, 1])],
    ["mean", () => tf.mean(counting([2, 5, 6, 3], dtype), [1, 2])],
    [
      "pad",
      () =>
        tf.pad(counting([2, 5, 6, 3], dtype), [
          [0, 0],
          [1, 0],
          [0, 2],
          [0, 0],
        ]),
    ],
  ])("%s", (_, compute) => expectAsOnCpu(compute, false));
});

describe("of no images", () => {
  const none = (shape: number[] = [0, 5, 6, 3]) => tf.zeros<tf.Rank.R4>(shape as [number, number, number, number]);
  const filter = () => counting([3, 3, 3, 4], "float32");
  test.each<[string, () => tf.Tensor]>([
    ["conv2d", () => tf.conv2d(none(), filter(), 1, "same")],
    ["conv2d and relu", () => tf.relu(tf.conv2d(none(), filter(), 2, "valid"))],
    ["conv2d, batch norm", () => tf.batchNorm(tf.conv2d(none(), filter(), 1, "same"), tf.zeros([4]), tf.ones([4]))],
    [
      "fused.conv2d",
      () => tf.fused.conv2d({ x: none(), filter: filter(), strides: 1, pad: "same", bias: tf.ones([4]) }),
    ],
    ["depthwiseConv2d", () => tf.depthwiseConv2d(none(), counting([3, 3, 3, 2], "float32"), 1, "same")],
    [
      "pad",
      () =>
        tf.pad(none(), [
          [0, 0],
          [1, 0],
          [0, 2],
          [0, 0],
        ]),
    ],
    [
      "pad and conv2d",
      () =>
        tf.conv2d(
          tf.pad(none(), [
            [0, 0],
            [1, 0],
            [0, 2],
            [0, 0],
          ]),
          filter(),
          1,
          "valid",
        ),
    ],
    ["matMul", () => tf.matMul(tf.zeros([0, 30]), tf.ones([30, 50]))],
    ["sum over images", () => tf.sum(none(), 0)],
    ["sum over everything", () => tf.sum(none())],
    ["sum over channels", () => tf.sum(none(), -1)],
    ["sum over no rows", () => tf.sum(none([2, 0, 6, 3]), [1, 2])],
    ["mean over images", () => tf.mean(none(), 0)],
    ["mean over rows and columns", () => tf.mean(none(), [1, 2])],
    ["concat", () => tf.concat([none(), none([2, 5, 6, 3])], 0)],
    ["slice", () => tf.slice(none(), [0, 1, 1, 0], [0, 2, 2, 3])],
    ["tile", () => tf.tile(none(), [2, 1, 2, 1])],
  ])("%s", (_, compute) => expectAsOnCpu(compute, true));
});
