/**
 * Parts, concatenations, repetitions and sums of tensors on the WebAssembly backend: what the cpu backend gives, without copies in
 * between.
 *
 * @module
 */

import "@corr2d/tfjs";
import { seededRandom } from "@corr2d/testkit";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 }); // hundreds of tensors, each on two backends

beforeAll(async () => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
  await tf.setBackend("wasm");
});

async function onCpu(compute: () => tf.Tensor): Promise<unknown> {
  await tf.setBackend("cpu");
  const y = compute();
  const expected = { shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] };
  await tf.setBackend("wasm");
  return expected;
}

test("parts of tensors of any rank and type are those of the cpu backend", async () => {
  const numbers = seededRandom(1, "slices");
  for (let n = 0; n < 200; n++) {
    const shape = Array.from({ length: 1 + (n % 6) }, () => numbers.integer(1, 5));
    const begin = shape.map((size) => numbers.integer(0, size - 1));
    const size = shape.map((all, axis) => (numbers.integer(0, 3) === 0 ? -1 : numbers.integer(0, all - begin[axis]!)));
    const dtype = (["float32", "int32", "bool"] as const)[n % 3]!;
    const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (dtype === "bool" ? i % 2 : i));
    const part = () => tf.slice(tf.tensor(values, shape, dtype), begin, size);
    const y = part();
    expect({ shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] }, `${shape} ${begin} ${size}`).toEqual(
      await onCpu(part),
    );
  }
});

test("a long run is copied at once, a strided one run by run", async () => {
  const x = tf.reshape(tf.range(0, 4 * 50 * 60), [4, 50, 60]);
  for (const [begin, size] of [
    [[1], [2]],
    [
      [0, 3],
      [4, 40],
    ],
    [
      [0, 0, 5],
      [4, 50, 50],
    ],
    [
      [2, 10, 5],
      [1, 7, 40],
    ],
  ] as const) {
    const part = () => tf.slice(x, [...begin], [...size]);
    expect([...part().dataSync()]).toEqual(((await onCpu(part)) as { values: number[] }).values);
  }
});

test("nothing but the part is copied", () => {
  const x = tf.ones([1000, 100]);
  const copied = vi.spyOn(tf.backend() as unknown as { readSync(dataId: object): unknown }, "readSync");
  const part = tf.slice(x, [10, 0], [2, 100]);
  expect(copied).not.toHaveBeenCalled();
  copied.mockRestore();
  expect([...part.dataSync()]).toEqual(Array(200).fill(1));
});

test("strings are left to the backend", () => {
  expect(tf.slice(tf.tensor(["a", "b", "c", "d"], [2, 2]), [0, 1], [2, 1]).dataSync()).toEqual(["b", "d"]);
});

test("what reaches beyond the tensor is refused", () => {
  expect(() => tf.slice(tf.ones([3, 3]), [1, 1], [3, 1])).toThrow("would overflow");
});

test("a convolution that waits is computed for its part, and memory stays true", () => {
  const before = tf.memory();
  const sum = tf.tidy(() => {
    const y = tf.conv2d(tf.ones<tf.Rank.R4>([1, 6, 6, 4]), tf.ones([3, 3, 4, 8]), 1, "valid");
    return [...tf.slice(y, [0, 1, 1, 2], [1, 1, 2, 3]).dataSync()];
  });
  expect(sum).toEqual(Array(6).fill(36));
  expect(tf.memory()).toEqual(before);
});

test("tensors side by side, of any rank, axis and type, are those of the cpu backend", async () => {
  const numbers = seededRandom(2, "concat");
  for (let n = 0; n < 120; n++) {
    const shape = Array.from({ length: 1 + (n % 5) }, () => numbers.integer(1, 4));
    const axis = numbers.integer(0, shape.length - 1);
    const dtype = (["float32", "int32", "bool"] as const)[n % 3]!;
    const sizes = Array.from({ length: numbers.integer(1, 4) }, () => numbers.integer(0, n % 10 === 0 ? 70 : 3));
    const whole = () =>
      tf.concat(
        sizes.map((size, part) => {
          const own = shape.with(axis, size);
          const values = Array.from({ length: tf.util.sizeFromShape(own) }, (_, i) =>
            dtype === "bool" ? i % 2 : i + part,
          );
          return tf.tensor(values, own, dtype);
        }),
        axis - (n % 2 === 0 ? shape.length : 0),
      );
    const y = whole();
    expect({ shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] }, `${shape} ${axis} ${sizes}`).toEqual(
      await onCpu(whole),
    );
  }
  expect(tf.concat([tf.tensor(["a"]), tf.tensor(["b"])]).dataSync()).toEqual(["a", "b"]);
});

test("tensors that are repeated are those of the cpu backend", async () => {
  const numbers = seededRandom(3, "tile");
  for (let n = 0; n < 120; n++) {
    const shape = Array.from({ length: n % 6 }, () => numbers.integer(n % 20 === 0 ? 0 : 1, 4));
    const reps = shape.map(() => numbers.integer(n % 15 === 1 ? 0 : 1, 4));
    const dtype = (["float32", "int32", "bool"] as const)[n % 3]!;
    const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (dtype === "bool" ? i % 2 : i));
    const tiled = () => tf.tile(tf.tensor(values, shape as [number], dtype), reps);
    const y = tiled();
    expect({ shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] }, `${shape} ${reps}`).toEqual(
      await onCpu(tiled),
    );
  }
});

test("sums and means over any axes are those of the cpu backend", async () => {
  const numbers = seededRandom(4, "reduce");
  for (let n = 0; n < 200; n++) {
    const shape = Array.from({ length: 1 + (n % 5) }, () => numbers.integer(n % 20 === 0 ? 0 : 1, 4));
    const axes = shape.flatMap((_, axis) =>
      numbers.integer(0, 1) === 0 ? (n % 2 === 0 ? axis : axis - shape.length) : [],
    );
    const dtype = (["float32", "float32", "int32", "bool"] as const)[n % 4]!;
    const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
      dtype === "bool" ? i % 2 : (7 * i) % 5,
    );
    const reduce = n % 3 === 0 ? tf.mean : tf.sum;
    const reduced = () =>
      reduce(tf.tensor(values, shape, dtype), n % 7 === 0 ? undefined : axes.reverse(), n % 5 === 0);
    const y = reduced();
    const { values: expected, ...rest } = (await onCpu(reduced)) as { values: number[] };
    expect({ shape: y.shape, dtype: y.dtype }, `${shape} ${axes}`).toEqual(rest);
    for (const [i, value] of [...y.dataSync()].entries()) {
      if (Number.isNaN(expected[i])) expect(value).toBeNaN();
      else expect(value, `${shape} ${axes} ${i}`).toBeCloseTo(expected[i]!, 5);
    }
  }
});

test("a sum of many small values beside large ones is not lost in rounding", () => {
  const x = tf.concat([tf.fill([1, 4], 2 ** 24), tf.ones([1000, 4])]);
  expect([...tf.sum(x, 0).dataSync()]).toEqual(Array(4).fill(2 ** 24 + 1000));
});
