/**
 * The gradient of a correlation with respect to its kernel: a correlation of the image with dy, of which h × w cells are wanted,
 *
 *     dk[a, b] = Σ_{i, j} dy[i, j] · x̃[i + a − top, j + b − left]
 *
 * added up, in float64, over blocks of rows of dy that are few enough for an algorithm to take them for a kernel.
 *
 * @module
 */

import { resolveWord } from "../geometry/options.ts";
import { sharedEngine } from "../simd/engine/engine.ts";
import { simdFeatures } from "../simd/engine/features.ts";
import { OutOfMemoryError } from "../simd/engine/memory.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { DType, FloatArray } from "../tensor/tensor.ts";
import type { MatrixChoiceOptions, MatrixFacts } from "./choose.ts";
import { gamma, MATRIX_ALGORITHM_NAMES } from "./problem/algorithm.ts";
import type { KernelGeometry, PlannedProblem } from "./problem/problem.ts";
import { correlateDirectly } from "./scalar/direct.ts";
import { correlateNaively } from "./scalar/naive.ts";
import { prepareDirectlySimd, supportsDirect } from "./simd/direct.ts";

/** Elements of dy in a block: four times as many floats of weights stay in a second-level cache. */
const BLOCK_ELEMENTS = 16 * 1024;
/** Products below which calling SIMD is not worth it. */
const FEW_PRODUCTS = 20_000;

/** A gradient that was prepared. */
export interface KernelGradient {
  readonly facts: MatrixFacts;
  readonly scratchBytes: number;
  run(x: FloatArray, dy: FloatArray, dk: FloatArray): void;
}

/** Computes the part of a gradient that a block of rows of dy has, as a problem whose kernel is the block. */
type Correlate = (part: PlannedProblem, x: FloatArray, target: FloatArray) => void;

/** Prepares the gradient with respect to a kernel that is not flipped. */
export function prepareKernelGradient(
  operation: string,
  geometry: KernelGeometry,
  dtype: DType,
  options: MatrixChoiceOptions,
): KernelGradient {
  const algorithm = resolveWord(operation, "algorithm", ["auto", ...MATRIX_ALGORITHM_NAMES], options.algorithm);
  const engine = resolveWord(operation, "engine", ["auto", "scalar", "simd"], options.engine);
  resolveWord(operation, "precision", ["default", "strict"], options.precision);
  if (algorithm === "separable" || algorithm === "fft") {
    throw new RangeError(`${operation}: algorithm "${algorithm}" computes no gradient of a kernel; use "auto"`);
  }
  const {
    outShape: [outHeight, outWidth],
    kernelShape,
    before: [top, left],
  } = geometry;
  const rows = Math.max(1, Math.min(outHeight, 64, Math.floor(BLOCK_ELEMENTS / outWidth)));
  const obstacle = algorithm === "naive" ? "naive has no SIMD form" : obstacleOf(dtype, rows, outWidth);
  if (engine === "simd" && obstacle !== undefined)
    throw new RangeError(`${operation}: engine "simd" cannot do it: ${obstacle}`);
  const products = outHeight * outWidth * sizeOf(kernelShape);
  const isSimd = obstacle === undefined && (engine === "simd" || (engine === "auto" && products >= FEW_PRODUCTS));

  const add = (x: FloatArray, dy: FloatArray, dk: FloatArray, correlate: Correlate): void => {
    const sums = new Float64Array(dk.length);
    const target = isSimd ? new Float32Array(dk.length) : new Float64Array(dk.length);
    for (let i = 0; i < outHeight; i += rows) {
      const block = Math.min(rows, outHeight - i);
      const part: PlannedProblem = {
        ...geometry,
        kernel: dy.slice(i * outWidth, (i + block) * outWidth),
        factors: undefined,
        kernelShape: [block, outWidth],
        before: [top - i, left],
        outShape: kernelShape,
      };
      correlate(part, x, target);
      for (let t = 0; t < sums.length; t++) sums[t] += target[t];
    }
    dk.set(sums);
  };
  const onScalar: Correlate = (part, source, target) =>
    (algorithm === "naive" ? correlateNaively : correlateDirectly)({ ...part, source }, target);
  const onSimd: Correlate = (part, x, target) => prepareDirectlySimd(sharedEngine(), part).run(x, target);
  const unit = dtype === "float64" ? 2 ** -53 : 2 ** -24;
  return {
    facts: {
      algorithm: algorithm === "naive" ? "naive" : "direct",
      engine: isSimd ? "simd" : "scalar",
      reason:
        algorithm === "auto"
          ? `a sum over the whole output for each of ${sizeOf(kernelShape)} weights${isSimd || engine !== "auto" ? "" : `; not on SIMD: ${obstacle ?? "so little is done"}`}`
          : "asked for by name",
      errorBound: {
        kind: "element",
        constant: gamma(isSimd ? rows * outWidth + 4 : 4, unit) + gamma(products, 2 ** -53),
      },
      ...(options.precision && { precision: options.precision }),
    },
    scratchBytes: 16 * sizeOf(kernelShape) + 20 * rows * outWidth,
    run(x, dy, dk) {
      if (!isSimd) {
        add(x, dy, dk, onScalar);
        return;
      }
      try {
        add(x, dy, dk, onSimd);
      } catch (error) {
        if (engine === "simd" || !(error instanceof OutOfMemoryError)) throw error;
        dk.fill(Number.NaN);
      }
      // An infinite dy makes NaN of absent cells, which are zeros to SIMD: then the plain sums say what is right.
      if ((dk as Float64Array).some(Number.isNaN)) add(x, dy, dk, onScalar);
    },
  };
}

function obstacleOf(dtype: DType, rows: number, columns: number): string | undefined {
  if (dtype === "float64") return "SIMD computes float32, and this is float64";
  const { simd } = simdFeatures();
  if (simd !== true) return simd;
  const supported = supportsDirect([rows, columns]);
  return supported === true ? undefined : supported;
}
