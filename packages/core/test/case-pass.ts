/**
 * A pass of an algorithm over a case of the table: its geometry, its result, and how far that may be from the truth.
 *
 * @module
 */

import {
  type AlgorithmName,
  type ConvGeometry,
  type ConvOptions,
  conv2d,
  filterGradient,
  inputGradient,
  type Pass,
  tensor,
} from "@corr2d/core";
import { type ConvAlgorithm, preparationOf, type Runs, resolveConvGeometry } from "@corr2d/core/internals";
import { type CaseData, type ConvCase, elementBounds, normwiseBounds, resultShapeOf, sizeOf } from "@corr2d/testkit";

/** What a caller would write. */
export function optionsOf({ strides, padding, dilations, groups }: ConvCase): ConvOptions {
  return { strides, padding, dilations, groups };
}

/** The case in plain numbers. */
export function geometryOf(convCase: ConvCase): ConvGeometry {
  return resolveConvGeometry(convCase.name, convCase.inputShape, convCase.filterShape, optionsOf(convCase));
}

/** Whether an algorithm computes a pass. */
export function supports({ propose }: Pick<ConvAlgorithm, "propose">, g: ConvGeometry, pass: Pass): boolean {
  return typeof propose[pass](g) !== "string";
}

/** A prepared pass with these weights: computes, of other data too, into a result that starts as garbage, as a caller's buffer may. */
export function preparePass(
  algorithm: ConvAlgorithm,
  pass: Pass,
  convCase: ConvCase,
  { filter, bias }: CaseData,
  runs?: Runs,
): (data: CaseData) => Float32Array {
  const g = geometryOf(convCase);
  const into = (run: (result: Float32Array) => unknown): Float32Array => {
    const result = new Float32Array(sizeOf(resultShapeOf(convCase, pass))).fill(Number.NaN);
    run(result);
    return result;
  };
  if (pass === "forward") {
    const plan = preparationOf(algorithm, g, "forward", runs)(filter, bias);
    return ({ x }) => into((y) => plan.run(x, y));
  }
  if (pass === "inputGradient") {
    const plan = preparationOf(algorithm, g, "inputGradient", runs)(filter);
    return ({ dy }) => into((dx) => plan.run(dy, dx));
  }
  const plan = preparationOf(algorithm, g, "filterGradient")();
  return ({ x, dy }) => into((dw) => plan.run(x, dy, dw));
}

/** What a pass gives that is prepared and run once. */
export function computePass(
  algorithm: ConvAlgorithm,
  pass: Pass,
  convCase: ConvCase,
  data: CaseData,
  runs?: Runs,
): Float32Array {
  return preparePass(algorithm, pass, convCase, data, runs)(data);
}

/** What a call of the public functions gives, which choose the algorithm themselves if none is named. */
export function callPass(
  pass: Pass,
  convCase: ConvCase,
  { x, filter, bias, dy }: CaseData,
  algorithm: AlgorithmName | "auto" = "auto",
): Float32Array {
  const { inputShape, filterShape } = convCase;
  const options = { ...optionsOf(convCase), algorithm };
  const [input, weights] = [tensor(inputShape, x), tensor(filterShape, filter)];
  const gradient = tensor(resultShapeOf(convCase, "forward") as typeof inputShape, dy);
  if (pass === "forward") return conv2d(input, weights, { ...options, bias }).data;
  if (pass === "inputGradient") return inputGradient(conv2d, gradient, weights, inputShape, options).data;
  return filterGradient(conv2d, input, gradient, filterShape, options).data;
}

/** What an algorithm promises for each element. */
export function boundsOf(
  { errorBound }: Pick<ConvAlgorithm, "errorBound">,
  pass: Pass,
  convCase: ConvCase,
  data: CaseData,
): Float64Array {
  if (errorBound.kind === "element") return elementBounds(convCase, pass, data);
  return normwiseBounds(convCase, pass, data, errorBound.constant(geometryOf(convCase), pass));
}
