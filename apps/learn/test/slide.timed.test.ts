/** Stage 1: what is shown is what the reference computes, by pointer and by keys, and soon. */

import { reference } from "@corr2d/testkit";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { FRAME } from "../src/texts.ts";
import { numbersOf, until, usePages } from "./page.ts";

const open = usePages();
const SIDE = 12;
const REPAINT_MS = 50;

const RESULT = "svg[aria-label='result y']";

/** Cross-correlation as testkit's reference has it. */
function correlated(x: readonly number[], kernel: readonly number[], height: number, width: number): number[] {
  const convCase = {
    name: "slide",
    inputShape: [1, SIDE, SIDE, 1],
    filterShape: [height, width, 1, 1],
    strides: [1, 1],
    padding: "valid",
    dilations: [1, 1],
    groups: 1,
    bias: false,
  } as const;
  return [...reference(convCase, "forward", { x, filter: kernel })];
}

/** The result once it has as many columns as expected. */
async function resultOf(page: Page, columns: number) {
  await until(page, `document.querySelector(${JSON.stringify(RESULT)})?.dataset.columns === "${columns}"`);
  return numbersOf(page, RESULT);
}

test.each([
  ["1,-1", 1, 2],
  ["2", 1, 1],
  ["1,2,3;4,5,6;7,8,9", 3, 3],
  ["-1,0;0,0.5;3,-2.25", 3, 2],
  [Array.from({ length: 11 }, (_, a) => Array.from({ length: 11 }, (_, b) => a - b).join(",")).join(";"), 11, 11],
])("shows the result of the reference for %s", async (kernel, height, width) => {
  const { page, complaints } = await open(`#/slide?kernel=${kernel}`);
  const weights = kernel.split(/[,;]/).map(Number);
  const { data: x } = await numbersOf(page, ".pad svg");
  const shown = await resultOf(page, SIDE - width + 1);
  const truth = correlated(x, weights, height, width);
  expect(shown.data).toEqual(truth.map((value) => Number(value.toFixed(2))));
  // The sum under the window is the cell that is marked, wherever the window is moved.
  for (const key of ["ArrowDown", "ArrowRight", "ArrowDown"]) {
    await page.locator(".pad").press(key);
    const at = await page
      .locator(".pad .window")
      .evaluate<[number, number], SVGElement>((window) => [
        Number(window.getAttribute("y")) / 40,
        Number(window.getAttribute("x")) / 40,
      ]);
    const sum = await page.locator(".sum output").textContent();
    expect(Number(sum!.replace("\u2212", "-"))).toBeCloseTo(truth[at[0] * shown.columns + at[1]]!, 2);
  }
  expect(complaints).toEqual([]);
});

test("the window is dragged, stays inside, and its place is in the address", async () => {
  const { page } = await open("#/slide?kernel=1,1;1,1");
  const box = (await page.locator(".pad").boundingBox())!;
  const cell = box.width / SIDE;
  await page.mouse.move(box.x + 2 * cell, box.y + 2 * cell);
  await page.mouse.down();
  await page.mouse.move(box.x + 6.2 * cell, box.y + 7.2 * cell, { steps: 4 });
  await until(page, 'location.hash.includes("at=7,6")');
  await page.mouse.move(box.x + 40 * cell, box.y + 40 * cell);
  await until(page, 'location.hash.includes("at=10,10")');
  await page.mouse.up();
  for (let n = 0; n < 3; n++) await page.locator(".pad").press("ArrowRight");
  expect(await page.evaluate("location.hash")).toContain("at=10,10");
});

test("a weight that is typed counts at once; what is no number does not", async () => {
  const { page } = await open("#/slide?kernel=1,-1");
  const weight = page.getByLabel("Weight in row 1, column 1");
  await weight.fill("-2.5");
  await until(page, 'location.hash.includes("kernel=-2.5,-1")');
  await weight.fill("-2.5x");
  expect(await weight.getAttribute("aria-invalid")).toBe("true");
  await weight.blur();
  expect(await weight.inputValue()).toBe("-2.5");
  await page.getByLabel("Rows").selectOption("3");
  await until(page, 'location.hash.includes("kernel=0,0;-2.5,-1;0,0")');
});

test("a picture of 480 × 640 is there again at most 50 ms after a weight was changed, median of 20", async () => {
  const { page } = await open("#/slide?kernel=0,1,0;1,-4,1;0,1,0");
  await until(page, 'document.querySelector("figcaption[data-count]") !== null');
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "noise.png", mimeType: "image/png", buffer: await noise() });
  await until(page, 'document.querySelector("figcaption[data-count]").textContent.includes("480 × 640")');
  const times = await page.evaluate<number[]>(`(async () => {
    const input = document.querySelector(".weights input");
    const caption = document.querySelector("figcaption[data-count]");
    const times = [];
    for (let n = 1; n <= 20; n++) {
      const before = caption.dataset.count;
      const start = performance.now();
      input.value = String(n);
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      while (caption.dataset.count === before) await new Promise(requestAnimationFrame);
      times.push(performance.now() - start);
    }
    return times;
  })()`);
  times.sort((a, b) => a - b);
  expect((times[9]! + times[10]!) / 2).toBeLessThanOrEqual(REPAINT_MS);
});

test("a file that is no picture is refused in a sentence", async () => {
  const { page } = await open("#/slide");
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "words.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.getByText(FRAME.en.noPicture).waitFor();
});

test("a camera gives 20 frames a second, and a refused one a sentence", async () => {
  const { page } = await open("#/slide", { permissions: ["camera"] });
  await page.getByRole("button", { name: "Camera" }).click();
  await until(page, 'Number(document.querySelector(".rate")?.dataset.rate) >= 20', 40_000);
  await page.getByRole("button", { name: "Stop the camera" }).click();
  const { page: other } = await open("#/slide");
  await other.evaluate(
    'navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"))',
  );
  await other.getByRole("button", { name: "Camera" }).click();
  await other.getByText(FRAME.en.cameraRefused).waitFor();
});

/** A PNG of 640 × 480 of noise. */
async function noise(): Promise<Buffer> {
  const { default: sharp } = await import("sharp");
  const pixels = Buffer.from(Uint8Array.from({ length: 640 * 480 }, (_, i) => (i * 7919) % 251));
  return sharp(pixels, { raw: { width: 640, height: 480, channels: 1 } })
    .png()
    .toBuffer();
}
