/**
 * Templates in a grey float32 picture beside OpenCV.js: in turn, in one process, on one thread, after scores were held against float64.
 *
 * What is inside the clock: picture and templates in, scores in arrays of JavaScript out. Of one template ours is the stateless call; of ten
 * a plan of the picture that is made anew each time. OpenCV.js has no plans: its picture is copied in once for all ten.
 *
 * @module
 */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Matrix, matchTemplate, planTemplates, tensor } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import sharp from "sharp";
import { median } from "simple-statistics";
import { cell, column, numbers, type Row, type Table } from "../report/document.ts";
import { range, threeDigits, times } from "../report/number-format.ts";
import { ofFunction, ratiosIn, timeInTurn } from "../scipy/timed.ts";
import { medianInterval } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/ratio.ts";

type OpenCv = typeof import("@techstark/opencv-js");

/** What is measured by default. */
export const TEMPLATES: Pick<TemplateArguments, "size" | "sides"> = { size: [1280, 720], sides: [16, 64, 128] };
/** How many are looked for. */
const COUNTS = [1, 10] as const;
/** Whoever is further from float64 computes something else. */
const LARGEST_ERROR = 1e-4;

const CONTENDERS = ["corr2d", "opencv.js"] as const;
type Name = (typeof CONTENDERS)[number];

/** What to measure, and how long. */
export interface TemplateArguments {
  /** Of the picture. */
  readonly size: readonly [width: number, height: number];
  /** Of the templates, which are square. */
  readonly sides: readonly number[];
  readonly rounds: number;
  /** For each contender and round, in milliseconds. */
  readonly time: number;
  readonly seed: number;
}

/** What was measured of templates of one size. */
export interface TemplateComparison {
  readonly side: number;
  readonly count: number;
  readonly milliseconds: Readonly<Record<Name, number>>;
  /** Largest difference of a score from float64. */
  readonly errors: Readonly<Record<Name, number>>;
  /** Time of OpenCV.js over ours. */
  readonly ratio: Interval;
}

/** Compares one template of each size, and ten. */
export async function compareTemplates(
  { size: [width, height], sides, rounds, time, seed }: TemplateArguments,
  onTask: (side: number, count: number) => void,
): Promise<readonly TemplateComparison[]> {
  const cv: OpenCv = await createRequire(import.meta.url)("@techstark/opencv-js");
  const pixels = await sharp(fileURLToPath(PHOTOGRAPHS.chelsea.url))
    .resize(width, height, { fit: "fill" })
    .greyscale()
    .raw()
    .toBuffer();
  const picture = tensor([height, width], Float32Array.from(pixels));
  const exactly = planTemplates(tensor([height, width], Float64Array.from(pixels)));
  const comparisons: TemplateComparison[] = [];
  for (const side of sides) {
    const random = seededRandom(seed, `templates ${side}`);
    const templates = Array.from({ length: Math.max(...COUNTS) }, () => partOf(picture, side, random));
    const [first] = templates as [Matrix];
    const truth = exactly.run(tensor([side, side], Float64Array.from(first.data))).data;
    for (const count of COUNTS) {
      onTask(side, count);
      const some = templates.slice(0, count);
      const opencv = ofOpenCv(cv, picture, some);
      const contenders = { corr2d: ofFunction(() => ours(picture, some)), "opencv.js": ofFunction(opencv.run) };
      const errors = {} as Record<Name, number>;
      for (const name of CONTENDERS) errors[name] = worstOf(name, (await contenders[name].result())[0]!, truth);
      const medians = await timeInTurn(CONTENDERS, contenders, { rounds, time }, () => random.uniform());
      opencv.dispose();
      comparisons.push({
        side,
        count,
        milliseconds: { corr2d: median(medians.corr2d), "opencv.js": median(medians["opencv.js"]) },
        errors,
        ratio: medianInterval(ratiosIn(medians["opencv.js"], medians.corr2d), () => random.uniform())!,
      });
    }
  }
  exactly[Symbol.dispose]();
  return comparisons;
}

function partOf(picture: Matrix, side: number, random: { integer(from: number, to: number): number }): Matrix {
  const { data, shape } = picture;
  const [height, width] = shape;
  const [top, left] = [random.integer(0, height - side), random.integer(0, width - side)];
  const part = new Float32Array(side * side);
  for (let i = 0; i < side; i++) {
    const from = (top + i) * width + left;
    part.set(data.subarray(from, from + side), i * side);
  }
  return tensor([side, side], part);
}

function ours(picture: Matrix, templates: readonly Matrix[]): readonly Float32Array[] {
  if (templates.length === 1) return [matchTemplate(picture, templates[0]!).data];
  const plan = planTemplates(picture);
  const scores = templates.map((template) => plan.run(template).data);
  plan[Symbol.dispose]();
  return scores;
}

function ofOpenCv(
  cv: OpenCv,
  { data, shape: [height, width] }: Matrix,
  templates: readonly Matrix[],
): { readonly run: () => readonly Float32Array[]; readonly dispose: () => void } {
  const source = new cv.Mat(height, width, cv.CV_32FC1);
  const parts = templates.map(({ shape: [rows, columns] }) => new cv.Mat(rows, columns, cv.CV_32FC1));
  const result = new cv.Mat();
  return {
    run() {
      source.data32F.set(data);
      return templates.map((template, t) => {
        const part = parts[t]!;
        part.data32F.set(template.data);
        cv.matchTemplate(source, part, result, cv.TM_CCOEFF_NORMED);
        return result.data32F.slice();
      });
    },
    dispose() {
      for (const matrix of [source, result, ...parts]) matrix.delete();
    },
  };
}

function worstOf(name: Name, scores: Float32Array, truth: Float64Array): number {
  if (scores.length !== truth.length) throw new Error(`${name}: ${scores.length} scores instead of ${truth.length}`);
  let worst = 0;
  for (let i = 0; i < truth.length; i++) worst = Math.max(worst, Math.abs(scores[i]! - truth[i]!));
  if (!(worst <= LARGEST_ERROR)) throw new Error(`${name}: scores are off by ${worst}`);
  return worst;
}

/** The comparison as a table. */
export function templateTable(
  [width, height]: TemplateArguments["size"],
  comparisons: readonly TemplateComparison[],
): Table {
  const rows = comparisons.flatMap(({ side, count, milliseconds, errors, ratio }): Row[] => [
    { heading: `${side}×${side}, ${count === 1 ? "one template" : `${count} templates`}` },
    ...CONTENDERS.map((name) => ({
      cells: [
        cell(name),
        cell(threeDigits(milliseconds[name])),
        cell(errors[name].toExponential(1)),
        name === "corr2d" ? cell("") : cell(times(ratio.estimate), "plain", range(ratio.low, ratio.high)),
      ],
    })),
  ]);
  return {
    caption: `Templates in a grey ${width}×${height} float32 picture, correlation coefficients, one thread`,
    columns: [column("who"), numbers("ms"), numbers("error"), numbers("× corr2d (95 %)")],
    rows,
    notes: [
      "Ratios above 1: ours is so many times faster; the median over rounds in turn, and its 95 % interval. Error: the largest difference of a " +
        "score from float64. Ten templates go through one plan of ours, which is made inside the clock.",
    ],
    folded: false,
  };
}
