/**
 * A problem: a case and the values it is asked on, as plain data from which the arrays can be made again.
 *
 * @module
 */

import {
  absoluteReference,
  type CaseData,
  dataOf,
  isExactClass,
  passesOf,
  resolveCase,
  type SpatialCase,
  type ValueClass,
} from "@corr2d/testkit";

/** A class of values, or arrays that were given. */
export type DataKind = ValueClass | "given";

/** A case and its values. */
export interface Problem {
  readonly convCase: SpatialCase;
  readonly values: DataKind;
  readonly seed: number;
  /** The arrays, exactly where `values` is "given". */
  readonly given?: CaseData;
}

/** float32 holds every integer up to this. */
const EXACT_LIMIT = 2 ** 24;

/** The arrays of a problem. */
export function dataOfProblem({ convCase, values, seed, given }: Problem): CaseData {
  if (values !== "given") return dataOf(convCase, values, seed);
  if (given === undefined) throw new TypeError(`problem "${convCase.name}": values are "given", but there are none`);
  return given;
}

/** Whether no sum of the values is rounded, so that equality with the truth is the test. */
export function isExactProblem({ convCase, values, given }: Problem): boolean {
  if (values !== "given") return isExactClass(values);
  if (given === undefined) return false;
  const { x, filter, bias = [], dy } = given;
  return (
    [x, filter, bias, dy].every((array) => array.every(Number.isInteger)) &&
    passesOf(convCase).every((pass) => absoluteReference(convCase, pass, given).every((sum) => sum < EXACT_LIMIT))
  );
}

/** Whether a convolution can have these shapes. */
export function isPossible(convCase: SpatialCase): boolean {
  try {
    resolveCase(convCase);
    return true;
  } catch {
    return false;
  }
}
