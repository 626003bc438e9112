/**
 * Convolutions in the WebAssembly backend wait until their values are asked for, and take the norm and the activation behind
 * them along. Nobody must be able to tell, but by the time it takes.
 *
 * @module
 */

import "@corr2d/tfjs";
import { seededRandom } from "@corr2d/testkit";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-layers"; // registers the gradients
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { wasmHostOf } from "../src/wasm/install.ts";

vi.setConfig({ testTimeout: 60_000 }); // two backends compute, and the heap is made to grow

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

const plans = () => wasmHostOf(tf.backend())!.plans.size;
/** Whether nothing has been computed of it yet. */
const isWaiting = (y: tf.Tensor): boolean => {
  let isAsked = false;
  wasmHostOf(tf.backend())!.continueStep(y, () => {
    isAsked = true;
    return undefined;
  });
  return isAsked;
};
const dataIds = () => tf.backend().numDataIds();

function random<T extends tf.Tensor>(stream: string, shape: readonly number[], of = (value: number) => value): T {
  const numbers = seededRandom(1, stream);
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => of(numbers.normal()));
  return tf.tensor(values, [...shape] as [number]) as tf.Tensor as T;
}

const CHANNELS = 6;
const picture = () => random<tf.Tensor4D>("x", [2, 7, 6, 3]);
const filters = () => random<tf.Tensor4D>("w", [3, 3, 3, CHANNELS]);
const statistics = (variance: (value: number) => number = (value) => 0.5 + value ** 2) => ({
  mean: random<tf.Tensor1D>("mean", [CHANNELS]),
  variance: random<tf.Tensor1D>("variance", [CHANNELS], variance),
  offset: random<tf.Tensor1D>("offset", [CHANNELS]),
  scale: random<tf.Tensor1D>("scale", [CHANNELS]),
});
/** Of the shape that a picture has after a convolution; its last values do not fill a vector. */
const another = (stream = "another") => random<tf.Tensor4D>(stream, [2, 7, 6, CHANNELS]);
const perChannel = (stream = "values") => random<tf.Tensor1D>(stream, [CHANNELS]);
const convolve = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, "same");
const normalise = (y: tf.Tensor4D, { mean, variance, offset, scale }: Partial<ReturnType<typeof statistics>>) =>
  tf.batchNorm(y, mean!, variance!, offset, scale);

/** What it gives on this backend, and on the cpu backend, which computes everything at once. */
async function onBoth(compute: () => tf.Tensor): Promise<{ ours: Float32Array; cpu: Float32Array }> {
  const on = async (backend: string): Promise<Float32Array> => {
    await tf.setBackend(backend);
    return tf.tidy(compute).dataSync().slice() as Float32Array;
  };
  const cpu = await on("cpu");
  return { cpu, ours: await on("wasm") };
}

/** Equal but for rounding; infinities and NaN in the same places. */
function expectClose({ ours, cpu }: { readonly ours: Float32Array; readonly cpu: Float32Array }): void {
  expect(ours).toHaveLength(cpu.length);
  const scale = cpu.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
  for (const [i, value] of cpu.entries()) {
    if (Number.isFinite(value))
      expect(Math.abs(ours[i]! - value) / scale, `${i}: ${ours[i]}, ${value}`).toBeLessThan(1e-5);
    else expect(ours[i], String(i)).toBe(value);
  }
}

describe("a norm and an activation behind a convolution give what they give one after the other", () => {
  const cases: readonly (readonly [name: string, compute: () => tf.Tensor])[] = [
    ["norm", () => normalise(convolve(picture(), filters()), statistics())],
    [
      "norm without scale and offset",
      () => {
        const { mean, variance } = statistics();
        return normalise(convolve(picture(), filters()), { mean, variance });
      },
    ],
    ["norm and relu", () => tf.relu(normalise(convolve(picture(), filters()), statistics()))],
    ["norm and relu6", () => tf.relu6(normalise(convolve(picture(), filters()), statistics()))],
    ["norm and leakyRelu", () => tf.leakyRelu(normalise(convolve(picture(), filters()), statistics()), 0.3)],
    [
      "relu and clip, as a layer of relu with a largest value does",
      () => tf.clipByValue(tf.relu(normalise(convolve(picture(), filters()), statistics())), 0, 6),
    ],
    ["a clip that is no relu6", () => tf.clipByValue(convolve(picture(), filters()), -1, 6)],
    ["a clip of what is clipped", () => tf.clipByValue(tf.relu6(convolve(picture(), filters())), 0, 6)],
    ["a sum with a tensor", () => tf.add(convolve(picture(), filters()), another())],
    [
      "a tensor and a norm, and relu",
      () => tf.relu(tf.add(another(), normalise(convolve(picture(), filters()), statistics()))),
    ],
    ["a sum and relu6", () => tf.clipByValue(tf.add(convolve(picture(), filters()), another()), 0, 6)],
    ["a sum and leakyRelu", () => tf.leakyRelu(tf.add(convolve(picture(), filters()), another()), 0.3)],
    ["a sum and sigmoid", () => tf.sigmoid(tf.add(convolve(picture(), filters()), another()))],
    [
      "a sum of two convolutions, both with norms, and relu",
      () => {
        const [a, b] = [convolve(picture(), filters()), convolve(random("y", [2, 7, 6, 3]), filters())];
        return tf.relu(tf.add(normalise(a, statistics()), normalise(b, statistics())));
      },
    ],
    ["a sum of three", () => tf.relu(tf.add(tf.add(convolve(picture(), filters()), another()), another("third")))],
    [
      "a convolution twice",
      () => {
        const y = convolve(picture(), filters());
        return tf.add(y, y);
      },
    ],
    [
      "a convolution added to its input",
      () => {
        const x = random<tf.Tensor4D>("x6", [2, 7, 6, CHANNELS]);
        const y = tf.add(x, convolve(x, random("w6", [3, 3, CHANNELS, CHANNELS])));
        x.dispose();
        return tf.relu(y);
      },
    ],
    [
      "a convolution and what became of it",
      () => {
        const y = convolve(picture(), filters());
        return tf.add(tf.relu(y), y);
      },
    ],
    [
      "a norm after a sum",
      () => normalise(tf.add(convolve(picture(), filters()), another()) as tf.Tensor4D, statistics()),
    ],
    ["a bias after a sum", () => tf.add(tf.add(convolve(picture(), filters()), another()), perChannel())],
    ["a product after a sum", () => tf.mul(tf.add(convolve(picture(), filters()), another()), perChannel())],
    [
      "a sum with a tensor of one image",
      () => tf.add(convolve(picture(), filters()), random("one", [1, 7, 6, CHANNELS])),
    ],
    ["a sum with integers", () => tf.add(convolve(picture(), filters()), tf.ones([2, 7, 6, CHANNELS], "int32"))],
    [
      "a sum with what is not finite, and relu",
      () =>
        tf.relu(
          tf.add(
            convolve(picture(), filters()),
            random("odd", [2, 7, 6, CHANNELS], (value) =>
              value > 1 ? Number.NaN : value < -1 ? Number.NEGATIVE_INFINITY : value,
            ),
          ),
        ),
    ],
    ["a norm after the activation", () => normalise(tf.relu(convolve(picture(), filters())), statistics())],
    ["two norms", () => normalise(normalise(convolve(picture(), filters()), statistics()), statistics())],
    ["two activations", () => tf.leakyRelu(tf.leakyRelu(convolve(picture(), filters()), 0.5), 0.25)],
    [
      "a bias, a norm and relu",
      () =>
        tf.relu(
          normalise(
            tf.fused.conv2d({
              x: picture(),
              filter: filters(),
              strides: 1,
              pad: "same",
              bias: random("b", [CHANNELS]),
            }),
            statistics(),
          ),
        ),
    ],
    [
      "a fused activation before the norm",
      () =>
        normalise(
          tf.fused.conv2d({ x: picture(), filter: filters(), strides: 1, pad: "same", activation: "relu" }),
          statistics(),
        ),
    ],
    [
      "depthwise",
      () => tf.relu6(normalise(tf.depthwiseConv2d(picture(), random("d", [3, 3, 3, 2]), 1, "same"), statistics())),
    ],
    ["in another shape", () => tf.relu(tf.reshape(convolve(picture(), filters()), [-1, CHANNELS]))],
    [
      "a norm of another shape: over rows",
      () => {
        const y = tf.reshape(convolve(picture(), filters()), [2, 7, CHANNELS, 6]) as tf.Tensor4D;
        return normalise(y, statistics());
      },
    ],
    [
      "channels first, where the norm is one of columns",
      () => {
        const y = tf.conv2d(random<tf.Tensor4D>("x", [2, 3, 5, CHANNELS]), filters(), 1, "same", "NCHW");
        return normalise(y, statistics());
      },
    ],
    [
      "a sum with one value for each channel, and relu",
      () => tf.relu(tf.add(convolve(picture(), filters()), perChannel())),
    ],
    ["the same, the other way round", () => tf.relu(tf.add(perChannel(), convolve(picture(), filters())))],
    [
      "a product between two sums, as a layer of scale does",
      () => {
        const y = tf.mul(
          tf.add(convolve(picture(), filters()), perChannel("b")),
          tf.reshape(perChannel("s"), [1, 1, -1]),
        );
        return tf.relu(tf.add(y, tf.reshape(perChannel("o"), [1, 1, 1, -1])));
      },
    ],
    [
      "a sum behind a norm",
      () => {
        const { mean, variance, scale } = statistics();
        return tf.add(normalise(convolve(picture(), filters()), { mean, variance, scale }), perChannel());
      },
    ],
    [
      "sums and products that are no parameters: twice, of cells, of all, of a larger shape, of integers, after an activation",
      () => {
        const y = () => convolve(picture(), filters()) as tf.Tensor;
        const of = (z: tf.Tensor) => tf.reshape(z, [-1]);
        return tf.concat([
          of(tf.add(tf.add(y(), perChannel("b")), perChannel("c"))),
          of(tf.mul(tf.mul(y(), perChannel("b")), perChannel("c"))),
          of(tf.add(tf.mul(tf.add(y(), perChannel("b")), perChannel("s")), tf.add(y(), perChannel("c")))),
          of(tf.add(y(), random("cells", [7, 6, 1]))),
          of(tf.mul(y(), random("images", [2, 1, 1, 1]))),
          of(tf.mul(y(), 0.5)),
          of(tf.add(y(), random("five axes", [1, 1, 1, 1, CHANNELS]))),
          of(tf.add(tf.cast(tf.round(y()), "int32"), tf.cast(tf.round(perChannel()), "int32"))),
          of(tf.add(tf.relu(y()), perChannel())),
          of(tf.mul(y(), y())),
        ]);
      },
    ],
    [
      "a sum of a convolution and its own relu",
      () => {
        const y = convolve(picture(), filters());
        return tf.add(tf.relu(y), y);
      },
    ],
  ];
  test.each(cases)("%s", async (_, compute) => {
    expectClose(await onBoth(compute));
    expectClose(await onBoth(compute)); // plans are there now
  });

  test.each([
    ["variances below zero", (value: number) => value],
    ["variances of nothing", () => -1e-3],
    ["variances so large that nothing is left", () => 1e38],
    ["NaN", () => Number.NaN],
    ["infinite", () => Number.POSITIVE_INFINITY],
  ])("statistics that are no statistics: %s", async (_, variance) => {
    expectClose(await onBoth(() => tf.relu(normalise(convolve(picture(), filters()), statistics(variance)))));
  });

  test("a filter that the norm would make infinite", async () => {
    const large = () => random<tf.Tensor4D>("w", [3, 3, 3, CHANNELS], (value) => value * 1e37);
    const compute = () =>
      normalise(
        convolve(tf.mul(picture(), 1e-20), large()),
        statistics(() => 0),
      );
    expectClose(await onBoth(() => tf.div(compute(), 1e18)));
  });
});

describe("zeros around an image go into the convolution behind them", () => {
  const padded = (x: tf.Tensor4D) =>
    tf.pad(x, [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ]) as tf.Tensor4D;
  const cases: readonly (readonly [name: string, compute: () => tf.Tensor])[] = [
    ["valid, stride 2", () => tf.conv2d(padded(picture()), filters(), 2, "valid")],
    ["with padding of its own", () => tf.conv2d(padded(picture()), filters(), 1, "same")],
    [
      "depthwise, norm and relu6",
      () =>
        tf.relu6(normalise(tf.depthwiseConv2d(padded(picture()), random("d", [3, 3, 3, 2]), 2, "valid"), statistics())),
    ],
    ["twice", () => tf.conv2d(padded(padded(picture())), filters(), 1, "valid")],
    [
      "asked for as it is, too",
      () => {
        const x = padded(picture());
        return tf.concat([tf.reshape(x, [-1]), tf.reshape(tf.conv2d(x, filters(), 1, "valid"), [-1])]);
      },
    ],
    ["a maximum, for which it is no padding", () => tf.maxPool(padded(tf.neg(tf.abs(picture()))), 3, 2, "valid")],
    [
      "of rows that are channels",
      () => {
        const x = random<tf.Tensor4D>("x", [1, 3, 6, 5]);
        return tf.conv2d(
          tf.pad(x, [
            [0, 0],
            [0, 0],
            [1, 1],
            [2, 0],
          ]) as tf.Tensor4D,
          filters(),
          1,
          "valid",
          "NCHW",
        );
      },
    ],
    [
      "around an input that is gone",
      () => {
        const x = picture();
        const y = padded(x);
        x.dispose();
        return tf.conv2d(y, filters(), 1, "valid");
      },
    ],
  ];
  test.each(cases)("%s", async (_, compute) => {
    expectClose(await onBoth(compute));
  });
});

describe("nothing is computed that is not asked for, and once what is", () => {
  test("a sum that only relu uses", () => {
    const { wasm, dataIdMap } = tf.backend() as unknown as {
      readonly wasm: { readonly HEAPU8: Uint8Array };
      readonly dataIdMap: { readonly data: WeakMap<object, { readonly memoryOffset: number }> };
    };
    /** What lies where a tensor has its place, which asks for nothing to be computed. */
    const place = ({ dataId, size }: tf.Tensor) =>
      new Float32Array(wasm.HEAPU8.buffer, dataIdMap.data.get(dataId)!.memoryOffset, size);
    const sum = tf.add(another(), convolve(picture(), filters()));
    place(sum).fill(77);
    const values = tf.relu(sum).dataSync();
    expect(new Set(place(sum))).toEqual(new Set([77]));
    expect([...values]).toEqual([...sum.dataSync()].map((value) => Math.max(0, value)));
  });

  test("a variable that something is added to keeps nothing of before", () => {
    const variable = tf.tidy(() => tf.variable(another()));
    const before = dataIds();
    for (let step = 0; step < 3; step++) tf.tidy(() => variable.assign(tf.add(variable, another("step"))));
    expect(dataIds()).toBe(before);
    variable.dispose();
  });

  test("a norm and relu are one plan", () => {
    const before = plans();
    const y = tf.relu(normalise(convolve(picture(), filters()), statistics()));
    expect(plans()).toBe(before);
    y.dataSync();
    y.dataSync();
    expect(plans()).toBe(before + 1);
  });

  test("what is disposed of unread leaves nothing behind", () => {
    const [before, data] = [plans(), dataIds()];
    tf.tidy(() => {
      const x = picture();
      const y = convolve(x, filters());
      x.dispose();
      tf.relu(normalise(y, statistics()));
    });
    expect([plans(), dataIds()]).toEqual([before, data]);
  });

  test("a convolution that is continued and also asked for is computed at once from the second time on", () => {
    const w = filters();
    const branch = () => {
      const y = convolve(picture(), w);
      const result = tf.add(tf.relu(y), y);
      const prepared = plans();
      result.dataSync();
      return prepared;
    };
    const before = plans();
    expect(isWaiting(convolve(picture(), w))).toBe(true);
    branch();
    expect(plans()).toBe(before + 2); // once for relu, once for itself
    expect(isWaiting(convolve(picture(), w))).toBe(false);
    convolve(picture(), w);
    tf.relu(convolve(picture(), w));
    expect(plans()).toBe(before + 2);
    // With nothing waiting relu is the backend's.
    expect(branch()).toBe(before + 2);
  });

  test("while gradients are recorded nothing waits: they keep every tensor", () => {
    const before = plans();
    const inside: number[] = [];
    tf.grad((x) => {
      const y = tf.relu(convolve(x as tf.Tensor4D, filters()));
      inside.push(plans());
      return y;
    })(picture());
    expect(inside).toEqual([before + 1]);
  });
});

describe("a result that waits outlives", () => {
  const expected = async () => {
    await tf.setBackend("cpu");
    const values = tf.tidy(() => tf.relu(convolve(picture(), filters())).dataSync().slice() as Float32Array);
    await tf.setBackend("wasm");
    return values;
  };

  test("its input, which is kept for it and then freed", async () => {
    const cpu = await expected();
    const x = picture();
    const w = filters();
    const data = dataIds();
    const memory = tf.memory();
    const y = convolve(x, w);
    x.dispose();
    // As if it were gone, for whoever counts tensors.
    expect(tf.memory()).toMatchObject({ numTensors: memory.numTensors, numDataBuffers: memory.numDataBuffers });
    const z = tf.relu(y);
    expectClose({ ours: z.dataSync() as Float32Array, cpu });
    y.dispose();
    z.dispose();
    expect(dataIds()).toBe(data - 1);
  });

  test("what is added to it, which is kept for it and then freed", () => {
    const compute = () => tf.relu(tf.add(convolve(picture(), filters()), another())).dataSync();
    const expected = compute();
    const data = dataIds();
    tf.tidy(() => {
      const [x, w, summand] = [picture(), filters(), another()];
      const y = tf.relu(tf.add(summand, convolve(x, w)));
      tf.dispose([summand, x]);
      expect(y.dataSync()).toEqual(expected);
    });
    // What waits itself, too; and unread it leaves nothing.
    tf.tidy(() => {
      const y = tf.add(convolve(picture(), filters()), tf.relu(convolve(picture(), filters())));
      expect(y.shape).toEqual([2, 7, 6, CHANNELS]);
    });
    expect(dataIds()).toBe(data);
  });

  test("its filter", async () => {
    const cpu = await expected();
    const w = filters();
    const y = tf.relu(convolve(picture(), w));
    w.dispose();
    expectClose({ ours: y.dataSync() as Float32Array, cpu });
  });

  test("an input that is its filter, too", () => {
    const both = random<tf.Tensor4D>("both", [2, 2, 2, 2]);
    const expected = tf.conv2d(both, both, 1, "valid").dataSync();
    const y = tf.conv2d(both, both, 1, "valid");
    both.dispose();
    expect(y.dataSync()).toEqual(expected);
  });

  test("a variable that is assigned to", async () => {
    const cpu = await expected();
    const variable = tf.variable(filters());
    const y = tf.relu(convolve(picture(), variable));
    variable.assign(tf.zeros([3, 3, 3, CHANNELS]));
    expectClose({ ours: y.dataSync() as Float32Array, cpu });
    variable.dispose();
  });

  test("an input of two, of which one is added to the other", () => {
    const before = dataIds();
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R4>([1, 1, 1, 2]);
      const [v, w] = [tf.fill([1, 1, 2, 3], 2), tf.fill([1, 1, 2, 3], 5)] as [tf.Tensor4D, tf.Tensor4D];
      const y = tf.add(tf.conv2d(x, v, 1, "valid"), tf.conv2d(x, w, 1, "valid"));
      x.dispose();
      expect([...y.dataSync()]).toEqual([14, 14, 14]);
    });
    expect(dataIds()).toBe(before);
  });

  test("clones of it, and the first of two names", async () => {
    const cpu = await expected();
    const y = convolve(picture(), filters());
    const clone = tf.clone(y);
    y.dispose();
    expectClose({ ours: tf.relu(clone).dataSync() as Float32Array, cpu });
  });

  test("the backend's being the current one: it is computed when it moves", async () => {
    const cpu = await expected();
    const y = tf.relu(convolve(picture(), filters()));
    await tf.setBackend("corr2d");
    expectClose({ ours: tf.add(y, 0).dataSync() as Float32Array, cpu });
    expectClose({ ours: (await y.data()) as Float32Array, cpu });
  });
});

test("programs of random steps give what they give on the cpu backend", async () => {
  for (let seed = 0; seed < 60; seed++) {
    const program = () => {
      const numbers = seededRandom(seed, "program");
      const living: tf.Tensor4D[] = [picture()];
      for (let step = 0; step < 12; step++) {
        const y = living[numbers.integer(0, living.length - 1)]!;
        const channels = y.shape[3];
        const w = random<tf.Tensor4D>(`w${step}`, [1, 3, channels, CHANNELS], (value) => value / 4);
        const add = [
          () => tf.conv2d(y, w, 1, "same"),
          () => tf.conv2d(y, w, 1, "same"),
          () =>
            tf.depthwiseConv2d(
              y,
              random(`d${step}`, [3, 1, channels, 1], (value) => value / 2),
              1,
              "same",
            ),
          () => (channels === CHANNELS ? normalise(y, statistics()) : tf.relu(y)),
          () => tf.relu(y),
          () => tf.clipByValue(y, 0, 6),
          () => tf.clone(y),
          () => tf.reshape(tf.reshape(y, [-1]), y.shape) as tf.Tensor4D,
          () => tf.add(y, 0.25) as tf.Tensor4D,
          () => tf.add(living.find((other) => tf.util.arraysEqual(other.shape, y.shape))!, y) as tf.Tensor4D,
          () => (channels === CHANNELS ? tf.add(y, perChannel()) : tf.relu(y)) as tf.Tensor4D,
          () => (channels === CHANNELS ? tf.mul(perChannel(), y) : tf.relu(y)) as tf.Tensor4D,
          () =>
            y.shape[1] < 12
              ? (tf.pad(y, [
                  [0, 0],
                  [1, 0],
                  [0, 1],
                  [0, 0],
                ]) as tf.Tensor4D)
              : tf.clone(y),
        ][numbers.integer(0, 12)]!;
        living.push(add());
        if (numbers.integer(0, 2) === 0) living.splice(numbers.integer(0, living.length - 2), 1)[0]?.dispose();
      }
      return tf.concat(living.map((y) => tf.reshape(y, [-1])));
    };
    expectClose(await onBoth(program));
  }
});

test("values of channels that are others each time are added by themselves from the second time on", async () => {
  const [x, w] = [picture(), filters()];
  const prepared: number[] = [];
  const store = wasmHostOf(tf.backend())!.plans;
  const { get } = store;
  store.get = (...[parameters, key, prepare]: Parameters<typeof get>) =>
    get.call(store, parameters, key, () => {
      prepared.push(parameters.filter((tensor) => tensor !== undefined).length);
      return prepare();
    });
  try {
    for (let n = 0; n < 6; n++) {
      const compute = () => tf.add(tf.conv2d(x, w, 1, "same"), tf.fill([CHANNELS], n));
      expectClose(await onBoth(compute));
    }
  } finally {
    store.get = get;
  }
  // Once with what was added; then without, anew each time, since on the cpu backend and back the filter is another.
  expect(prepared).toEqual([2, 1, 1, 1, 1, 1]);
});

test("convolutions whose preparation moves the heap keep their places side by side", () => {
  const channels = 512;
  const x = tf.ones<tf.Rank.R4>([1, 3, 3, channels]);
  const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
  const before = heap();
  const convolutions = (n: number) => tf.conv2d(x, tf.fill([3, 3, channels, channels], n), 1, "valid");
  const side = tf.concat([1, 2, 3, 4].map(convolutions), 3).dataSync();
  const stacked = tf.stack([5, 6, 7, 8].map(convolutions)).dataSync();
  expect(heap()).toBeGreaterThan(before);
  for (const [n, values] of [side, stacked].entries())
    for (let i = 0; i < 4; i++)
      expect(new Set(values.slice(i * channels, (i + 1) * channels))).toEqual(
        new Set([(4 * n + i + 1) * 9 * channels]),
      );
});
