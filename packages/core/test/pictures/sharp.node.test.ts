/** The README's recipe for sharp, and the example that draws what filters do. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pictures from "@corr2d/core/pictures";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import sharp from "sharp";
import { expect, it } from "vitest";
import { drawFilters, FILTERS } from "../../examples/filter-picture.ts";
import { recipeOf } from "./recipe.ts";

it("sharpens a file", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const folder = await mkdtemp(join(tmpdir(), "corr2d-recipe-"));
  try {
    const input = fileURLToPath(PHOTOGRAPHS.chelsea.url);
    const output = join(folder, "sharper.png");
    const recipe = recipeOf(readme, "toFile(output)", ["filterPicture", "unsharp", "sharp", "input", "output"]);
    await recipe(pictures.filterPicture, pictures.unsharp, sharp, input, output);
    const { data, info } = await sharp(input).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    const written = await sharp(output).raw().toBuffer();
    const truth = pictures.filterPicture({ data, ...info }, pictures.unsharp(2, 0.8));
    expect(written.equals(truth.data)).toBe(true);
    expect(written.equals(data)).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("the example shows the photograph before and after each filter", async () => {
  const png = await drawFilters();
  const { width, height } = await sharp(png).metadata();
  expect([width, height]).toEqual([3 * PHOTOGRAPHS.chelsea.width, 3 * PHOTOGRAPHS.chelsea.height]);
  const parts = await Promise.all(
    [0, ...FILTERS.keys()].map(async (_, n) => {
      const region = {
        left: (n % 3) * PHOTOGRAPHS.chelsea.width,
        top: Math.floor(n / 3) * PHOTOGRAPHS.chelsea.height,
        width: PHOTOGRAPHS.chelsea.width,
        height: PHOTOGRAPHS.chelsea.height,
      };
      return (await sharp(png).extract(region).raw().toBuffer()).toString("latin1");
    }),
  );
  expect(new Set(parts).size).toBe(FILTERS.length + 1);
});
