/**
 * `corr2d` on a picture beside OpenCV.js and SciPy: in turn, A B C A B C, each in its own process or library, all on one thread,
 * after their results were held against `corr2d` in float64.
 *
 * What is inside the clock: the run of a plan with arrays in and out; for OpenCV.js copies of picture and result, too, since it
 * has a memory of its own. Who can write into an array that is there does: ours, OpenCV.js and scipy.ndimage. Kernels were
 * given before to whoever takes them before: ours and OpenCV.js.
 *
 * @module
 */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { corr2d, type Matrix, type Plan, plan, type Shape2 } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { median } from "simple-statistics";
import { opencv } from "../peers/opencv.ts";
import { cell, column, numbers, type Row, type Table } from "../report/document.ts";
import { range, threeDigits, times } from "../report/number-format.ts";
import { medianInterval } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/ratio.ts";
import { filterCase, photographData } from "../suites/images.ts";
import { Scipy, type ScipyRequest } from "./python.ts";
import { ofFunction, ratiosIn, type TimedContender, timeInTurn } from "./timed.ts";

/** The functions of SciPy that correlate images. */
const SCIPY_FUNCTIONS = ["correlate2d", "ndimage", "fftconvolve"] as const;

/** What `scipy/correlate.py` is asked: the data are image and kernel in float32. */
export interface ImageRequest extends ScipyRequest {
  readonly function: (typeof SCIPY_FUNCTIONS)[number];
  readonly side: number;
  readonly size: number;
}

/** What to measure, and how long. */
export interface ComparisonArguments {
  readonly kernels: readonly number[];
  readonly rounds: number;
  /** For each contender and round, in milliseconds. */
  readonly time: number;
  readonly seed: number;
}

/** Both engines of ours; ratios speak of either. */
const OURS = ["corr2d", "corr2d/simd"] as const;
const PEERS = ["opencv.js", "scipy correlate2d", "scipy ndimage", "scipy fftconvolve"] as const;
const CONTENDERS = [...OURS, ...PEERS];
type Ours = (typeof OURS)[number];
type Peer = (typeof PEERS)[number];
type Name = Ours | Peer;

/** What was measured of one kernel. */
export interface KernelComparison {
  readonly size: number;
  /** Medians of the rounds, in milliseconds. */
  readonly milliseconds: Readonly<Record<Name, number>>;
  /** Largest difference from float64, as a share of max|x| · Σ|k|. */
  readonly errors: Readonly<Record<Name, number>>;
  /** Time of a peer over that of one of ours, by ours, then peer. */
  readonly ratios: Readonly<Record<Ours, Readonly<Record<Peer, Interval>>>>;
}

/** Whoever is further from float64 than this, as a share of max|x| · Σ|k|, computes something else. */
const LARGEST_ERROR = 1e-5;

/** A contender on an image. */
type Timed = TimedContender<Float32Array>;

/** Compares for every kernel size; SciPy runs in this Python. */
export async function compareWithScipy(
  python: string,
  args: ComparisonArguments,
  onKernel: (size: number) => void,
): Promise<{ readonly versions: string; readonly kernels: readonly KernelComparison[] }> {
  const folder = await mkdtemp(join(tmpdir(), "corr2d-scipy-"));
  const scipy = new Scipy<ImageRequest>(python, "correlate.py");
  try {
    const { scipy: scipyVersion, numpy } = await scipy.versions();
    const kernels: KernelComparison[] = [];
    for (const size of args.kernels) {
      onKernel(size);
      kernels.push(await compareKernel(scipy, folder, size, args));
    }
    return { versions: `SciPy ${scipyVersion}, NumPy ${numpy}`, kernels };
  } finally {
    scipy.stop();
    await rm(folder, { recursive: true });
  }
}

async function compareKernel(
  scipy: Scipy<ImageRequest>,
  folder: string,
  size: number,
  { rounds, time, seed }: ComparisonArguments,
): Promise<KernelComparison> {
  const convCase = filterCase(size);
  const data = await photographData(convCase, seed);
  const [, height, width] = convCase.inputShape;
  const x: Matrix = { shape: [height, width], data: data.x };
  const kernel: Matrix = { shape: [size, size], data: data.filter };

  const file = join(folder, `${size}.f32`);
  await writeFile(file, Buffer.concat([x.data, kernel.data].map((part) => new Uint8Array(part.slice().buffer))));
  const cv = await (await opencv.load()).prepare(convCase, "forward", data);
  const contenders = {
    corr2d: ofPlan(plan(corr2d, x.shape, kernel, { mode: "same", engine: "scalar" }), x.data),
    "corr2d/simd": ofPlan(plan(corr2d, x.shape, kernel, { mode: "same", engine: "simd" }), x.data),
    "opencv.js": {
      ...ofFunction(() => cv.run() as undefined),
      result: async () => (await cv.read()) as Float32Array,
      dispose: () => cv.dispose(),
    },
    ...Object.fromEntries(
      SCIPY_FUNCTIONS.map((name) => {
        const request = { function: name, side: width, size, data: file, result: null } as const;
        const result = join(folder, "result.f32");
        const timed: Timed = {
          time: (milliseconds) => scipy.time({ ...request, milliseconds }),
          async result() {
            await scipy.time({ ...request, milliseconds: 0, result });
            const bytes = await readFile(result);
            return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
          },
          dispose() {},
        };
        return [`scipy ${name}`, timed];
      }),
    ),
  } as Record<Name, Timed>;

  const errors = await judge(contenders, x, kernel);
  const random = seededRandom(seed, `scipy ${size}`);
  const medians = await timeInTurn(CONTENDERS, contenders, { rounds, time }, () => random.uniform());
  for (const { dispose } of Object.values(contenders)) dispose();
  const ratiosOf = (ours: Name) =>
    Object.fromEntries(
      PEERS.map((peer) => [peer, medianInterval(ratiosIn(medians[peer], medians[ours]), () => random.uniform())!]),
    ) as Record<Peer, Interval>;
  return {
    size,
    milliseconds: ofEach((name) => median(medians[name])),
    errors,
    ratios: { corr2d: ratiosOf("corr2d"), "corr2d/simd": ratiosOf("corr2d/simd") },
  };
}

function ofEach<T>(value: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(CONTENDERS.map((name) => [name, value(name)])) as Record<Name, T>;
}

/** Times a plan over one image, into one array. */
function ofPlan(planned: Plan<Shape2, Float32Array, string>, x: Float32Array): Timed {
  const y = new Float32Array(x.length);
  return ofFunction(() => planned.run(x, y));
}

/** Errors of all, as shares of max|x| · Σ|k|; each has run once. */
async function judge(
  contenders: Readonly<Record<Name, Timed>>,
  x: Matrix,
  kernel: Matrix,
): Promise<Record<Name, number>> {
  const widened = ({ shape, data }: Matrix): Matrix<Float64Array> => ({ shape, data: Float64Array.from(data) });
  const truth = corr2d(widened(x), widened(kernel), { mode: "same" }).data;
  const largest = x.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const sum = kernel.data.reduce((total, weight) => total + Math.abs(weight), 0);
  const errors = ofEach(() => 0);
  for (const name of CONTENDERS) {
    await contenders[name].time(0);
    const result = await contenders[name].result();
    if (result.length !== truth.length) throw new Error(`${name}: ${result.length} cells, not ${truth.length}`);
    errors[name] = truth.reduce((worst, value, i) => Math.max(worst, Math.abs(value - result[i])), 0) / (largest * sum);
    if (!(errors[name] <= LARGEST_ERROR)) {
      throw new Error(`${name}, kernel ${kernel.shape.join("×")}: differs by ${errors[name]} of max|x| · Σ|k|`);
    }
  }
  return errors;
}

/** The comparison as a table. */
export function comparisonTable(versions: string, kernels: readonly KernelComparison[]): Table {
  const rows = kernels.flatMap(({ size, milliseconds, errors, ratios }): Row[] => [
    { heading: `${size}×${size}` },
    ...CONTENDERS.map((name) => ({
      cells: [
        cell(name),
        cell(threeDigits(milliseconds[name])),
        cell(errors[name].toExponential(1)),
        ...OURS.map((ours) => {
          const ratio = (ratios[ours] as Partial<Record<Name, Interval>>)[name];
          return ratio === undefined ? cell("") : cell(times(ratio.estimate), "plain", range(ratio.low, ratio.high));
        }),
      ],
    })),
  ]);
  return {
    caption: "A photograph of 512×512 in float32 by dense k×k kernels, zeros outside, one thread",
    columns: [column("who"), numbers("ms"), numbers("error"), ...OURS.map((ours) => numbers(`× ${ours} (95 %)`))],
    rows,
    notes: [
      `${versions}, Node ${process.versions.node}. Ratios above 1: ours is so many times faster; the median over rounds in ` +
        "turn, and its 95 % interval. Error: the largest difference from float64, as a share of max|x| · Σ|k|.",
    ],
    folded: false,
  };
}
