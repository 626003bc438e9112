/** Kernels that no other library has under the same definition: by their formulas. Those that one has are in `golden`. */

import type { Matrix } from "@corr2d/core";
import { emboss, gabor, laplacian, motion, sharpen } from "@corr2d/core/pictures";
import { expect, test } from "vitest";

const rows = ({ shape: [height, width], data }: Matrix): number[][] =>
  Array.from({ length: height }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);

test("sharpening takes the neighbours from the cell, and emboss lights it from the upper left", () => {
  expect(rows(sharpen(0.5))).toEqual([
    [0, -0.5, 0],
    [-0.5, 3, -0.5],
    [0, -0.5, 0],
  ]);
  expect(rows(emboss(3))).toEqual([
    [-6, -3, 0],
    [-3, 1, 3],
    [0, 3, 6],
  ]);
  expect(rows(laplacian(8))).toEqual([
    [1, 1, 1],
    [1, -8, 1],
    [1, 1, 1],
  ]);
});

test("motion is a mean along a line, to the right, upwards and in between", () => {
  const third = Math.fround(1 / 3);
  for (const angle of [0, 180, 360, -720]) expect(rows(motion(3, angle))).toEqual([[third, third, third]]);
  for (const angle of [90, -90, 450]) expect(rows(motion(3, angle))).toEqual([[third], [third], [third]]);
  // Half of a cell lies within the ends of a line of two.
  expect(rows(motion(2))[0]!.map((weight) => weight * 2)).toEqual(
    [0.5, 1, 0.5].map((weight) => expect.closeTo(weight, 6)),
  );
  const [up, down] = [motion(7, 45), motion(7, -45)].map(rows);
  expect(up).toHaveLength(7);
  // It rises to the right: most weight on the other diagonal, and the mirrored kernel falls.
  for (let i = 1; i < 6; i++) expect(Math.max(...up![i]!)).toBe(up![i]![6 - i]);
  expect(down).toEqual(up!.toReversed());
  expect(up!.flat().reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
});

test("Gabor's kernel is as large as three deviations along its longer axis", () => {
  const size = (sigma: number, aspect?: number) => gabor({ sigma, aspect, wavelength: 4 }).shape[0];
  expect([size(1), size(1.1), size(1, 0.5), size(1, 2)]).toEqual([7, 9, 13, 7]);
});
