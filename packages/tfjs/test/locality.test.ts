/**
 * What is not finite, or of another magnitude, reaches the outputs that see it and no others, as on the cpu backend, by
 * whatever algorithm core takes.
 *
 * @module
 */

import "@corr2d/tfjs";
import { seededRandom } from "@corr2d/testkit";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => {
  tf.env().set("PROD", true);
  setThreadsCount(1);
});

const [SIZE, CHANNELS, FILTERS] = [16, 32, 8];

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -3.4028234663852886e38, 1e20])(
  "one %s in an image",
  async (value) => {
    const numbers = seededRandom(1, "locality");
    const values = (length: number, scale: number) => Float32Array.from({ length }, () => scale * numbers.normal());
    const x = values(SIZE * SIZE * CHANNELS, 1);
    const w = values(9 * CHANNELS * FILTERS, 0.01);
    x[(8 * SIZE + 8) * CHANNELS] = value;
    const results = new Map<string, Float32Array>();
    for (const backend of ["cpu", "corr2d", "wasm"]) {
      await tf.setBackend(backend);
      const y = tf.conv2d(
        tf.tensor4d(x, [1, SIZE, SIZE, CHANNELS]),
        tf.tensor4d(w, [3, 3, CHANNELS, FILTERS]),
        1,
        "same",
      );
      results.set(backend, y.dataSync().slice() as Float32Array);
    }
    const cpu = results.get("cpu")!;
    for (const backend of ["corr2d", "wasm"]) {
      for (const [i, actual] of results.get(backend)!.entries()) {
        const expected = cpu[i]!;
        if (!Number.isFinite(expected)) expect(actual, `${backend} ${i}`).toBe(expected);
        else if (Math.abs(expected) < 1e3) expect(Math.abs(actual - expected), `${backend} ${i}`).toBeLessThan(1e-4);
        else expect(Math.abs(actual / expected - 1), `${backend} ${i}`).toBeLessThan(1e-4);
      }
    }
  },
);
