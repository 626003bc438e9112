/** Stage 2: both sliders at their end make a convolution, and the figures are those of core. */

import { tensor } from "@corr2d/core";
import { localKernel, shareWeights, toAbsolute, toDense, toRelative } from "@corr2d/core/derivation";
import { expect, test } from "vitest";
import { weightsBetween } from "../src/engine/derivation.ts";
import { numbersOf, until, usePages } from "./page.ts";

const open = usePages();

test("shared fully and of reach 1 the weights are a convolution: the matrix is toDense of the kernel", () => {
  const { absolute, relative, variance, energy, isConvolution, counts } = weightsBetween(1, 1);
  expect(variance).toBeLessThan(1e-6);
  expect(energy).toBe(0);
  expect(isConvolution).toBe(true);
  expect(counts.convolution).toBe(9);
  const v = { shape: [8, 8, 15, 15] as const, data: relative };
  expect(toAbsolute(v).data).toEqual(absolute);
  const kernel = localKernel(shareWeights(v), 1);
  expect(
    toDense(kernel, [8, 8], { mode: "same" }).data.every((weight, n) => Math.abs(weight - absolute[n]!) < 1e-6),
  ).toBe(true);
});

test.each([
  [0, 7],
  [0.5, 7],
  [1, 7],
  [0, 1],
])("sharing %d and reach %d is a convolution only if it is shared", (sharing, delta) => {
  const { absolute, relative, variance, energy, isConvolution } = weightsBetween(sharing, delta);
  expect(toRelative(tensor([8, 8, 8, 8], absolute)).data).toEqual(relative);
  expect(isConvolution).toBe(sharing === 1);
  expect(variance < 1e-6).toBe(sharing === 1);
  expect(energy === 0).toBe(delta === 1);
});

test("the figures follow the sliders, by keys, too", async () => {
  const { page, complaints } = await open("#/dense");
  const reading = (id: string) => page.locator(`[data-reading=${id}]`).textContent();
  await page.locator("[data-reading=variance]").waitFor();
  expect(Number(await reading("variance"))).toBeCloseTo(weightsBetween(0, 7).variance, 3);
  expect(await reading("dense")).toBe("4\u202f096");
  expect(await reading("shared")).toBe("225");
  await page.getByLabel("Sharing").press("End");
  await page.getByLabel("Reach").press("Home");
  await page.getByLabel("Reach").press("ArrowRight");
  await until(page, 'document.querySelector("[data-reading=convolution]").textContent === "9"');
  expect(await reading("variance")).toBe("0");
  expect(await reading("energy")).toBe("0");
  const { data } = await numbersOf(page, "svg[aria-label='The kernel']");
  const kernel = weightsBetween(1, 1).kernel;
  expect(data).toEqual(Array.from(kernel, (weight) => Number(weight.toFixed(2))));
  await page.locator(".pad").press("ArrowDown");
  await until(page, 'location.hash.includes("sharing=1&delta=1&unit=4,4")');
  expect(complaints).toEqual([]);
});
