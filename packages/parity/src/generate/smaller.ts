/**
 * What is a little smaller than a problem: fewer axes, channels, cells, taps; less of every option; simpler values; and at
 * last single numbers. Every step takes something away and gives nothing back, so that any chain of them ends.
 *
 * @module
 */

import { type CaseData, convolutionOf, describeCase, rankOf, type SpatialCase } from "@corr2d/testkit";
import { dataOfProblem, isPossible, type Problem } from "./problem.ts";
import { transposeOf } from "./transposed.ts";

/** Problems one step smaller, the greatest steps first. */
export function* smallerProblems(problem: Problem): Generator<Problem> {
  const { convCase, values, seed } = problem;
  if (values === "given") {
    for (const given of simplerData(dataOfProblem(problem))) yield { ...problem, given };
    return;
  }
  for (const smaller of smallerCases(convCase)) {
    const { name: _, ...about } = smaller;
    const named = { ...smaller, name: `shrunk: ${describeCase(about)}` };
    if (isPossible(named)) yield { convCase: named, values, seed };
  }
  // Where two cells are the largest, either is: numbers made simple would be no question.
  if (convCase.pool === "max") return;
  if (values !== "exact") yield { ...problem, values: "exact" };
  // When nothing about the shapes can go, the numbers themselves are what is left.
  yield { ...problem, values: "given", given: dataOfProblem(problem) };
}

/** Cases one step smaller; not all of them are possible. Of a transposed convolution, those of the smaller ones that lead back. */
function* smallerCases(convCase: SpatialCase): Generator<SpatialCase> {
  if (convCase.transposed !== undefined) {
    const { name, bias } = convCase;
    if (bias) yield { ...convCase, bias: false };
    for (const smaller of smallerCases(convolutionOf(convCase))) {
      const transposed = isPossible(smaller) ? transposeOf(smaller) : undefined;
      if (transposed !== undefined) yield { ...transposed, name, bias };
    }
    return;
  }
  if (convCase.paddingMode !== undefined) {
    const { paddingMode: _, ...byNothing } = convCase;
    yield byNothing;
  }
  const { inputShape, filterShape, strides, dilations, padding, groups, bias, layout, rounding, ...name } = convCase;
  const rank = rankOf(convCase);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const without = <T>(values: readonly T[], place: number): T[] => values.filter((_, i) => i !== place);

  for (const axis of rank > 1 ? axes : []) {
    yield {
      ...convCase,
      inputShape: without(inputShape, axis + 1),
      filterShape: without(filterShape, axis),
      strides: without(strides, axis),
      dilations: without(dilations, axis),
      padding: typeof padding === "object" ? without(padding, axis) : padding,
    };
  }
  const usual = { ...name, inputShape, filterShape, strides, dilations, padding, groups, bias };
  if (layout === "channels first") yield rounding === undefined ? usual : { ...usual, rounding };
  if (rounding !== undefined && rounding !== "floor") yield layout === undefined ? usual : { ...usual, layout };
  if (bias) yield { ...convCase, bias: false };

  const [batch, inChannels] = [inputShape[0], inputShape[rank + 1]];
  const [depth, outChannels] = filterShape.slice(rank);
  for (const less of smallerCounts(batch)) yield { ...convCase, inputShape: inputShape.with(0, less) };
  const withChannels = (newGroups: number, newDepth: number, newOut: number): SpatialCase => ({
    ...convCase,
    groups: newGroups,
    inputShape: inputShape.with(rank + 1, newDepth * newGroups),
    filterShape: [...filterShape.slice(0, rank), newDepth, newOut * newGroups],
  });
  const groupOut = outChannels / groups;
  // The filters of pooling are as many as its channels.
  for (const less of smallerCounts(groups)) yield withChannels(less, depth, groupOut);
  for (const less of smallerCounts(groupOut)) yield withChannels(groups, depth, less);
  for (const less of smallerCounts(inChannels / groups)) yield withChannels(groups, less, groupOut);

  if (padding !== "valid") yield { ...convCase, padding: "valid" };
  for (const less of smallerPaddings(padding)) yield { ...convCase, padding: less };
  for (const axis of axes) {
    for (const less of smallerCounts(strides[axis])) yield { ...convCase, strides: strides.with(axis, less) };
    for (const less of smallerCounts(dilations[axis])) yield { ...convCase, dilations: dilations.with(axis, less) };
    for (const less of smallerCounts(filterShape[axis]))
      yield { ...convCase, filterShape: filterShape.with(axis, less) };
    for (const less of smallerCounts(inputShape[axis + 1])) {
      yield { ...convCase, inputShape: inputShape.with(axis + 1, less) };
    }
  }
}

/** 1, the half, one less: what is smaller than a count, but not 0. */
function smallerCounts(count: number): number[] {
  return [...new Set([1, count >> 1, count - 1])].filter((less) => less >= 1 && less < count);
}

function* smallerPaddings(padding: SpatialCase["padding"]): Generator<SpatialCase["padding"]> {
  if (typeof padding === "number") {
    if (padding > 0) yield padding - 1;
  } else if (typeof padding === "object") {
    for (const [axis, pair] of padding.entries()) {
      for (const side of [0, 1] as const) {
        if (pair[side] === 0) continue;
        const [before, after] = pair.with(side, pair[side] - 1);
        yield padding.with(axis, [before, after]);
      }
    }
  }
}

/** Zeros, then ones, in whole arrays and then in single cells. A one may become a zero, but never the reverse. */
function* simplerData(data: CaseData): Generator<CaseData> {
  for (const name of ["x", "filter", "bias", "dy"] as const) {
    const array = data[name];
    if (array === undefined) continue;
    for (const value of [0, 1]) {
      if (array.some((element) => !isAsSimple(element, value))) {
        yield { ...data, [name]: array.map((element) => (isAsSimple(element, value) ? element : value)) };
      }
    }
  }
  for (const name of ["x", "filter", "bias", "dy"] as const) {
    const array = data[name] ?? new Float32Array();
    for (const [place, element] of array.entries()) {
      for (const value of [0, 1]) {
        if (!isAsSimple(element, value)) yield { ...data, [name]: array.with(place, value) };
      }
    }
  }
}

function isAsSimple(element: number, value: number): boolean {
  return element === value || element === 0;
}
