/**
 * Arrays from elsewhere: another realm, as that of an iframe or of a test runner's sandbox, whose classes are not those that
 * `instanceof` knows; memory that is shared between threads; memory that can grow.
 */

import { runInNewContext } from "node:vm";
import { conv2d, corr2d, plan, type Tensor4, tensor } from "@corr2d/core";
import { algorithms } from "@corr2d/core/internals";
import { readSafetensors } from "@corr2d/core/weights";
import { expect, it } from "vitest";

const filter = tensor([3, 3, 1, 2], new Float32Array(18).fill(0.5));
const values = Float32Array.from({ length: 144 }, (_, i) => ((i * 7) % 11) - 5);
const foreign = runInNewContext(
  "({ shape: [1, 12, 12, 1], floats: Float32Array.from(values), options: { strides: [1, 2] }, bytes: Uint8Array.from(bytes) })",
  { values: [...values], bytes: [2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d] },
);

it("takes arrays of another realm for what they are", () => {
  expect(foreign.floats).not.toBeInstanceOf(Float32Array);
  const x: Tensor4 = { shape: foreign.shape, data: foreign.floats };
  const y = conv2d(x, filter, foreign.options);
  expect(y.data).toEqual(conv2d(tensor([1, 12, 12, 1], values), filter, { strides: [1, 2] }).data);
  expect(y.data).toBeInstanceOf(Float32Array);
  const planned = plan(conv2d, [1, 12, 12, 1], filter);
  expect(planned.run(foreign.floats)).toEqual(planned.run(values));
  for (const file of [foreign.bytes, foreign.bytes.buffer]) expect(readSafetensors(file).size).toBe(0);
});

it.each(["scalar", "simd"] as const)("takes matrices of another realm: %s", (engine) => {
  const kernel = tensor([2, 2], [1, 2, 3, 4]);
  const expected = corr2d(tensor([12, 12], values), kernel, { engine });
  expect(corr2d({ shape: [12, 12], data: foreign.floats }, kernel, { engine })).toEqual(expected);
});

it("refuses what only looks like an array of floats", () => {
  const lookalike = { length: 144, [Symbol.toStringTag]: "Float32Array" } as unknown as Float32Array;
  expect(() => conv2d({ shape: [1, 12, 12, 1], data: lookalike }, filter)).toThrow(
    /^conv2d: x\.data must be a Float32Array or Float64Array, got Object$/,
  );
  expect(() => readSafetensors({ [Symbol.toStringTag]: "Uint8Array" } as never)).toThrow(
    /^readSafetensors: file must be an ArrayBuffer or a Uint8Array, got Object$/,
  );
});

it.each(algorithms.map(({ name }) => [name]))("reads and writes shared and growing memory by %s", (algorithm) => {
  const expected = (() => {
    try {
      return conv2d(tensor([1, 12, 12, 1], values), filter, { algorithm }).data;
    } catch (error) {
      expect(String(error)).toMatch(/does not support/);
      return undefined;
    }
  })();
  if (expected === undefined) return;
  const memories = [new SharedArrayBuffer(2048), Reflect.construct(ArrayBuffer, [2048, { maxByteLength: 4096 }])];
  for (const memory of memories as ArrayBuffer[]) {
    const x = new Float32Array(memory, 8, 144);
    const y = new Float32Array(memory, 1024, 200);
    x.set(values);
    plan(conv2d, [1, 12, 12, 1], filter, { algorithm }).run(x, y);
    expect(y).toEqual(expected);
    expect(x).toEqual(values);
  }
});
