/**
 * A search that tries to break the stated bounds: hill climbing over values (signs, powers of two, copies of one another, the
 * neighbours of a power of two, zeros), towards a larger error as a part of what is allowed.
 *
 * Held to are the bound that an algorithm states, and of Winograd what is promised beside a large value: that an output errs by no
 * more than 10⁻³ of the largest value that it sees, in any channel, times Σ|w|.
 */

import { type Corr2dOptions, corr2d, explain, type Matrix, tensor } from "@corr2d/core";
import { algorithms, type Pass } from "@corr2d/core/internals";
import { type CaseData, type ConvCase, type Random, realData, reference, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { boundsOf, computePass, geometryOf, supports } from "./case-pass.ts";
import { FUZZ_FACTOR, FUZZ_SEED } from "./fuzz.ts";

/** What two operands of a problem are called that one pass reads. */
const OPERANDS = {
  forward: ["x", "filter"],
  inputGradient: ["dy", "filter"],
  filterGradient: ["x", "dy"],
} as const;

const PASSES = ["forward", "inputGradient", "filterGradient"] as const;

/** Changes one value or a stretch of them in place. */
function move(random: Random, values: Float32Array): void {
  const at = random.integer(0, values.length - 1);
  const end = random.uniform() < 0.8 ? at + 1 : Math.min(values.length, at + random.integer(1, values.length));
  const scale = 2 ** random.integer(-9, 9);
  const other = values[random.integer(0, values.length - 1)]!;
  const kind = random.integer(0, 4);
  for (let i = at; i < end; i++) {
    if (kind === 0) values[i] = -values[i]!;
    else if (kind === 1) values[i] = values[i]! * scale;
    else if (kind === 2) values[i] = other;
    else if (kind === 3) values[i] = scale * (1 + random.integer(-1, 1) * 2 ** -23);
    else values[i] = 0;
  }
}

/** The largest `objective` that is found from `start` on in `steps` steps, each of which keeps what is no worse. */
function climb<Values extends Readonly<Record<string, Float32Array>>>(
  random: Random,
  start: Values,
  steps: number,
  objective: (values: Values) => number,
): number {
  let [values, best] = [start, objective(start)];
  for (let step = 0; step < steps; step++) {
    const next = Object.fromEntries(Object.entries(values).map(([name, array]) => [name, array.slice()])) as Values;
    for (let n = random.integer(1, 3); n > 0; n--) move(random, next[random.pick(Object.keys(next))]!);
    const found = objective(next);
    if (found >= best) [values, best] = [next, found];
  }
  return best;
}

/** The largest error as a part of what each element is allowed; an element that is allowed none must have none. */
function worst(result: Float32Array, truth: Float64Array, allowed: (i: number) => number): number {
  let largest = 0;
  for (const [i, value] of result.entries()) {
    const error = Math.abs(value - truth[i]!);
    if (error > 0) largest = Math.max(largest, error / allowed(i));
  }
  return largest;
}

/** 10⁻³ of the largest |x| (or |dy|) in the window of an output, times Σ|w| over the weights of its channel, for 3×3 and same size. */
function windowBounds({ inputShape, filterShape }: ConvCase, pass: Pass, data: CaseData): readonly number[] {
  const [, height, width, inChannels] = inputShape;
  const outChannels = filterShape[3];
  const isForward = pass === "forward";
  const [from, to] = isForward ? [inChannels, outChannels] : [outChannels, inChannels];
  const values = isForward ? data.x : data.dy;
  const weights = Array.from({ length: to }, (_, o) =>
    data.filter.reduce((sum, w, n) => {
      const channel = isForward ? n % outChannels : Math.floor(n / outChannels) % inChannels;
      return channel === o ? sum + Math.abs(w) : sum;
    }, 0),
  );
  const cells = Array.from({ length: height * width }, (_, n) =>
    Math.max(...values.subarray(n * from, (n + 1) * from).map(Math.abs)),
  );
  const seen = cells.map((_, n) =>
    Math.max(
      ...cells.filter(
        (_, m) =>
          Math.abs(Math.floor(m / width) - Math.floor(n / width)) <= 1 && Math.abs((m % width) - (n % width)) <= 1,
      ),
    ),
  );
  return seen.flatMap((largest) => weights.map((sum) => 1e-3 * largest * sum));
}

const dense = { name: "dense", inputShape: [1, 6, 7, 16], filterShape: [3, 3, 16, 4] } as const;
const single = { name: "one channel", inputShape: [1, 9, 12, 1], filterShape: [3, 3, 1, 1] } as const;
const depthwise = { name: "depthwise", inputShape: [1, 6, 7, 8], filterShape: [3, 3, 1, 8], groups: 8 } as const;
const CASES: readonly ConvCase[] = [dense, single, depthwise].map((given) => ({
  strides: [1, 1],
  padding: "same",
  dilations: [1, 1],
  groups: 1,
  bias: false,
  ...given,
}));

const runnable = CASES.flatMap((convCase) =>
  algorithms.flatMap((algorithm) =>
    PASSES.filter((pass) => supports(algorithm, geometryOf(convCase), pass)).map(
      (pass) => [algorithm.name, pass, convCase.name, algorithm, convCase] as const,
    ),
  ),
);

/** A problem of a pass as the search changes it. */
function problemOf(pass: Pass, convCase: ConvCase) {
  const start = realData(convCase, 3);
  const given = Object.fromEntries(OPERANDS[pass].map((operand) => [operand, start[operand]]));
  return { given, dataOf: (values: typeof given): CaseData => ({ ...start, ...values }) };
}

it.each(runnable)("%s, %s, %s: keeps its bound", (name, pass, _, algorithm, convCase) => {
  const { given, dataOf } = problemOf(pass, convCase);
  const found = climb(
    seededRandom(FUZZ_SEED, `${name} ${pass} ${convCase.name}`),
    given,
    60 * FUZZ_FACTOR,
    (values) => {
      const data = dataOf(values);
      const bounds = boundsOf(algorithm, pass, convCase, data);
      return worst(computePass(algorithm, pass, convCase, data), reference(convCase, pass, data), (i) => bounds[i]!);
    },
  );
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThanOrEqual(1);
});

const local = runnable.filter(([name, pass]) => name.startsWith("winograd") && pass !== "filterGradient");

it.each(local)("%s, %s, %s: is right to what a window holds", (name, pass, _, algorithm, convCase) => {
  const { given, dataOf } = problemOf(pass, convCase);
  const random = seededRandom(FUZZ_SEED + 1, `${name} ${pass} ${convCase.name}`);
  const found = climb(random, given, 60 * FUZZ_FACTOR, (values) => {
    const data = dataOf(values);
    const allowed = windowBounds(convCase, pass, data);
    return worst(computePass(algorithm, pass, convCase, data), reference(convCase, pass, data), (i) => allowed[i]!);
  });
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThanOrEqual(1);
});

describe("matrices", () => {
  /** Sums in float64 over the window of each cell, and of magnitudes. */
  const sumsOf = (x: Matrix, k: Matrix): readonly [truth: Float64Array, magnitudes: Float64Array] => {
    const wide = ({ shape, data }: Matrix, f: (value: number) => number) => tensor(shape, Float64Array.from(data, f));
    const options: Corr2dOptions = { algorithm: "naive", mode: "same" };
    const same = (value: number): number => value;
    return [
      corr2d(wide(x, same), wide(k, same), options).data,
      corr2d(wide(x, Math.abs), wide(k, Math.abs), options).data,
    ];
  };

  it.each(["direct", "separable", "fft", "auto"] as const)("%s keeps its bound", (algorithm) => {
    const isLarge = algorithm === "fft" || algorithm === "auto";
    const [size, side] = isLarge ? [52, 25] : [20, 5];
    const random = seededRandom(FUZZ_SEED, algorithm);
    const start = {
      x: new Float32Array(size * size).map(() => random.normal()),
      column: new Float32Array(side).map(() => random.normal()),
      row: new Float32Array(side).map(() => random.normal()),
      ...(algorithm !== "separable" && { kernel: new Float32Array(side * side).map(() => random.normal()) }),
    };
    const found = climb(random, start, FUZZ_FACTOR * (isLarge ? 12 : 80), (values) => {
      const { column, row } = values;
      const kernel =
        values.kernel ??
        Float32Array.from({ length: side * side }, (_, i) => column[Math.floor(i / side)]! * row[i % side]!);
      const x = tensor([size, size], values.x);
      const k = tensor([side, side], kernel);
      const given = values.kernel === undefined ? { column, row } : k;
      const options = { algorithm, mode: "same" } as const;
      const { errorBound } = explain(corr2d, x, given, options);
      const [truth, magnitudes] = sumsOf(x, k);
      const largest = values.x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const norm = largest * kernel.reduce((sum, weight) => sum + Math.abs(weight), 0);
      // The factors' products are rounded here, once each.
      const allowed = errorBound.constant + (values.kernel === undefined ? 2 ** -24 : 0);
      return worst(
        corr2d(x, given, options).data,
        truth,
        (i) => allowed * (errorBound.kind === "element" ? magnitudes[i]! : norm),
      );
    });
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThanOrEqual(1);
  });
});
