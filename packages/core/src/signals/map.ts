/**
 * Correlation along the rows of a matrix as a map that is linear in signals and in taps, with its two gradients: one row after the
 * other, each a problem of matrices with a single row.
 *
 *     dk[j] = Σ_rows Σ_i dy[i] · x̃[i + j − before]        a correlation of x̃ with dy, m values of it
 *
 * @module
 */

import {
  type Catalogue,
  chooseMatrix,
  type MatrixChoiceOptions,
  type MatrixFacts,
  prepareMatrix,
} from "../corr2d/choose.ts";
import { activationsMap, type MatrixMap } from "../corr2d/map.ts";
import { gamma } from "../corr2d/problem/algorithm.ts";
import type { KernelGeometry, PlannedProblem } from "../corr2d/problem/problem.ts";
import { type ActivationPlan, once, type WeightsGradientPlan } from "../operation/bilinear-map.ts";
import { arrayOf } from "../simd/engine/resident.ts";
import { type DType, zeroArray } from "../tensor/tensor.ts";

/** The map of `rows` signals; kernels come as users give them, and are flipped if the operation flips. */
export function signalMap<Name extends string>(
  operation: string,
  rows: number,
  geometry: KernelGeometry,
  dtype: DType,
  flip: boolean,
  options: MatrixChoiceOptions<Name>,
  catalogue: Catalogue<Name>,
): MatrixMap {
  const row = activationsMap(operation, geometry, dtype, flip, options, catalogue);
  const [samples, length] = [geometry.shape[1], geometry.outShape[1]];
  const taps = geometry.kernelShape[1];
  /** The gradient's problem, of a dy. */
  const gradientProblem = (dy: PlannedProblem["kernel"]): PlannedProblem => ({
    ...geometry,
    kernel: dy,
    factors: undefined,
    kernelShape: [1, length],
    outShape: [1, taps],
  });
  const gradientFacts = (): MatrixFacts<Name> => {
    const problem = gradientProblem(zeroArray(dtype, length).fill(1));
    const { prepare: _, isForced: __, cost: ___, ...facts } = chooseMatrix(operation, problem, options, catalogue);
    const constant =
      facts.errorBound.constant + (rows > 1 ? gamma(rows, dtype === "float64" ? 2 ** -53 : 2 ** -24) : 0);
    return { ...facts, errorBound: { kind: "element", constant } };
  };
  return {
    explain(pass, kernel, x) {
      if (pass === "filterGradient") return gradientFacts();
      return row.explain(pass, kernel, x?.subarray(0, samples));
    },
    prepare: (kernel) => overRows(row.prepare(kernel), rows, samples, length),
    prepareInputGradient: (kernel) => overRows(row.prepareInputGradient(kernel), rows, length, samples),
    prepareFilterGradient() {
      const plan: Omit<WeightsGradientPlan, "run"> = {
        ...gradientFacts(),
        scratchBytes: 8 * taps + zeroArray(dtype, 1).BYTES_PER_ELEMENT * (length + taps),
      };
      const run: WeightsGradientPlan["run"] = (given, dy, target) => {
        const [x, dw] = [arrayOf(given), arrayOf(target)];
        const sums = new Float64Array(taps);
        const part = zeroArray(dtype, taps);
        for (let r = 0; r < rows; r++) {
          const kernel = arrayOf(dy).slice(r * length, (r + 1) * length);
          once(prepareMatrix(operation, gradientProblem(kernel), options, catalogue), (prepared) =>
            prepared.run(x.subarray(r * samples, (r + 1) * samples), part),
          );
          for (let j = 0; j < taps; j++) sums[j]! += part[j]!;
        }
        dw.set(flip ? sums.reverse() : sums);
      };
      return { ...plan, run };
    },
  };
}

/** A plan of one row for all of them. */
function overRows(plan: ActivationPlan, rows: number, from: number, to: number): ActivationPlan {
  return {
    ...plan,
    run(given, target) {
      const [x, y] = [arrayOf(given), arrayOf(target)];
      for (let r = 0; r < rows; r++) plan.run(x.subarray(r * from, (r + 1) * from), y.subarray(r * to, (r + 1) * to));
    },
  };
}
