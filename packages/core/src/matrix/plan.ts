/**
 * What plans of both engines do alike: shapes, options and kernel are checked once, arrays at every run.
 *
 * @module
 */

import { resolveWord } from "../options.ts";
import { type Shape2, sizeOf } from "../shape.ts";
import { checkArray, dtypeOf, type FloatArray, type InAnyBuffer, type Matrix, requireApart, zeros } from "../tensor.ts";
import { methods } from "./choose-method.ts";
import { type Corr2dMethod, type Corr2dOptions, type PlannedProblem, resolvePlanned } from "./problem.ts";

/** A correlation or convolution of matrices, prepared: made once, run over many images. There is nothing to dispose of. */
export interface Corr2dPlan<T extends FloatArray = Float32Array> {
  readonly inputShape: Shape2;
  readonly outputShape: Shape2;
  /**
   * Computes the image whose elements are `x`, row by row, into a new array.
   *
   * @throws TypeError, RangeError if an array has another element type or length than the plan; RangeError if the plan is of a
   *   method by name that cannot do it.
   */
  run(x: InAnyBuffer<T>): T;
  /**
   * Computes it into `y`, and returns that.
   *
   * @throws as without `y`, and RangeError if `y` overlaps `x`.
   */
  run<Y extends InAnyBuffer<T>>(x: InAnyBuffer<T>, y: Y): Y;
}

/** Makes a plan of what `prepare` makes of a problem. */
export function makeCorr2dPlan<T extends FloatArray>(
  operation: string,
  inputShape: Shape2,
  kernel: Matrix<T>,
  options: Corr2dOptions,
  flip: boolean,
  prepare: (problem: PlannedProblem) => (source: FloatArray, y: FloatArray) => void,
): Corr2dPlan<T> {
  const problem = resolvePlanned(operation, inputShape, kernel, options, flip);
  resolveWord(operation, "method", ["auto", ...(Object.keys(methods) as Corr2dMethod[])], options.method);
  const { shape, outShape } = problem;
  const dtype = dtypeOf(kernel.data);
  const compute = prepare(problem);
  const name = "Corr2dPlan.run";
  return {
    inputShape: shape,
    outputShape: outShape,
    run<Y extends InAnyBuffer<T> = T>(x: InAnyBuffer<T>, y: Y = zeros(dtype, sizeOf(outShape)) as FloatArray as Y): Y {
      checkArray(name, "x", x, dtype, sizeOf(shape));
      checkArray(name, "y", y, dtype, sizeOf(outShape));
      requireApart(name, "x", x, "y", y);
      compute(x, y);
      return y;
    },
  };
}
