/** What scikit-image and OpenCV give for template matching and peaks (cases.ts holds their results). */

import { findPeaks, matchTemplate, tensor } from "@corr2d/core";
import { expect, it } from "vitest";
import { PEAKS, TEMPLATES } from "./cases.ts";

const matrix = ([rows, columns, ...elements]: readonly number[]) =>
  tensor([rows!, columns!], Float64Array.from(elements));

it.each(TEMPLATES)("matchTemplate: case %#", ({ image, template, skimage, opencv }) => {
  const scores = matchTemplate(matrix(image), matrix(template)).data;
  expect(scores.length).toBe(skimage.length);
  scores.forEach((score, i) => {
    expect(score).toBeCloseTo(skimage[i]!, 7);
    // OpenCV calls windows of one value a perfect match, and computes in float32.
    if (score !== 0) expect(score).toBeCloseTo(opencv[i]!, 4);
  });
});

it.each(PEAKS)(
  "findPeaks: case %#, distance $distance, threshold $threshold",
  ({ image, distance, threshold, peaks }) => {
    const found = findPeaks(matrix(image), { distance, threshold }).map(({ row, column }) => [row, column]);
    found.sort(([a, b], [c, d]) => a! - c! || b! - d!);
    expect(found).toEqual(peaks);
  },
);
