/**
 * How long a convolution of the shared picture takes on this machine, by several ways to compute it, and how far each is from
 * the exact result.
 *
 *     |y − exact| ≤ γ · (Σ |x||w|),   γ = k·u / (1 − k·u),   u = 2⁻²⁴,   k = terms + 2
 *
 * is what rounding allows for any order of summation (N. J. Higham, "Accuracy and Stability of Numerical Algorithms", §3.1).
 *
 * @module
 */

import { conv2d, plan, type Tensor4, tensor } from "./core.ts";
import type { Picture } from "./picture.ts";
import { randomFrom } from "./random.ts";

/** Who computes. */
export type Contender = "naive" | "im2col" | "tiled" | "simd" | "tfjs-cpu";

/** What was measured, or why it could not be. */
export type Measured =
  | {
      /** Median. */
      readonly milliseconds: number;
      /** What computed, in its own words. */
      readonly by: string;
      /** The largest error, as a part of what rounding allows. */
      readonly error: number;
    }
  | { readonly problem: string };

/** A convolution as TensorFlow.js computes it. */
export interface OtherConvolution {
  readonly by: string;
  convolve(x: Tensor4, filter: Tensor4): Promise<Float32Array>;
}

/** Kernels that the picture is correlated with at once. */
export const FILTERS = 8;
const SIDE = 3;
const TERMS = SIDE * SIDE;
const MOST_RUNS = 15;
const ENOUGH_MS = 600;

const OPTIONS = {
  naive: { algorithm: "naive", engine: "scalar" },
  im2col: { algorithm: "im2col", engine: "scalar" },
  tiled: { algorithm: "tiled", engine: "scalar" },
  simd: { engine: "simd" },
} as const;

/** Measures one contender on a picture. */
export async function measure(contender: Contender, { height, width, grey }: Picture): Promise<Measured> {
  const { normal } = randomFrom(9);
  const x = tensor([1, height, width, 1], grey);
  const filter = tensor([SIDE, SIDE, 1, FILTERS], Float32Array.from({ length: TERMS * FILTERS }, normal));
  try {
    const { by, run } = await preparedFor(contender, x, filter);
    let y = await run();
    const times: number[] = [];
    let spent = 0;
    while (times.length < MOST_RUNS && (times.length < 3 || spent < ENOUGH_MS)) {
      const start = performance.now();
      y = await run();
      times.push(performance.now() - start);
      spent += times.at(-1)!;
    }
    times.sort((a, b) => a - b);
    return { milliseconds: times[Math.floor(times.length / 2)]!, by, error: errorOf(y, x, filter) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

interface Prepared {
  readonly by: string;
  run(): Float32Array | Promise<Float32Array>;
}

async function preparedFor(contender: Contender, x: Tensor4, filter: Tensor4): Promise<Prepared> {
  if (contender === "tfjs-cpu") {
    const { by, convolve } = await import("./tfjs.ts");
    return { by, run: () => convolve(x, filter) };
  }
  const prepared = plan(conv2d, x.shape, filter, { padding: "same", ...OPTIONS[contender] });
  const y = new Float32Array(x.shape[1] * x.shape[2] * FILTERS);
  return { by: `${prepared.algorithm}, ${prepared.engine}`, run: () => prepared.run(x.data, y) };
}

/** The largest |y − exact| / bound. */
function errorOf(y: Float32Array, x: Tensor4, filter: Tensor4): number {
  const float64 = (values: Float32Array, change: (value: number) => number) => Float64Array.from(values, change);
  const convolved = (change: (value: number) => number): Float64Array =>
    conv2d(tensor(x.shape, float64(x.data, change)), tensor(filter.shape, float64(filter.data, change)), {
      padding: "same",
    }).data;
  const exact = convolved((value) => value);
  const magnitudes = convolved(Math.abs);
  const k = (TERMS + 2) * 2 ** -24;
  const gamma = k / (1 - k);
  let worst = 0;
  for (let i = 0; i < y.length; i++) {
    const error = Math.abs(y[i]! - exact[i]!);
    if (!(error <= worst * gamma * magnitudes[i]!)) {
      worst = error === 0 ? worst : error / (gamma * magnitudes[i]!);
    }
  }
  return worst;
}
