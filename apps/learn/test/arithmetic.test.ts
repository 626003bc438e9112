/** Stage 5: of 200 settings drawn at random the page shows the size that conv2d gives, or the words it refuses them with. */

import { conv2d, tensor } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { expect, test } from "vitest";
import { outputSizeOf, type Setting } from "../src/engine/arithmetic.ts";
import { until, usePages } from "./page.ts";

const open = usePages();
const SETTINGS = 200;

/** What core says, asked here. */
function sizeOf({ input, kernel, stride, padding, dilation }: Setting): string {
  const x = tensor([1, input, input, 1], new Float32Array(input ** 2));
  const filter = tensor([kernel, kernel, 1, 1], new Float32Array(kernel ** 2));
  try {
    return `${conv2d(x, filter, { strides: stride, padding, dilations: dilation }).shape[1]}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test("200 random settings have the size of conv2d or show its message", async () => {
  const { page, complaints } = await open("#/arithmetic");
  await page.locator("[data-size]").waitFor();
  const random = seededRandom(20, "arithmetic");
  let [sizes, messages] = [0, 0];
  for (let n = 0; n < SETTINGS; n++) {
    const setting: Setting = {
      transposed: false,
      input: random.integer(1, 16),
      kernel: random.integer(1, 7),
      stride: random.integer(1, 4),
      padding: random.integer(0, 6),
      dilation: random.integer(1, 3),
      outputPadding: 0,
    };
    const { input, kernel, stride, padding, dilation } = setting;
    const hash = `#/arithmetic?n=${input}&k=${kernel}&s=${stride}&p=${padding}&d=${dilation}`;
    const shown = await page.evaluate<string, [string, string]>(
      async ([hash, asked]) => {
        location.hash = hash;
        const answer = () => document.querySelector<HTMLElement>("[data-size]")!;
        while (answer().dataset.asked !== asked) await new Promise((resolve) => setTimeout(resolve, 1));
        const { size } = answer().dataset;
        const inFormula = document.querySelector("math .size")?.textContent ?? "none";
        if (inFormula !== size) return `formula ${inFormula}, attribute ${size}`;
        return size === "none" ? document.querySelector(".message")!.textContent! : size!;
      },
      [hash, JSON.stringify(setting)],
    );
    expect(shown, hash).toBe(sizeOf(setting));
    if (Number.isNaN(Number(shown))) messages++;
    else {
      sizes++;
      // The formula as the page writes it out.
      expect(Number(shown)).toBe(Math.floor((input + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1);
    }
  }
  expect(sizes).toBeGreaterThan(50);
  expect(messages).toBeGreaterThan(5);
  expect(complaints).toEqual([]);
});

test("transposed sizes are core's, which undo direct ones, and what cannot be is refused in core's words", () => {
  const setting = { transposed: true, input: 3, kernel: 3, stride: 2, padding: 0, dilation: 1, outputPadding: 0 };
  expect(outputSizeOf(setting)).toEqual({ size: 7 });
  expect(outputSizeOf({ ...setting, outputPadding: 1 })).toEqual({ size: 8 });
  expect(outputSizeOf({ ...setting, outputPadding: 2 })).toMatchObject({
    error: expect.stringContaining("outputPadding"),
  });
});

test("a cell is chosen by keys, and play moves on by itself", async () => {
  const { page, complaints } = await open("#/arithmetic?n=5&s=2&at=0,0");
  await page.locator(".pad").press("ArrowRight");
  await until(page, 'location.hash.includes("at=0,1")');
  await page.getByRole("button", { name: "Play" }).click();
  await until(page, 'location.hash.includes("at=1,0")');
  await page.getByRole("button", { name: "Pause" }).click();
  expect(complaints).toEqual([]);
});
