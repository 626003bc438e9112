/** What OpenCV gives for template matching, by every score (cases.ts holds its results, which are float32). */

import { matchTemplate, planTemplates, type TemplateScore, tensor } from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { MATCHES } from "./cases.ts";

const picture = ([height, width, channels, ...elements]: readonly number[]) =>
  tensor([height!, width!, channels!], Float64Array.from(elements));

describe.each(MATCHES)("$what", ({ image, template, mask, scores }) => {
  const options = mask.length === 0 ? {} : { mask: picture(mask) };
  it.each(Object.entries(scores))("%s", (score, expected) => {
    const found = matchTemplate(picture(image), picture(template), { ...options, score: score as TemplateScore });
    expect(found.data.length).toBe(expected.length);
    const largest = Math.max(...expected.map(Math.abs), score.endsWith("normed") ? 1 : 0);
    // OpenCV sums masked scores in float32, from numbers that are much larger than what is left of them.
    const tolerance = mask.length === 0 ? 1e-5 : 2e-4;
    found.data.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `value ${i}: ${value}, OpenCV ${expected[i]}`).toBeLessThan(
        tolerance * largest,
      );
    });
    const planned = planTemplates(picture(image)).run(picture(template), { ...options, score: score as TemplateScore });
    expect(planned).toEqual(found);
  });
});
