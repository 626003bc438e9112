/** Stage 9: every way is measured on the picture, with WebAssembly and without, and is as exact as rounding allows. */

import { expect, test } from "vitest";
import { MACHINE } from "../src/stages/machine/texts.ts";
import { until, usePages } from "./page.ts";

const open = usePages();
const DONE = 'document.querySelectorAll("[data-contender] :is([data-milliseconds], .message)").length === 5';

test("all ways are measured and agree, and SIMD is faster than the loops", async () => {
  const { page, complaints } = await open("#/machine?picture=coins");
  await until(page, 'document.querySelector("figcaption").textContent.includes("303")');
  await page.getByRole("button", { name: "Measure" }).click();
  await until(page, DONE, 50_000);
  const rows = await page.locator("[data-contender]").evaluateAll((items) =>
    items.map((item) => ({
      milliseconds: Number(item.querySelector<HTMLElement>("[data-milliseconds]")?.dataset.milliseconds),
      error: Number(item.querySelector<HTMLElement>("[data-error]")?.dataset.error),
    })),
  );
  for (const { milliseconds, error } of rows) {
    expect(milliseconds).toBeGreaterThan(0);
    expect(error).toBeLessThanOrEqual(1);
  }
  expect(Math.max(...rows.map(({ error }) => error))).toBeGreaterThan(0);
  expect(rows[3]!.milliseconds).toBeLessThan(rows[0]!.milliseconds);
  await page.getByText(MACHINE.en.agree).waitFor();
  expect(complaints).toEqual([]);
});

test("without WebAssembly the others are measured, and SIMD says why it is not", async () => {
  const { page } = await open("#/machine?picture=coins", { withoutWebAssembly: true });
  await until(page, 'document.querySelector("figcaption").textContent.includes("303")');
  await page.getByRole("button", { name: "Measure" }).click();
  await until(page, DONE, 50_000);
  expect(await page.locator("[data-contender=simd] .message").textContent()).toMatch(/SIMD/i);
  expect(await page.locator("[data-milliseconds]").count()).toBe(4);
});
