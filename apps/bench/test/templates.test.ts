/** Templates beside OpenCV.js, in a small picture. */

import { expect, it } from "vitest";
import { compareTemplates, templateTable } from "../src/pictures/templates.ts";
import { toText } from "../src/report/terminal.ts";

it("holds scores of both against float64, times them, and tells", async () => {
  const told: string[] = [];
  const size = [240, 150] as const;
  const comparisons = await compareTemplates({ size, sides: [12], rounds: 2, time: 1, seed: 1 }, (side, count) => {
    told.push(`${side} ${count}`);
  });
  expect(told).toEqual(["12 1", "12 10"]);
  for (const { milliseconds, errors, ratio } of comparisons) {
    expect(Math.min(...Object.values(milliseconds))).toBeGreaterThan(0);
    expect(Math.max(...Object.values(errors))).toBeLessThan(1e-4);
    expect(ratio.estimate).toBeGreaterThan(0);
  }
  const text = toText(templateTable(size, comparisons));
  expect(text).toContain("grey 240×150");
  expect(text).toContain("12×12, 10 templates");
  expect(text).toMatch(/opencv\.js +[\d.]+ +\S+ +[\d.]+×/);
});
