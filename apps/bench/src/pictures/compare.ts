/**
 * `filterPicture` on RGBA bytes beside OpenCV.js and sharp: in turn, A B C A B C, in one process, all on one thread, after their
 * results were held against float64.
 *
 * What is inside the clock: bytes in, bytes out, into an array that is there for ours and OpenCV.js (whose memory the picture is
 * copied into and the result out of); sharp makes a new one. Kernels were given before to ours and OpenCV.js. All filter alpha,
 * which is 255 everywhere, as OpenCV does.
 *
 * @module
 */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { tensor } from "@corr2d/core";
import { gaussian, type Picture, type PictureKernel, planFilterPicture } from "@corr2d/core/pictures";
import { seededRandom } from "@corr2d/testkit";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import sharp from "sharp";
import { median, shuffle } from "simple-statistics";
import { cell, column, numbers, type Row, type Table } from "../report/document.ts";
import { range, threeDigits, times } from "../report/number-format.ts";
import { type Interval, meanOfRatios } from "../statistics/ratio.ts";

type OpenCv = typeof import("@techstark/opencv-js");
type Bytes = Picture<Uint8ClampedArray>;

/** What to measure, and how long. */
export interface PictureArguments {
  /** Width and height of each picture. */
  readonly sizes: readonly (readonly [width: number, height: number])[];
  readonly rounds: number;
  /** For each contender and round, in milliseconds. */
  readonly time: number;
  readonly seed: number;
  /** Ours alone. */
  readonly alone: boolean;
}

const OURS = "corr2d";
const PEERS = ["opencv.js", "sharp"] as const;
type Peer = (typeof PEERS)[number];
type Name = typeof OURS | Peer;

/** What was measured of one kernel on one picture. */
export interface PictureComparison {
  readonly size: readonly [width: number, height: number];
  readonly kernel: string;
  readonly results: readonly {
    readonly name: Name;
    /** Median of the rounds, in milliseconds. */
    readonly milliseconds: number;
    /** Largest difference from the exact result, inside the picture, in grey levels. */
    readonly error: number;
    /** Its time over ours; none of ours. */
    readonly ratio: Interval | undefined;
  }[];
}

/** A kernel, and what the peers call with it. */
interface Task {
  readonly name: string;
  readonly kernel: PictureKernel;
  readonly side: number;
  /** Standard deviation of a Gaussian. */
  readonly sigma?: number;
}

/** Whoever is further from the exact result computes something else. Blurs of sharp are approximations. */
const LARGEST_ERROR: Readonly<Record<Name, number>> = { corr2d: 0.51, "opencv.js": 1.01, sharp: 24 };

/** Dense kernels whose weights sum to 1, and Gaussians of ± 3σ. */
function tasksOf(seed: number): readonly Task[] {
  const dense = [3, 5, 9, 15].map((side): Task => {
    const random = seededRandom(seed, `dense ${side}`);
    const weights = Array.from({ length: side * side }, () => random.uniform());
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const kernel = tensor(
      [side, side],
      weights.map((weight) => weight / sum),
    );
    return { name: `dense ${side}×${side}`, kernel, side };
  });
  const gaussians = [1, 3, 10].map((sigma): Task => {
    const side = 2 * Math.round(3 * sigma) + 1;
    return { name: `Gaussian σ ${sigma}`, kernel: gaussian(sigma, { size: side }), side, sigma };
  });
  return [...dense, ...gaussians];
}

/** A contender: what filters once, and what it gave. */
interface Contender {
  run(): Promise<void> | void;
  result(): Uint8Array | Uint8ClampedArray;
  dispose(): void;
}

/** Compares for every size and kernel. */
export async function comparePictures(
  args: PictureArguments,
  onTask: (size: string, kernel: string) => void,
): Promise<{ readonly versions: string; readonly comparisons: readonly PictureComparison[] }> {
  sharp.concurrency(1);
  sharp.cache(false);
  const cv: OpenCv = await createRequire(import.meta.url)("@techstark/opencv-js");
  const comparisons: PictureComparison[] = [];
  for (const size of args.sizes) {
    const picture = await photographOf(size);
    for (const task of tasksOf(args.seed)) {
      onTask(size.join("×"), task.name);
      const contenders: Partial<Record<Name, Contender>> = {
        [OURS]: ours(picture, task),
        ...(!args.alone && { "opencv.js": ofOpenCv(cv, picture, task), sharp: ofSharp(picture, task) }),
      };
      const errors = await judge(contenders, picture, task);
      const rounds = await timeInTurn(contenders, args, task.name);
      comparisons.push({
        size,
        kernel: task.name,
        results: namesOf(contenders).map((name) => ({
          name,
          milliseconds: median(rounds[name]!),
          error: errors[name]!,
          ratio:
            name === OURS ? undefined : meanOfRatios(rounds[name]!.map((time, round) => time / rounds[OURS]![round]!)),
        })),
      });
    }
  }
  const opencv = /OpenCV (\S+)/.exec(cv.getBuildInformation())?.[1] ?? "unknown";
  return { versions: `OpenCV.js ${opencv}, sharp ${sharp.versions.sharp}`, comparisons };
}

function namesOf(contenders: Partial<Record<Name, Contender>>): readonly Name[] {
  return Object.keys(contenders) as Name[];
}

/** A photograph, made so large. */
async function photographOf([width, height]: readonly [number, number]): Promise<Bytes> {
  const file = fileURLToPath(PHOTOGRAPHS.chelsea.url);
  const pixels = await sharp(file).resize(width, height, { fit: "fill" }).ensureAlpha().raw().toBuffer();
  return { width, height, data: new Uint8ClampedArray(pixels) };
}

function ours(picture: Bytes, { kernel }: Task): Contender {
  const plan = planFilterPicture(picture, kernel, { alpha: "filter" });
  const to = { ...picture, data: new Uint8ClampedArray(picture.data.length) };
  return { run: () => void plan.run(picture, to), result: () => to.data, dispose: () => plan[Symbol.dispose]() };
}

function ofOpenCv(cv: OpenCv, { width, height, data }: Bytes, { kernel, side, sigma }: Task): Contender {
  const [source, result] = [new cv.Mat(height, width, cv.CV_8UC4), new cv.Mat(height, width, cv.CV_8UC4)];
  const weights = new cv.Mat(side, side, cv.CV_32FC1);
  if ("data" in kernel) weights.data32F.set(kernel.data);
  const to = new Uint8Array(data.length);
  const size = new cv.Size(side, side);
  return {
    run() {
      source.data.set(data);
      if (sigma === undefined) cv.filter2D(source, result, -1, weights);
      else cv.GaussianBlur(source, result, size, sigma, sigma);
      to.set(result.data);
    },
    result: () => to,
    dispose() {
      for (const matrix of [source, result, weights]) matrix.delete();
    },
  };
}

function ofSharp({ width, height, data }: Bytes, { kernel, side, sigma }: Task): Contender {
  let result: Uint8Array = new Uint8Array(0);
  const raw = { width, height, channels: 4 } as const;
  const weights = "data" in kernel ? Array.from(kernel.data) : [];
  return {
    async run() {
      const picture = sharp(data, { raw });
      const filtered =
        sigma === undefined
          ? picture.convolve({ width: side, height: side, kernel: weights, scale: 1 })
          : picture.blur(sigma);
      result = await filtered.raw().toBuffer();
    },
    result: () => result,
    dispose() {},
  };
}

/** Errors inside the picture, where nobody's boundary shows. */
async function judge(
  contenders: Partial<Record<Name, Contender>>,
  picture: Bytes,
  { name: kernelName, kernel, side }: Task,
): Promise<Partial<Record<Name, number>>> {
  const { width, height } = picture;
  const reach = (side - 1) / 2;
  // Rows of the middle are enough, and a float64 computation of all would take long.
  const rows = Math.min(64, height - 2 * reach);
  const region = { x: reach, y: Math.floor((height - rows) / 2), width: width - 2 * reach, height: rows };
  const options = { alpha: "filter", dtype: "float32", region, engine: "scalar" } as const;
  const truth = planFilterPicture(picture, kernel, options).run(picture).data;
  const errors: Partial<Record<Name, number>> = {};
  for (const name of namesOf(contenders)) {
    await contenders[name]!.run();
    const result = contenders[name]!.result();
    if (result.length !== picture.data.length) throw new Error(`${name}: ${result.length} bytes`);
    let worst = 0;
    for (let i = 0, t = 0; i < rows; i++) {
      let at = ((region.y + i) * width + region.x) * 4;
      for (let j = 0; j < region.width * 4; j++) worst = Math.max(worst, Math.abs(truth[t++]! - result[at++]!));
    }
    if (!(worst <= LARGEST_ERROR[name])) throw new Error(`${name}, ${kernelName}: off by ${worst} grey levels`);
    errors[name] = worst;
  }
  return errors;
}

/** Medians of each round, in milliseconds. */
async function timeInTurn(
  contenders: Partial<Record<Name, Contender>>,
  { rounds, time, seed }: PictureArguments,
  task: string,
): Promise<Partial<Record<Name, number[]>>> {
  const medians: Partial<Record<Name, number[]>> = {};
  const random = seededRandom(seed, `order ${task}`);
  for (let round = 0; round < rounds; round++) {
    for (const name of shuffle([...namesOf(contenders)], () => random.uniform())) {
      const { run } = contenders[name]!;
      await run();
      const taken: number[] = [];
      const end = performance.now() + time;
      do {
        const start = performance.now();
        await run();
        taken.push(performance.now() - start);
      } while (performance.now() < end);
      (medians[name] ??= []).push(median(taken));
    }
  }
  for (const name of namesOf(contenders)) contenders[name]!.dispose();
  return medians;
}

/** The comparison as a table. */
export function pictureTable(versions: string, comparisons: readonly PictureComparison[]): Table {
  const rows = comparisons.flatMap(({ size: [width, height], kernel, results }): Row[] => [
    { heading: `${width}×${height}, ${kernel}` },
    ...results.map(({ name, milliseconds, error, ratio }) => ({
      cells: [
        cell(name),
        cell(threeDigits(milliseconds)),
        cell(threeDigits((milliseconds * 1e6) / (width * height))),
        cell(threeDigits(error)),
        ratio === undefined ? cell("") : cell(times(ratio.estimate), "plain", range(ratio.low, ratio.high)),
      ],
    })),
  ]);
  return {
    caption: "RGBA bytes in and out, one thread",
    columns: [column("who"), numbers("ms"), numbers("ns a pixel"), numbers("error"), numbers("× corr2d (95 %)")],
    rows,
    notes: [
      `${versions}, Node ${process.versions.node}. Ratios above 1: ours is so many times faster; the mean over rounds in ` +
        "turn, and its 95 % interval. Error: the largest difference from the exact result in grey levels, of which rounding is 0.5; sharp " +
        "cuts fractions off, and its blur is an approximation.",
    ],
    folded: false,
  };
}
