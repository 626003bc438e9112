/**
 * Plans of all kinds, run in any order between one another by several threads: each gives the bits that it gave on one thread.
 * A few hundred runs; with LONG=1 in the environment ten thousand.
 */

import { seededRandom } from "@corr2d/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ConvAlgorithm, PASSES, type Pass, preparationOf } from "../algorithm/algorithm.ts";
import {
  type ConvGeometry,
  filterShapeOf,
  inputShapeOf,
  outputShapeOf,
  resolveConvGeometry,
} from "../geometry/planes.ts";
import { simdAlgorithmsOf } from "../simd/algorithms.ts";
import { SimdEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { hostWebAssembly } from "../simd/engine/webassembly.ts";
import { sizeOf } from "../tensor/shape.ts";
import { hire, threadedEngine } from "./start.ts";

const RUNS = process.env.LONG === "1" ? 10_000 : 300;
const PLANS = 60;
const random = seededRandom(18);

const alone = new SimdEngine(hostWebAssembly()!, simdFeatures());
const threaded = new SimdEngine(hostWebAssembly()!, simdFeatures());

const engine = threadedEngine(threaded, 0);
threaded.threaded = engine;

beforeAll(() => hire(engine.team.crew, 3), 60_000);
afterAll(() => engine.team.crew.end());

/** A geometry of any kind, and an algorithm that computes a pass over it. */
function anyProblem(): { g: ConvGeometry; pass: Pass; algorithm: number } {
  for (;;) {
    const [groups, perGroup] = random.pick([
      [1, random.pick([1, 4, 12, 32, 64])],
      [1, 1],
      [4, 4],
      [random.pick([8, 30]), 1],
    ] as const);
    const outChannels = groups * random.pick(groups > 1 ? [perGroup] : [1, 4, 20, 64]);
    const kernel = random.pick([1, 3, 3, 3, 5]);
    const g = resolveConvGeometry(
      "pool",
      [random.pick([1, 1, 2, 9]), random.integer(1, 60), random.integer(1, 60), groups * perGroup],
      [kernel, kernel, perGroup, outChannels],
      { padding: "same", strides: random.pick([1, 1, 1, 2]), groups },
    );
    const pass = random.pick(PASSES);
    const computing = simdAlgorithmsOf(() => alone).flatMap((algorithm, n) =>
      typeof (algorithm as ConvAlgorithm).propose[pass](g) === "string" ? [] : [n],
    );
    if (computing.length > 0) return { g, pass, algorithm: random.pick(computing) };
  }
}

const ODD = [Number.NaN, Number.POSITIVE_INFINITY, -3.4e38, 1e30, 1e6, 1e-30, 2 ** -149, -0, 0];

/** Noise; of every third array some values are unlike the others. */
function noise(length: number): Float32Array {
  const values = Float32Array.from({ length }, () => random.uniform(-0.5, 0.5));
  if (random.uniform() < 0.3) {
    for (let n = random.integer(1, 5); n > 0; n--) values[random.integer(0, length - 1)] = random.pick(ODD);
  }
  return values;
}

/** What computes a problem by an engine, into a result that starts as garbage. */
function runnerOf(
  engine: SimdEngine,
  { g, pass, algorithm }: ReturnType<typeof anyProblem>,
  data: Data,
): () => Int32Array {
  const chosen: ConvAlgorithm = simdAlgorithmsOf(() => engine)[algorithm]!;
  const { x, filter, dy } = data;
  const result = new Float32Array({ forward: dy, inputGradient: x, filterGradient: filter }[pass].length);
  const forward = pass === "forward" ? preparationOf(chosen, g, "forward")(filter) : undefined;
  const input = pass === "inputGradient" ? preparationOf(chosen, g, "inputGradient")(filter) : undefined;
  const weights = pass === "filterGradient" ? preparationOf(chosen, g, "filterGradient")() : undefined;
  return () => {
    result.fill(Number.NaN);
    forward?.run(x, result);
    input?.run(dy, result);
    weights?.run(x, dy, result);
    // Any NaN is as good as another.
    for (const [i, value] of result.entries()) if (Number.isNaN(value)) result[i] = Number.NaN;
    return new Int32Array(result.buffer);
  };
}

interface Data {
  readonly x: Float32Array;
  readonly filter: Float32Array;
  readonly dy: Float32Array;
}

it(`${RUNS} runs of plans from a pool have the bits of one thread`, { timeout: 1_800_000 }, () => {
  const slots: { run: () => Int32Array; expected: Int32Array; what: string }[] = [];
  for (let n = 0; n < RUNS; n++) {
    const slot = random.integer(0, PLANS - 1);
    if (slots[slot] === undefined || random.uniform() < 0.15) {
      const problem = anyProblem();
      const [x, filter, dy] = [inputShapeOf, filterShapeOf, outputShapeOf].map((shape) =>
        noise(sizeOf(shape(problem.g))),
      );
      const data = { x: x!, filter: filter!, dy: dy! };
      const expected = runnerOf(alone, problem, data)();
      const what = `${problem.pass} of ${JSON.stringify(problem.g)} by algorithm ${problem.algorithm}`;
      slots[slot] = { run: runnerOf(threaded, problem, data), expected, what };
    }
    const { run, expected, what } = slots[slot];
    const bits = run();
    const wrong = bits.findIndex((value, i) => value !== expected[i]);
    if (wrong >= 0) throw new Error(`run ${n}: other bits at ${wrong} of ${bits.length}: ${what}`);
  }
  expect(engine.team.threads).toBe(3);
});
