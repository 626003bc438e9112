import { type CaseData, type SpatialCase, seededRandom, sizeOf } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { nanByPadding } from "./zero-padding.ts";

const random = seededRandom(1, "zero padding");
const positive = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(1, 2));

/** A row under a kernel of three taps. */
function rowOf(cells: number, stride: number, padding: readonly [number, number]): SpatialCase {
  return {
    name: "row",
    inputShape: [1, cells, 1],
    filterShape: [3, 1, 1],
    strides: [stride],
    dilations: [1],
    padding: [padding],
    groups: 1,
    bias: false,
  };
}

/** Where the padding is multiplied by an infinite weight of this tap. */
function infiniteTap(convCase: SpatialCase, outputs: number, tap: number): readonly number[] {
  const data = { x: positive(convCase.inputShape), filter: positive([3]), dy: positive([outputs]) } as CaseData;
  data.filter[tap] = Number.POSITIVE_INFINITY;
  return [...nanByPadding(convCase, "forward", data)!];
}

it.each<[cells: number, stride: number, padding: [number, number], first: number[], last: number[]]>([
  [5, 2, [1, 1], [1, 0, 0], [0, 0, 1]],
  [5, 1, [1, 1], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]],
  [7, 3, [0, 2], [0, 0, 0], [0, 0, 1]],
  [4, 2, [2, 0], [1, 0], [0, 0]],
])("of %i cells by steps of %i, with padding %j, NaN is right where an infinite weight meets padding", (...given) => {
  const [cells, stride, padding, first, last] = given;
  const convCase = rowOf(cells, stride, padding);
  expect(infiniteTap(convCase, first.length, 0)).toEqual(first);
  expect(infiniteTap(convCase, first.length, 2)).toEqual(last);
});

it("makes no difference where all weights are finite", () => {
  const data = { x: positive([5]), filter: positive([3]), dy: positive([5]) } as CaseData;
  expect(nanByPadding(rowOf(5, 1, [1, 1]), "forward", data)).toBeUndefined();
});
