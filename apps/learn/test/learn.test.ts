/** Stage 7: what is hidden is found, from every kind of examples, and the true size wins on what was not shown. */

import { expect, test } from "vitest";
import { errorOfSize } from "../src/engine/kernel-size.ts";
import { beginLesson, continueLesson } from "../src/engine/lesson.ts";
import { LEARN } from "../src/stages/learn/texts.ts";
import { numbersOf, until, usePages } from "./page.ts";

const open = usePages();
/** A loss of float32 errors is no smaller than this, and no steadier. */
const ROUNDING = 1e-12;

test("[1, −1] is found from the textbook's black bar", async () => {
  const { page, complaints } = await open("#/learn");
  await page.getByRole("button", { name: "Learn", exact: true }).click();
  await page.getByText(LEARN.en.found).waitFor({ timeout: 30_000 });
  const { data } = await numbersOf(page, "svg[aria-label='what it has learned']");
  expect(Math.abs(data[0]! - 1)).toBeLessThan(0.01);
  expect(Math.abs(data[1]! + 1)).toBeLessThan(0.01);
  expect(complaints).toEqual([]);
});

test("a painted kernel and its bias are found from noise", async () => {
  const { page, complaints } = await open("#/learn?hidden=0,0,0;0,0,0;0,0,0&from=noise&bias=1.5");
  const painter = page.locator(".painter .pad");
  await painter.press(" ");
  await page.locator(".painter").getByRole("button", { name: "\u22121" }).click();
  await painter.press("ArrowDown");
  await painter.press("ArrowRight");
  await painter.press(" ");
  await until(page, 'decodeURIComponent(location.hash).includes("hidden=1,0,0;0,-1,0;0,0,0")');
  await page.getByRole("button", { name: "Learn", exact: true }).click();
  await page.getByText(LEARN.en.found).waitFor({ timeout: 30_000 });
  expect(Math.abs(Number(await page.locator("[data-reading=bias]").textContent()) - 1.5)).toBeLessThan(0.01);
  expect(complaints).toEqual([]);
});

test("the loss never grows", () => {
  const hidden = { shape: [3, 3] as const, data: Float32Array.from([1, 2, 0, -1, 0.5, 3, 0, 0, -2]) };
  for (const examples of ["noise", "bar"] as const) {
    let before = beginLesson("test", {
      examples,
      hidden,
      hiddenBias: -1,
      flipped: false,
      size: [3, 3],
      learnsBias: true,
    }).loss;
    expect(before).toBeGreaterThan(0.1);
    for (let n = 0; n < 50; n++) {
      const { loss } = continueLesson("test", 1);
      expect(loss).toBeLessThanOrEqual(before + ROUNDING);
      before = loss;
    }
  }
});

test.each([3, 5, 7])(
  "the true size %d wins on pictures that were not shown, and the largest on those that were",
  (size) => {
    const errors = [1, 3, 5, 7, 9].map((tried) => errorOfSize(tried, size));
    const least = (by: "heldOut" | "training") =>
      errors.reduce((best, error) => (error[by] < best[by] ? error : best)).size;
    expect(least("heldOut")).toBe(size);
    expect(least("training")).toBe(9);
  },
);

test("all sizes are tried on the page, and the true one is named", async () => {
  const { page, complaints } = await open("#/learn");
  await page.getByRole("button", { name: "Try all sizes" }).click();
  await until(page, 'document.querySelector("[data-best]")?.dataset.best === "5"', 40_000);
  expect(await page.locator(".bars tbody tr").count()).toBe(5);
  expect(complaints).toEqual([]);
});
