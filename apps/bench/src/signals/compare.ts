/**
 * Full correlations of two signals beside SciPy and ml-convolution: in turn, A B C A B C, on one thread, after all results were
 * held against each other.
 *
 * What is inside the clock: the run of a plan with arrays in and out, its kernel's transform made before, as that of
 * ml-convolution's object is; SciPy has no plans, so its clock has both transforms; beside it ours without a plan, too.
 * ml-convolution gives as many values as the first signal has, not all.
 *
 * @module
 */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plan } from "@corr2d/core";
import { correlate1d } from "@corr2d/core/signals";
import { seededRandom } from "@corr2d/testkit";
import { FFTConvolution } from "ml-convolution";
import { median } from "simple-statistics";
import { cell, column, numbers, type Row, type Table } from "../report/document.ts";
import { range, threeDigits, times } from "../report/number-format.ts";
import { Scipy, type ScipyRequest } from "../scipy/python.ts";
import { ofFunction, ratiosIn, type TimedContender, timeInTurn } from "../scipy/timed.ts";
import { medianInterval } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/ratio.ts";

/** Two signals by their lengths; the second is odd, which ml-convolution asks for. */
export interface SignalCase {
  readonly length: number;
  readonly kernel: number;
  readonly dtype: "float32" | "float64";
}

/** What is measured by default. */
export const SIGNAL_CASES: readonly SignalCase[] = (["float32", "float64"] as const).flatMap((dtype) => [
  { length: 10_000, kernel: 9_999, dtype },
  { length: 100_000, kernel: 99_999, dtype },
  { length: 1_000_000, kernel: 999_999, dtype },
  { length: 1_000_000, kernel: 1_999, dtype },
]);

/** How long to measure. */
export interface SignalArguments {
  readonly rounds: number;
  /** For each contender and round, in milliseconds. */
  readonly time: number;
  readonly seed: number;
}

/** Ours without a plan, which ratios speak of; ours with one; and the others. */
const CONTENDERS = [
  "correlate1d",
  "plan(correlate1d)",
  "scipy fftconvolve",
  "scipy oaconvolve",
  "ml-convolution",
] as const;
type Name = (typeof CONTENDERS)[number];

/** What was measured of two signals. */
export interface SignalComparison extends SignalCase {
  readonly milliseconds: Readonly<Record<Name, number>>;
  /** Largest difference from float64, as a share of max|x| · Σ|k|. */
  readonly errors: Readonly<Record<Name, number>>;
  /** Time of each over that of ours without a plan. */
  readonly ratios: Readonly<Record<Name, Interval>>;
}

/** Whoever is further from float64 than this, as a share of max|x| · Σ|k|, computes something else. */
const LARGEST_ERROR = { float32: 1e-6, float64: 1e-13 } as const;

/** What `scipy/signals.py` is asked: the data are both signals. */
interface SignalRequest extends ScipyRequest {
  readonly dtype: "float32" | "float64";
  readonly length: number;
}

type Timed = TimedContender<ArrayLike<number>>;

/** Compares each case; SciPy runs in this Python. */
export async function compareSignals(
  python: string,
  cases: readonly SignalCase[],
  args: SignalArguments,
  onCase: (found: SignalCase) => void,
): Promise<{ readonly versions: string; readonly comparisons: readonly SignalComparison[] }> {
  const folder = await mkdtemp(join(tmpdir(), "corr2d-signals-"));
  const scipy = new Scipy<SignalRequest>(python, "signals.py");
  try {
    const { scipy: scipyVersion, numpy } = await scipy.versions();
    const comparisons: SignalComparison[] = [];
    for (const signals of cases) {
      onCase(signals);
      comparisons.push(await compareCase(scipy, folder, signals, args));
    }
    return { versions: `SciPy ${scipyVersion}, NumPy ${numpy}`, comparisons };
  } finally {
    scipy.stop();
    await rm(folder, { recursive: true });
  }
}

async function compareCase(
  scipy: Scipy<SignalRequest>,
  folder: string,
  signals: SignalCase,
  { rounds, time, seed }: SignalArguments,
): Promise<SignalComparison> {
  const { length, kernel, dtype } = signals;
  const random = seededRandom(seed, `${length} ${kernel} ${dtype}`);
  const draw = (count: number): Float32Array | Float64Array => {
    const values = Float64Array.from({ length: count }, () => random.normal());
    return dtype === "float32" ? Float32Array.from(values) : values;
  };
  const [x, k] = [draw(length), draw(kernel)];
  const data = join(folder, `${length}-${kernel}.${dtype}`);
  await writeFile(data, Buffer.concat([x, k].map(({ buffer }) => new Uint8Array(buffer))));
  const contenders = {
    ...ours(x, k),
    "scipy fftconvolve": inScipy(scipy, folder, { function: "fftconvolve", dtype, length, data }),
    "scipy oaconvolve": inScipy(scipy, folder, { function: "oaconvolve", dtype, length, data }),
    "ml-convolution": ofMlConvolution(x, k),
  };
  const errors = await judge(contenders, x, k, LARGEST_ERROR[dtype]);
  const medians = await timeInTurn(CONTENDERS, contenders, { rounds, time }, () => random.uniform());
  for (const { dispose } of Object.values(contenders)) dispose();
  return {
    ...signals,
    milliseconds: ofEach((name) => median(medians[name])),
    errors,
    ratios: ofEach((name) => medianInterval(ratiosIn(medians[name], medians.correlate1d), () => random.uniform())!),
  };
}

function ours<T extends Float32Array | Float64Array>(x: T, k: T): Record<"correlate1d" | "plan(correlate1d)", Timed> {
  const full = { mode: "full" } as const;
  const planned = plan(correlate1d, [1, x.length], k as Float32Array, full);
  const y =
    x.constructor === Float32Array
      ? new Float32Array(x.length + k.length - 1)
      : new Float64Array(x.length + k.length - 1);
  return {
    correlate1d: ofFunction(() => correlate1d(x as Float32Array, k as Float32Array, full)),
    "plan(correlate1d)": {
      ...ofFunction(() => planned.run(x as Float32Array, y as Float32Array)),
      dispose: () => planned[Symbol.dispose](),
    },
  };
}

function inScipy(
  scipy: Scipy<SignalRequest>,
  folder: string,
  request: Omit<SignalRequest, "milliseconds" | "result">,
): Timed {
  const file = join(folder, "result.f64");
  return {
    time: (milliseconds) => scipy.time({ ...request, milliseconds, result: null }),
    async result() {
      await scipy.time({ ...request, milliseconds: 0, result: file });
      const bytes = await readFile(file);
      return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    },
    dispose() {},
  };
}

function ofMlConvolution(x: ArrayLike<number>, k: ArrayLike<number>): Timed {
  const convolution = new FFTConvolution(x.length, Array.from(k));
  return ofFunction(() => convolution.convolve(x));
}

function ofEach<T>(value: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(CONTENDERS.map((name) => [name, value(name)])) as Record<Name, T>;
}

/** Errors of all, as shares of max|x| · Σ|k|; each has run once. */
async function judge(
  contenders: Readonly<Record<Name, Timed>>,
  x: Float32Array | Float64Array,
  k: Float32Array | Float64Array,
  largest: number,
): Promise<Record<Name, number>> {
  const truth = correlate1d(Float64Array.from(x), Float64Array.from(k), { mode: "full" });
  let [most, sum] = [0, 0];
  for (const value of x) most = Math.max(most, Math.abs(value));
  for (const weight of k) sum += Math.abs(weight);
  const errors = ofEach(() => 0);
  for (const name of CONTENDERS) {
    await contenders[name].time(0);
    const result = await contenders[name].result();
    // Whoever gives fewer values gives those in the middle.
    const offset = (truth.length - result.length) / 2;
    let worst = 0;
    for (let i = 0; i < result.length; i++) worst = Math.max(worst, Math.abs(result[i] - truth[offset + i]));
    errors[name] = worst / (most * sum);
    if (!(errors[name] <= largest)) throw new Error(`${name}: differs by ${errors[name]} of max|x| · Σ|k|`);
  }
  return errors;
}

/** The comparison as a table. */
export function signalTable(versions: string, comparisons: readonly SignalComparison[]): Table {
  const rows = comparisons.flatMap(({ length, kernel, dtype, milliseconds, errors, ratios }): Row[] => [
    { heading: `${length.toLocaleString("en")} by ${kernel.toLocaleString("en")}, ${dtype}` },
    ...CONTENDERS.map((name) => ({
      cells: [
        cell(name),
        cell(threeDigits(milliseconds[name])),
        cell(errors[name].toExponential(1)),
        name === "correlate1d"
          ? cell("")
          : cell(times(ratios[name].estimate), "plain", range(ratios[name].low, ratios[name].high)),
      ],
    })),
  ]);
  return {
    caption: "Two signals, correlated in full, one thread",
    columns: [column("who"), numbers("ms"), numbers("error"), numbers("× correlate1d (95 %)")],
    rows,
    notes: [
      `${versions}, Node ${process.versions.node}. Ratios above 1: the call of ours without a plan is so many times faster; the median ` +
        "over rounds in turn, and its 95 % interval. SciPy transforms both signals at each call, a plan and ml-convolution's object one, " +
        "and that gives the middle of the result. Error: the largest difference from float64, as a share of max|x| · Σ|k|.",
    ],
    folded: false,
  };
}
