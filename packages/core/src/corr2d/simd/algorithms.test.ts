/** The SIMD algorithms on matrices, between guard zones, against the definition in float64 and the bounds they state. */

import { describe, expect, it } from "vitest";
import { BOUNDARIES } from "../../geometry/boundary.ts";
import { SimdEngine } from "../../simd/engine/engine.ts";
import { simdFeatures } from "../../simd/engine/features.ts";
import { GuardZones } from "../../simd/engine/guards.ts";
import { hostWebAssembly } from "../../simd/engine/webassembly.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Matrix } from "../../tensor/tensor.ts";
import { chooseMatrix } from "../choose.ts";
import { MATRIX_ALGORITHM_NAMES, type MatrixAlgorithmName } from "../problem/algorithm.ts";
import {
  type Corr2dMode,
  type GeometryOptions,
  type MatrixProblem,
  oriented,
  type PlannedProblem,
  resolveGeometry,
} from "../problem/problem.ts";
import { correlateDirectly } from "../scalar/direct.ts";
import { simdAlgorithms } from "./algorithms.ts";

const features = simdFeatures();
const arithmetics = features.relaxedMadd ? [false, true] : [false];
const MODES: readonly Corr2dMode[] = ["valid", "same", "full"];

/** Images and kernels: less than a tile, several tiles and blocks with something left over, kernels larger than images. */
const SIZES = [
  { image: [1, 1], kernel: [1, 1] },
  { image: [7, 5], kernel: [3, 2] },
  { image: [5, 7], kernel: [8, 9] },
  { image: [40, 61], kernel: [5, 5] },
  { image: [30, 33], kernel: [1, 20] },
  { image: [33, 30], kernel: [20, 1] },
  { image: [130, 217], kernel: [16, 7] },
  { image: [60, 2100], kernel: [6, 3] },
  { image: [140, 90], kernel: [63, 40] },
] as const;

const matrix = (shape: readonly [number, number], f: (i: number) => number): Matrix => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => f(i)),
});
type Problem = PlannedProblem & MatrixProblem;
const resolved = (x: Matrix, kernel: Matrix, options: GeometryOptions, flip: boolean): Problem => ({
  ...resolveGeometry("test", x.shape, kernel.shape, options, flip),
  ...oriented({ kernel: kernel.data, factors: undefined }, flip),
  source: x.data,
});
const choose = (engine: SimdEngine, problem: Problem, algorithm: MatrixAlgorithmName) =>
  chooseMatrix(
    "test",
    problem,
    { algorithm, engine: "simd" },
    { names: MATRIX_ALGORITHM_NAMES, algorithms: simdAlgorithms(() => engine) },
  );
const exact = (problem: MatrixProblem): Float64Array => {
  const y = new Float64Array(sizeOf(problem.outShape));
  correlateDirectly(problem, y);
  return y;
};
const absolute = (values: Float32Array): Float32Array => values.map(Math.abs);

describe.each(arithmetics)("fma %s", (fma) => {
  const engine = new SimdEngine(hostWebAssembly()!, features, { fma, guards: new GuardZones(256) });
  const compute = (problem: Problem, algorithm: MatrixAlgorithmName) => {
    const { errorBound, prepare } = choose(engine, problem, algorithm);
    const y = new Float32Array(sizeOf(problem.outShape));
    prepare().run(problem.source, y);
    return { y, errorBound };
  };
  const cases = SIZES.flatMap((size) =>
    MODES.filter((mode) => mode !== "valid" || size.kernel.every((side, axis) => side <= size.image[axis]!)).map(
      (mode) => ({ name: `${size.image.join("×")} by ${size.kernel.join("×")}, ${mode}`, ...size, mode }),
    ),
  );

  it.each(cases)(
    "$name: exact on integers, within its bound on reals, at every boundary",
    ({ image, kernel, mode }) => {
      const column = Float32Array.from({ length: kernel[0] }, (_, a) => Math.cos(a + 1));
      const row = Float32Array.from({ length: kernel[1] }, (_, b) => Math.sin(b + 1));
      const integers = matrix(image, (i) => ((i * i) % 7) - 3);
      const reals = matrix(image, (i) => Math.sin(i * i + 1));
      for (const boundary of BOUNDARIES) {
        for (const flip of [false, true]) {
          const options = boundary === "constant" ? { mode, boundary, fillValue: 2 } : { mode, boundary };
          const whole = matrix(kernel, (i) => ((i * i) % 5) - 2);
          const onIntegers = resolved(integers, whole, options, flip);
          const direct = compute(onIntegers, "direct");
          const expected = exact(onIntegers);
          expect(direct.y.findIndex((value, i) => value !== expected[i])).toBe(-1);

          for (const algorithm of ["direct", "separable", "fft"] as const) {
            const weights =
              algorithm === "separable"
                ? matrix(kernel, (i) => column[Math.floor(i / kernel[1])]! * row[i % kernel[1]]!)
                : matrix(kernel, (i) => Math.cos(3 * i * i));
            const problem = resolved(reals, weights, options, flip);
            const { y, errorBound } = compute(problem, algorithm);
            const y64 = exact(problem);
            const magnitudes = exact({
              ...problem,
              source: absolute(reals.data),
              kernel: absolute(problem.kernel as Float32Array),
            });
            let worst = 0;
            for (let i = 0; i < y.length; i++) {
              // Written so that NaN is the worst.
              const error = Math.abs(y[i]! - y64[i]!) / (magnitudes[i]! + Number.MIN_VALUE);
              if (!(error <= worst)) worst = error;
            }
            expect(worst).toBeLessThanOrEqual(errorBound.constant);
          }
        }
      }
    },
    60_000,
  );
});

it("runs on when the engine's memory has grown, and when it was given up for another", () => {
  const engine = new SimdEngine(hostWebAssembly()!, features, { guards: new GuardZones(256) });
  const image = matrix([40, 61], (i) => ((i * i) % 7) - 3);
  const problem = resolved(
    image,
    matrix([5, 5], (i) => i % 3),
    { mode: "same" },
    false,
  );
  const y = new Float32Array(sizeOf(problem.outShape));
  const expected = Float32Array.from(exact(problem));
  for (const algorithm of ["direct", "fft"] as const) {
    const prepared = choose(engine, problem, algorithm).prepare();
    prepared.run(problem.source, y);
    const first = y.slice();
    if (algorithm === "direct") expect(first).toEqual(expected);
    const block = engine.memory.allocate(2 ** 27);
    prepared.run(problem.source, y.fill(0));
    expect(y).toEqual(first);
    engine.memory.free(block);
    expect(engine.memory.byteLength).toBe(0);
    prepared.run(problem.source, y.fill(0));
    expect(y).toEqual(first);
  }
});

it("overflows by rows and columns only where the result does", () => {
  const engine = new SimdEngine(hostWebAssembly()!, features);
  const rank1 = matrix([2, 20], (i) => (i < 20 ? 1 : 2 ** -10));
  const problem = resolved(
    matrix([2, 20], () => 1e38),
    rank1,
    { mode: "full" },
    false,
  );
  const y = new Float32Array(sizeOf(problem.outShape));
  choose(engine, problem, "separable").prepare().run(problem.source, y);
  const expected = Float32Array.from(exact(problem));
  expect(expected.filter(Number.isFinite).length).toBeGreaterThan(0);
  expect(expected).toContain(Number.POSITIVE_INFINITY);
  expect(y.findIndex((value, i) => Number.isFinite(value) !== Number.isFinite(expected[i]))).toBe(-1);
});
