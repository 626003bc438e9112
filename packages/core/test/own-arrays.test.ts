/** Functions that are no operations give results that share no array with what was given: writing to either leaves the other. */

import {
  activate,
  activationGradient,
  biasGradient,
  fold,
  fromOihw,
  matchTemplate,
  separateKernel,
  tensor,
  unfold,
  zeros,
} from "@corr2d/core";
import {
  denseLayer,
  fromDense,
  localize,
  shareWeights,
  toAbsolute,
  toDense,
  toRelative,
  unshareWeights,
} from "@corr2d/core/derivation";
import { expect, it } from "vitest";
import { arraysIn } from "./arrays-in.ts";
import { fill } from "./other-orders.ts";

const made = <S extends readonly number[]>(shape: S) => tensor(shape, fill(shape, 3));
const image = made([1, 4, 5, 2] as const);
const matrix = made([6, 7] as const);
const dense = made([4, 5, 4, 5] as const);
const kernel = tensor([2, 2], [1, 2, 2, 4]);

const FUNCTIONS: readonly (readonly [f: (...given: never[]) => unknown, ...given: unknown[]])[] = [
  [activate, image, { activation: "linear" }],
  [activationGradient, image, image, { activation: "relu" }],
  [biasGradient, image],
  [unfold, image, [2, 2]],
  [fold, unfold(image, [2, 2]), [1, 4, 5, 2], [2, 2]],
  [fromOihw, made([3, 2, 1, 1] as const)],
  [matchTemplate, matrix, kernel],
  [separateKernel, kernel],
  [denseLayer, zeros([4, 5]), dense],
  [toRelative, dense],
  [toAbsolute, toRelative(dense)],
  [localize, toRelative(dense), 1],
  [shareWeights, toRelative(dense)],
  [unshareWeights, shareWeights(toRelative(dense)), [4, 5]],
  [toDense, kernel, [4, 5]],
  [fromDense, toDense(kernel, [4, 5])],
];

it.each(FUNCTIONS.map(([f, ...given]) => [f.name, f, given] as const))("%s", (_, f, given) => {
  const found = arraysIn(f(...(given as never[])));
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter((array) => arraysIn(given).includes(array))).toEqual([]);
});
