/** Stage 4: both sums are core's, in either way of counting, and a layer learns the flipped kernel. */

import { convolve2d, corr2d, tensor } from "@corr2d/core";
import { expect, test } from "vitest";
import { FLIP } from "../src/stages/flip/texts.ts";
import { numbersOf, until, usePages } from "./page.ts";

const open = usePages();

test("shows correlation and convolution, and the indices of the lecture and of code", async () => {
  const { page, complaints } = await open("#/flip");
  await until(page, 'document.querySelectorAll("[data-way] svg[data-columns=\\"4\\"] text").length === 32');
  const { data } = await numbersOf(page, ".pad svg");
  const x = tensor([5, 6], data);
  const kernel = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
  const shown = async (name: string) => (await numbersOf(page, `svg[aria-label="${name}: its result"]`)).data;
  expect(await shown("cross-correlation")).toEqual([...corr2d(x, kernel).data]);
  expect(await shown("convolution")).toEqual([...convolve2d(x, kernel).data]);
  const terms = async (way: string) => (await page.locator(`[data-way=${way}] .terms`).textContent())!;
  const sumAt = (y: { data: Float32Array }) => y.data[1 * 4 + 2];
  expect(await terms("correlation")).toBe(
    `y[1, 2] = k[0, 0] · x[1, 2] + … + k[1, 2] · x[2, 4] = ${sumAt(corr2d(x, kernel))}`,
  );
  expect(await terms("convolution")).toBe(
    `y[1, 2] = k[1, 2] · x[1, 2] + … + k[0, 0] · x[2, 4] = ${sumAt(convolve2d(x, kernel))}`,
  );
  await page.getByRole("button", { name: "1, as the lecture" }).click();
  await until(page, 'location.hash.includes("from=one")');
  expect(await terms("convolution")).toContain("k[2, 3] · x[2, 3] + … + k[1, 1] · x[3, 5] = ");
  expect(complaints).toEqual([]);
});

test("a layer learns the kernel of a convolution flipped, and the bias, within 0.01", async () => {
  const { page, complaints } = await open("#/flip");
  await page.getByRole("button", { name: "Learn", exact: true }).click();
  await page.getByText(FLIP.en.same).waitFor({ timeout: 30_000 });
  const { data } = await numbersOf(page, "svg[aria-label='what the layer has learned']");
  for (const [n, weight] of data.entries()) expect(Math.abs(weight - (6 - n))).toBeLessThan(0.01);
  expect(Math.abs(Number(await page.locator("[data-reading=bias]").textContent()) - 7)).toBeLessThan(0.01);
  expect(complaints).toEqual([]);
});
