/**
 * Answers calls of corr2d and convolve2d for programs in other languages: a line of JSON in, a line out.
 *
 *     { "operation": "corr2d" | "convolve2d", "x": M, "kernel": M, "options": {…} }
 *     M, or { "error": what was wrong }
 *
 * where M is { "shape": [height, width], "data": the bytes of float64 elements in base64 }.
 *
 * @module
 */

import { createInterface } from "node:readline";
import { type Corr2dOptions, convolve2d, corr2d, type Matrix } from "@corr2d/core";

interface EncodedMatrix {
  readonly shape: readonly [height: number, width: number];
  readonly data: string;
}

interface Request {
  readonly operation: "corr2d" | "convolve2d";
  readonly x: EncodedMatrix;
  readonly kernel: EncodedMatrix;
  readonly options: Corr2dOptions;
}

function decode({ shape, data }: EncodedMatrix): Matrix<Float64Array> {
  return { shape, data: new Float64Array(Uint8Array.from(Buffer.from(data, "base64")).buffer) };
}

function encode({ shape, data }: Matrix<Float64Array>): EncodedMatrix {
  return { shape, data: Buffer.from(data.buffer).toString("base64") };
}

function answer({ operation, x, kernel, options }: Request): EncodedMatrix | { error: string } {
  const compute = { corr2d, convolve2d }[operation];
  try {
    return encode(compute(decode(x), decode(kernel), options));
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
