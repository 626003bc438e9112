/** The README's recipe for a canvas, in a browser. */

import * as pictures from "@corr2d/core/pictures";
import { expect, it } from "vitest";
import { recipeOf } from "./recipe.ts";

/** What a browser has and this package is compiled without. */
interface Browser {
  readonly OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    readonly width: number;
    readonly height: number;
    getContext(kind: "2d"): {
      fillStyle: string;
      fillRect(x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): pictures.Picture<Uint8ClampedArray>;
    };
  };
}

const { OffscreenCanvas } = globalThis as unknown as Browser;

it("blurs a canvas", async () => {
  const readme = await (await fetch(new URL("../../README.md", import.meta.url))).text();
  const canvas = new OffscreenCanvas(40, 30);
  const context = canvas.getContext("2d");
  context.fillStyle = "#f0a010";
  context.fillRect(0, 0, 40, 30);
  context.fillStyle = "#1020f0";
  context.fillRect(10, 5, 9, 20);
  const before = context.getImageData(0, 0, 40, 30);
  const truth = pictures.filterPicture(before, pictures.gaussian(2));
  expect(truth.data).toBeInstanceOf(Uint8ClampedArray);

  const recipe = recipeOf(readme, "putImageData", ["filterPicture", "gaussian", "canvas"]);
  await recipe(pictures.filterPicture, pictures.gaussian, canvas);
  const after = context.getImageData(0, 0, 40, 30).data;
  expect([...after]).toEqual([...truth.data]);
  expect([...after]).not.toEqual([...before.data]);
  expect(after[3]).toBe(255);
});
