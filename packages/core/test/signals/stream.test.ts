/** Streams: values as in one go, however a signal is cut. */

import { convolve1d, correlate1d, stream } from "@corr2d/core/signals";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const random = seededRandom(4);
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => random.uniform(-0.5, 0.5));

/** A signal in blocks of random lengths, some of them empty. */
function* cut(x: Float32Array, longest: number): Generator<Float32Array> {
  for (let i = 0; i < x.length; ) {
    const length = random.integer(0, longest);
    yield x.subarray(i, i + length);
    i += length;
  }
}

describe.each([convolve1d, correlate1d])("%o", (operation) => {
  it.each([1, 2, 7, 64, 700])("gives the same bits by plain sums, %i taps", (taps) => {
    const [x, kernel] = [noise(3000), noise(taps)];
    for (const engine of ["simd", "scalar"] as const) {
      const whole = operation(x, kernel, { mode: "full", algorithm: "direct", engine }).subarray(0, x.length);
      for (const longest of [1, 5, 100, 5000]) {
        using filter = stream(operation, kernel, { algorithm: "direct", engine });
        const y = [...cut(x, longest)].flatMap((block) => [...filter.push(block)]);
        expect(Float32Array.from(y)).toEqual(whole);
      }
    }
  });
});

it("begins anew after reset", () => {
  const filter = stream(convolve1d, noise(5));
  const first = filter.push(new Float32Array([1, 2, 3]));
  filter.push(new Float32Array(100).fill(Number.NaN));
  filter.reset();
  expect(filter.push(new Float32Array([1, 2, 3]))).toEqual(first);
});

it("keeps a NaN for as long as the kernel sees it", () => {
  const filter = stream(convolve1d, new Float32Array([1, 1, 1]));
  filter.push(new Float32Array([1, Number.NaN]));
  expect([...filter.push(new Float32Array([1, 1, 1]))]).toEqual([Number.NaN, Number.NaN, 3]);
});

it("keeps rows apart, and absent what comes before the first", () => {
  const filter = stream(convolve1d, new Float64Array([1, Infinity]), { rows: 2 });
  expect([...filter.push(new Float64Array([1, 0, 0, 3]))]).toEqual([1, Infinity, 0, Number.NaN]);
});

it("refuses what cannot be right, and keeps its state", () => {
  const filter = stream(convolve1d, new Float32Array([0.5, 0.5]), { rows: 2 });
  filter.push(new Float32Array([2, 4]));
  const wrong = filter.push as (block: unknown, y?: unknown) => unknown;
  expect(() => wrong(new Float32Array(3))).toThrow(
    "stream(convolve1d).push: a block for 2 rows must have a multiple of as many samples, got 3",
  );
  expect(() => wrong(new Float64Array(2))).toThrow(TypeError);
  expect(() => wrong(undefined)).toThrow("stream(convolve1d).push: block must be a Float32Array, got undefined");
  expect(() => wrong(new Float32Array(2), new Float32Array(4))).toThrow(
    "stream(convolve1d).push: y must have 2 elements, got 4",
  );
  expect([...filter.push(new Float32Array([0, 0]))]).toEqual([1, 2]);
  filter[Symbol.dispose]();
  expect(() => filter.push(new Float32Array(2))).toThrow("stream(convolve1d).push: the stream was disposed of");
  expect(() => stream(convolve1d, new Float32Array(2), { rows: 0 })).toThrow(RangeError);
  expect(() => stream(convolve1d, new Float32Array(2), { block: 3 } as never)).toThrow(TypeError);
  expect(() => stream((() => 1) as never, new Float32Array(2))).toThrow("stream: operation must be one");
});
