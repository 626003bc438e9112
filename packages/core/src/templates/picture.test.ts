import { seededRandom } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { Picture } from "./picture.ts";
import { PictureSpectra } from "./picture-spectrum.ts";

const random = seededRandom(3, "picture");

it.each([1, 2, 3])("of %i channels, a window is flat if each of them has one value there", (channels) => {
  const [height, width, h, w] = [9, 11, 2, 3];
  const data = new Float64Array(height * width * channels).fill(5);
  for (let spot = 0; spot < 6; spot++) data[random.integer(0, data.length - 1)] = 6;
  using picture = new Picture(data, [height, width, channels]);
  const seen = { flat: 0, other: 0 };
  for (let row = 0; row <= height - h; row++) {
    for (let column = 0; column <= width - w; column++) {
      const values = Array.from({ length: channels }, (_, c) =>
        Array.from({ length: h * w }, (_, q) => {
          const cell = (row + Math.floor(q / w)) * width + column + (q % w);
          return data[cell * channels + c];
        }),
      );
      const isFlat = values.every((channel) => new Set(channel).size === 1);
      expect(picture.isFlat(row, column, [h, w]), `${row}, ${column}`).toBe(isFlat);
      seen[isFlat ? "flat" : "other"]++;
    }
  }
  expect(Math.min(seen.flat, seen.other)).toBeGreaterThan(5);
});

it("of more than 2²³ cells, no transform is kept: it would take 400 MB", () => {
  expect(PictureSpectra.for([4097, 2048])).toBeUndefined();
  expect(PictureSpectra.for([2 ** 20, 2 ** 12])).toBeUndefined();
});
