/** Stage 3: with circular edges a convolution commutes with every shift exactly; other layers do not. */

import { expect, test } from "vitest";
import { SHIFT_SIDE, shiftPicture } from "../src/engine/shift.ts";
import { DRAG } from "../src/stages/drag/texts.ts";
import { until, usePages } from "./page.ts";

const open = usePages();
const picture = Float32Array.from({ length: SHIFT_SIDE ** 2 }, (_, n) => (n * 7919) % 256);

test("a convolution with circular edges: difference exactly 0 for every shift", () => {
  for (let down = -SHIFT_SIDE + 1; down < SHIFT_SIDE; down++) {
    for (let across = -SHIFT_SIDE + 1; across < SHIFT_SIDE; across++) {
      expect(shiftPicture(picture, "convolution", "wrap", down, across).largest, `${down}, ${across}`).toBe(0);
    }
  }
});

test("zeros outside show in the outermost cells of what was shifted, and nowhere else", () => {
  const { difference, largest } = shiftPicture(picture, "convolution", "zeros", 3, -5);
  expect(largest).toBeGreaterThan(0);
  for (const [n, value] of difference.entries()) {
    const [i, j] = [Math.floor(n / SHIFT_SIDE), n % SHIFT_SIDE];
    const inside = i > 3 && i < SHIFT_SIDE - 1 && j > 0 && j < SHIFT_SIDE - 6;
    if (inside) expect(value).toBe(0);
  }
});

test.each(["dense", "local"] as const)("a %s layer does not commute with shifts, whatever the edges", (kind) => {
  for (const edges of ["zeros", "wrap"] as const) {
    expect(shiftPicture(picture, kind, edges, 0, 0).largest).toBe(0);
    const { difference } = shiftPicture(picture, kind, edges, 2, 1);
    expect(difference.filter((value) => value !== 0).length).toBeGreaterThan(SHIFT_SIDE ** 2 / 2);
  }
});

test("the picture is dragged and moved by keys, and the difference is read", async () => {
  const { page, complaints } = await open("#/drag?shift=0,0");
  const largest = () => page.locator("[data-reading=largest]").textContent();
  await page.locator("[data-reading=largest]").waitFor();
  expect(await largest()).toBe("0");
  await page.locator(".pad").scrollIntoViewIfNeeded();
  const box = (await page.locator(".pad").boundingBox())!;
  const cell = box.width / SHIFT_SIDE;
  await page.mouse.move(box.x + 10.5 * cell, box.y + 10.5 * cell);
  await page.mouse.down();
  await page.mouse.move(box.x + 14.5 * cell, box.y + 8.5 * cell, { steps: 5 });
  await page.mouse.up();
  await page.locator(".pad").press("ArrowDown");
  await until(page, 'location.hash.includes("shift=-1,4")');
  await until(page, 'document.querySelector("[data-reading=shift]").textContent === "\u22121, 4"');
  expect(await largest()).toBe("0");
  await page.getByRole("button", { name: "fully connected" }).click();
  await until(page, 'document.querySelector("[data-reading=largest]").textContent !== "0"');
  await page.getByText(DRAG.en.differs).waitFor();
  await page.getByRole("button", { name: "convolution", exact: true }).click();
  await page.getByRole("button", { name: "zeros" }).click();
  await page.getByText(DRAG.en.edgesOnly).waitFor();
  expect(complaints).toEqual([]);
});
