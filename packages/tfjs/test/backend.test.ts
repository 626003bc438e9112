/**
 * Our kernels, on either backend that they are on, beside those of TensorFlow.js's cpu backend, and what is kept.
 *
 * @module
 */

import "@corr2d/tfjs";
import { seededRandom } from "@corr2d/testkit";
import { BACKEND_NAME, ownKernelNames, registerBackend } from "@corr2d/tfjs";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Corr2dBackend } from "../src/backend.ts";
import type { PlanStore } from "../src/plans.ts";
import type { WasmBackend } from "../src/wasm/backend.ts";
import { wasmHostOf } from "../src/wasm/install.ts";
import { CONVOLUTION_KERNELS } from "./specs/kernel-calls.ts";

beforeAll(() => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
});

function random<T extends tf.Tensor = tf.Tensor4D>(stream: string, shape: readonly number[]): T {
  const numbers = seededRandom(1, stream);
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => numbers.normal());
  return tf.tensor(values, shape as [number]) as tf.Tensor as T;
}

interface Result {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Equal but for rounding: sums here have at most some hundred terms of the order of one. */
function expectClose(ours: readonly Result[], cpu: readonly Result[]): void {
  expect(ours.map(({ shape }) => shape)).toEqual(cpu.map(({ shape }) => shape));
  for (const [i, { data }] of ours.entries()) {
    for (let j = 0; j < data.length; j++)
      expect(Math.abs(data[j]! - cpu[i]!.data[j]!), `${i}, ${j}`).toBeLessThan(1e-4);
  }
}

/** y and all gradients of Σ y · dy, for a function of tensors. */
function valueAndGradients(f: (...xs: tf.Tensor[]) => tf.Tensor, ...xs: tf.Tensor[]): tf.Tensor[] {
  const y = f(...xs);
  return [y, ...tf.grads(f)(xs, random("dy", y.shape))];
}

describe.each([BACKEND_NAME, "wasm"])("on the backend %s", (backendName) => {
  beforeEach(async () => {
    await tf.setBackend(backendName);
    tf.engine().startScope();
  });

  afterEach(() => {
    tf.engine().endScope();
  });

  const plans = (): PlanStore => (wasmHostOf(tf.backend()) ?? (tf.backend() as Corr2dBackend)).plans;

  /** What `compute` gives on each backend. */
  async function onBoth(compute: () => tf.Tensor | tf.Tensor[]): Promise<{ ours: Result[]; cpu: Result[] }> {
    const results = async (name: string): Promise<Result[]> => {
      await tf.setBackend(name);
      return [compute()]
        .flat()
        .map((tensor) => ({ shape: tensor.shape, data: tensor.dataSync().slice() as Float32Array }));
    };
    return { cpu: await results("cpu"), ours: await results(backendName) };
  }

  describe("forward and gradients are those of the cpu backend", () => {
    const x = () => random("x", [2, 9, 8, 3]);
    const w = () => random("w", [3, 2, 3, 5]);
    const perChannel = () => random("depthwise", [3, 3, 3, 2]);
    type Conv = (...xs: never[]) => tf.Tensor;
    const cases: readonly (readonly [string, Conv, () => tf.Tensor[]])[] = [
      ["conv2d, valid", (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, "valid"), () => [x(), w()]],
      ["conv2d, same, stride 2", (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 2, "same"), () => [x(), w()]],
      ["conv2d, strides [2, 3]", (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, [2, 3], "same"), () => [x(), w()]],
      [
        "conv2d, explicit padding",
        (x: tf.Tensor4D, w: tf.Tensor4D) =>
          tf.conv2d(x, w, 1, [
            [0, 0],
            [1, 2],
            [0, 1],
            [0, 0],
          ]),
        () => [x(), w()],
      ],
      [
        "conv2d, a number that is wrong for this filter",
        (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, 1),
        () => [x(), w()],
      ],
      [
        "conv2d, channels first",
        (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(tf.transpose(x, [0, 3, 1, 2]), w, 1, "same", "NCHW"),
        () => [x(), w()],
      ],
      [
        "convTranspose2d",
        (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2dTranspose(x, w, [2, 18, 16, 4], 2, "same"),
        () => [x(), random("transposed", [3, 3, 4, 3])],
      ],
      [
        "conv1d",
        (x: tf.Tensor3D, w: tf.Tensor3D) => tf.conv1d(x, w, 2, "same"),
        () => [random("x", [2, 11, 3]), random("w", [4, 3, 2])],
      ],
      [
        "depthwiseConv2d, multiplier 2",
        (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 1, "same"),
        () => [x(), perChannel()],
      ],
      [
        "depthwiseConv2d, stride 2",
        (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 2, "valid"),
        () => [x(), perChannel()],
      ],
      [
        "separableConv2d",
        (x: tf.Tensor4D, d: tf.Tensor4D, p: tf.Tensor4D) => tf.separableConv2d(x, d, p, 1, "same"),
        () => [x(), perChannel(), random("pointwise", [1, 1, 6, 4])],
      ],
      [
        "conv3d",
        (x: tf.Tensor5D, w: tf.Tensor5D) => tf.conv3d(x, w, [1, 2, 1], "same"),
        () => [random("x", [2, 4, 5, 6, 2]), random("w", [3, 2, 3, 2, 4])],
      ],
      [
        "conv3d, a stride beyond the kernel, which TensorFlow.js pads by less than nothing",
        (x: tf.Tensor5D, w: tf.Tensor5D) => tf.conv3d(x, w, 3, "same"),
        () => [random("x", [1, 5, 5, 5, 2]), random("w", [1, 1, 1, 2, 3])],
      ],
    ];
    test.each(cases)("%s", async (_, f, inputs) => {
      const { ours, cpu } = await onBoth(() => valueAndGradients(f as (...xs: tf.Tensor[]) => tf.Tensor, ...inputs()));
      expectClose(ours, cpu);
    });

    test("conv2d, dilated (which has no gradient there)", async () => {
      const { ours, cpu } = await onBoth(() => tf.conv2d(x(), w(), 1, "same", "NHWC", [2, 3]));
      expectClose(ours, cpu);
    });
  });

  describe("fused kernels", () => {
    const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const;
    const fused = (options: object, input = [2, 6, 5, 3]) =>
      tf.fused.conv2d({
        x: random<tf.Tensor4D>("x", input),
        filter: random("w", [3, 3, 3, 4]),
        strides: 1,
        pad: "same",
        ...options,
      });

    test.each(activations)("a bias and %s", async (activation) => {
      const prelu = (shape: number[]) =>
        activation === "prelu" ? { preluActivationWeights: random("alpha", shape) } : {};
      const options = { activation, leakyreluAlpha: 0.3 };
      const { ours, cpu } = await onBoth(() => [
        fused({ ...options, bias: random("bias", [4]), ...prelu([4]) }),
        fused({ ...options, bias: tf.scalar(0.5), ...prelu([1, 1, 4]) }),
        fused({ ...options, ...prelu([6, 5, 4]) }),
        fused({ ...options, bias: random("bias", [4]), ...prelu([4]), dataFormat: "NCHW" }, [2, 3, 6, 5]),
        tf.fused.depthwiseConv2d({
          x: random("x", [2, 6, 5, 3]),
          filter: random("w", [3, 3, 3, 2]),
          strides: 1,
          pad: "valid",
          bias: random("bias", [6]),
          ...options,
          ...prelu([6]),
        }),
      ]);
      expectClose(ours, cpu);
    });

    test("an unknown activation is refused by name", () => {
      expect(() => fused({ activation: "tanh" })).toThrow(
        new RangeError(
          "FusedConv2D: activation must be one of linear, relu, relu6, elu, sigmoid, leakyrelu, prelu, got tanh",
        ),
      );
    });
  });

  describe("the gradient of the maximum over windows has the bits of the cpu backend's", () => {
    const picture = () => random("x", [2, 9, 8, 3]);
    const cases: readonly (readonly [string, (x: tf.Tensor4D) => tf.Tensor, () => tf.Tensor])[] = [
      ["2 × 2", (x) => tf.maxPool(x, 2, 2, "valid"), picture],
      ["windows that overlap", (x) => tf.maxPool(x, [3, 2], [2, 1], "same"), picture],
      ["padding, rounded up", (x) => tf.maxPool(x, 3, 2, 1, "ceil"), picture],
      ["maxima that stand twice", (x) => tf.maxPool(x, 3, 1, "same"), () => tf.round(picture())],
      [
        "NaN and infinities",
        (x) => tf.maxPool(x, 2, 2, "same"),
        () => tf.div(tf.round(picture()), tf.round(random("y", [2, 9, 8, 3]))),
      ],
    ];
    test.each(cases)("%s", async (_, f, input) => {
      const gradient = () => valueAndGradients((x) => f(x as tf.Tensor4D), input()).slice(1);
      const { ours, cpu } = await onBoth(gradient);
      expect(ours).toEqual(cpu);
    });
  });

  test("rounding up: the gradient sees every cell of the output, which the cpu backend's does not", () => {
    const f = (x: tf.Tensor4D): tf.Tensor4D => tf.conv2d(x, tf.ones([2, 2, 1, 1]), 2, 0, "NHWC", 1, "ceil");
    const x = random("x", [1, 5, 5, 1]);
    const y = f(x);
    expect(y.shape).toEqual([1, 3, 3, 1]);
    const dx = tf.grad(f as (x: tf.Tensor) => tf.Tensor)(x, tf.onesLike(y));
    // No two windows overlap, so every input cell counts once.
    expect([...dx.dataSync()]).toEqual(Array(25).fill(1));
  });

  test("a depthwise convolution with channels first, which the cpu backend takes for channels last", () => {
    const [x, w] = [random("x", [1, 6, 5, 3]), random("w", [3, 3, 3, 2])];
    const y = tf.depthwiseConv2d(tf.transpose(x, [0, 3, 1, 2]) as tf.Tensor4D, w, 1, "same", "NCHW");
    const expected = tf.depthwiseConv2d(x, w, 1, "same");
    expect(y.shape).toEqual([1, 6, 6, 5]);
    const apart = tf.max(tf.abs(tf.sub(tf.transpose(y, [0, 2, 3, 1]), expected))).dataSync()[0];
    expect(apart).toBeLessThan(1e-5);
  });

  describe("what core has no convolution for is left to the cpu backend", () => {
    test("integers", () => {
      const attrs = { strides: 1, pad: "valid", dataFormat: "NHWC", dilations: 1 };
      const inputs = { x: tf.ones([1, 3, 3, 1], "int32"), filter: tf.ones([2, 2, 1, 1], "int32") };
      const y = tf.engine().runKernel(tf.Conv2D, inputs, attrs) as tf.Tensor;
      expect([y.dtype, [...y.dataSync()]]).toEqual(["int32", [4, 4, 4, 4]]);
    });

    test("an empty batch", () => {
      expect(tf.conv2d(tf.zeros<tf.Rank.R4>([0, 3, 3, 1]), tf.ones([2, 2, 1, 1]), 1, "valid").shape).toEqual([
        0, 2, 2, 1,
      ]);
    });
  });

  describe("packed weights", () => {
    const x = () => random("x", [1, 6, 6, 2]);
    /** A variable that alone holds its data. */
    const variable = () => tf.tidy(() => tf.variable(random("w", [3, 3, 2, 4])));
    const convolve = (w: tf.Tensor, input = x()): tf.Tensor => {
      const y = tf.conv2d(input, w as tf.Tensor4D, 1, "valid");
      y.dataSync(); // computed when it is asked for
      return y;
    };

    test("are packed once for a variable and shape", () => {
      const w = variable();
      const before = plans().size;
      convolve(w);
      expect(plans().size).toBe(before + 1);
      convolve(w);
      expect(plans().size).toBe(before + 1);
      convolve(w, random("x", [1, 7, 7, 2]));
      expect(plans().size).toBe(before + 2);
      w.dispose();
      expect(plans().size).toBe(before);
    });

    test("are packed anew when the variable is assigned to", () => {
      const [first, second] = [random("first", [3, 3, 2, 4]), random("second", [3, 3, 2, 4])];
      const w = tf.variable(first);
      convolve(w);
      const before = plans().size;
      w.assign(second);
      expect([...convolve(w).dataSync()]).toEqual([...convolve(second).dataSync()]);
      w.assign(first);
      expect([...convolve(w).dataSync()]).toEqual([...convolve(first).dataSync()]);
      expect(plans().size).toBe(before + 1);
      w.dispose();
    });

    test("are packed anew when a fused bias changes", () => {
      const filter = random("w", [3, 3, 2, 4]);
      const fused = (bias: tf.Tensor) => tf.fused.conv2d({ x: x(), filter, strides: 1, pad: "valid", bias });
      const difference = tf.sub(fused(tf.fill([4], 2)), fused(tf.fill([4], 1)));
      for (const value of difference.dataSync()) expect(value).toBeCloseTo(1, 5);
    });

    test("stay what they were when values are changed in place, while x is read anew", () => {
      const values = (tensor: tf.Tensor): Float32Array =>
        backendName === "wasm"
          ? ((tf.backend() as unknown as WasmBackend).typedArrayFromHeap(tensor) as Float32Array)
          : (tensor.dataSync() as Float32Array);
      const [w, input] = [variable(), x()];
      const before = convolve(w, input).dataSync();
      const given = w.dataSync();
      values(w).fill(0);
      expect(convolve(w, input).dataSync()).toEqual(before);
      // What the WebAssembly backend gives is a copy.
      expect(given.every((value) => value === 0)).toBe(backendName !== "wasm");
      values(input).fill(0);
      expect(convolve(w, input).dataSync()).toEqual(new Float32Array(before.length));
      w.dispose();
    });

    test("serve a filter that is asked for in many ways, in turns, with lists that are changed in between", async () => {
      const strides: [number, number] = [1, 1];
      const [image, filter] = [random("x", [1, 9, 9, 2]), random("w", [3, 3, 2, 2])];
      const ways = (): tf.Tensor[] => {
        const results: tf.Tensor[] = [];
        for (let turn = 0; turn < 2; turn++) {
          for (const [rows, columns] of [
            [1, 1],
            [2, 1],
            [1, 2],
          ] as const) {
            [strides[0], strides[1]] = [rows, columns];
            results.push(tf.conv2d(image, filter, strides, "same"), tf.conv2d(image, filter, strides, "valid"));
            results.push(tf.depthwiseConv2d(image, filter, strides, "same"), tf.conv2d(image, filter, strides, 1));
          }
          results.push(tf.conv2d(image, filter, 1, "same", "NHWC", 2), tf.conv2d(image, filter, 1, "same", "NHWC", 3));
          results.push(tf.conv2d(image, tf.reshape(filter, [3, 1, 2, 6]), 1, "same"));
          results.push(
            tf.conv2d(image, filter, 2, 0, "NHWC", 1, "floor"),
            tf.conv2d(image, filter, 2, 0, "NHWC", 1, "ceil"),
          );
        }
        return results;
      };
      const { ours, cpu } = await onBoth(ways);
      expectClose(ours, cpu);
    });

    test("of many shapes: the oldest go", () => {
      const w = variable();
      const before = plans().size;
      for (let size = 3; size < 40; size++) convolve(w, tf.zeros<tf.Rank.R4>([1, size, size, 2]));
      expect(plans().size - before).toBeLessThan(10);
      w.dispose();
    });

    test("leave no data behind", () => {
      const before = { ...tf.memory(), plans: plans().size };
      tf.tidy(() => {
        valueAndGradients(
          (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
          x(),
          random("w", [3, 3, 2, 4]),
        );
      });
      const after = { ...tf.memory(), plans: plans().size };
      expect(after).toEqual(before);
    });
  });
});

describe("registration", () => {
  beforeEach(() => tf.setBackend(BACKEND_NAME));

  test("every kernel of the cpu backend is there, and some of them are ours", () => {
    const kernelOf = (name: string, on: string) => tf.getKernel(name, on).kernelFunc;
    for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
      const same = kernelOf(kernelName, BACKEND_NAME) === kernelOf(kernelName, "cpu");
      expect(same, kernelName).toBe(!ownKernelNames.includes(kernelName));
    }
    expect(ownKernelNames).toEqual(expect.arrayContaining([...CONVOLUTION_KERNELS]));
  });

  test("a backend that was removed can be registered again", async () => {
    registerBackend(); // there already: nothing happens
    await tf.setBackend("cpu");
    tf.removeBackend(BACKEND_NAME);
    await expect(async () => tf.setBackend(BACKEND_NAME)).rejects.toThrow("not found in registry");
    registerBackend();
    expect(await tf.setBackend(BACKEND_NAME)).toBe(true);
    expect(tf.conv2d(tf.ones<tf.Rank.R4>([1, 2, 2, 1]), tf.ones([2, 2, 1, 1]), 1, "valid").dataSync()[0]).toBe(4);
  });

  test("data moves between backends", async () => {
    const x = tf.ones<tf.Rank.R4>([1, 3, 3, 1]);
    await tf.setBackend("cpu");
    const y = tf.conv2d(x, tf.ones([2, 2, 1, 1]), 1, "valid");
    await tf.setBackend(BACKEND_NAME);
    expect([...tf.conv2d(y, tf.ones([2, 2, 1, 1]), 1, "valid").dataSync()]).toEqual([16]);
  });
});
