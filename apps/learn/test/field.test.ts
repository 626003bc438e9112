/** Stage 6: the field of the formula is where the gradient is not zero. */

import { seededRandom } from "@corr2d/testkit";
import { expect, test } from "vitest";
import { fieldOf } from "../src/engine/field.ts";
import { fieldSide } from "../src/stages/field/theory.ts";
import { until, usePages } from "./page.ts";

const open = usePages();

test("the receptive field is where the gradient is not zero, for random stacks", () => {
  const random = seededRandom(6, "fields");
  for (let n = 0; n < 60; n++) {
    const layers = Array.from({ length: random.integer(1, 5) }, () => ({
      kernel: random.integer(1, 7),
      stride: random.integer(1, 2),
      dilation: random.integer(1, 2),
    }));
    for (const weights of ["equal", "random"] as const) {
      const { seen, effective } = fieldOf(layers, weights);
      expect(seen, JSON.stringify(layers)).toBe(fieldSide(layers));
      expect(effective).toBeLessThanOrEqual(seen);
    }
  }
});

test("shows both, and follows the layers", async () => {
  const { page, complaints } = await open("#/field?layers=3;3");
  const reading = (id: string) => page.locator(`[data-reading=${id}]`).textContent();
  await page.locator("[data-reading=seen]").waitFor();
  expect([await reading("theory"), await reading("seen")]).toEqual(["5", "5"]);
  await page.getByLabel("Layer 1: stride").selectOption("2");
  await page.getByRole("button", { name: "Add a layer" }).click();
  await until(page, 'document.querySelector("[data-reading=seen]").textContent === "11"');
  expect(await reading("theory")).toBe("11");
  await until(page, 'location.hash.includes("layers=3,2;3;3")');
  expect(complaints).toEqual([]);
});
