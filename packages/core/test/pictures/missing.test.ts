/** Missing values of pictures, and the magnitude of gradients. */

import { nanCorr2d, tensor } from "@corr2d/core";
import {
  box,
  filterPicture,
  gaussian,
  gradientMagnitude,
  planFilterPicture,
  scharr,
  sobel,
} from "@corr2d/core/pictures";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const [width, height] = [31, 22];
const random = seededRandom(8);
const floats = Float32Array.from({ length: width * height * 3 }, () => random.uniform(0, 255));
const bytes = Uint8ClampedArray.from(floats);
const mask = Uint8Array.from({ length: width * height }, () => Number(random.uniform() < 0.6));

describe("missing values", () => {
  it.each(["simd", "scalar"] as const)("are left out of each channel, as nanCorr2d does it (%s)", (engine) => {
    const data = floats.map((value) => (random.uniform() < 0.3 ? Number.NaN : value));
    const kernel = gaussian(1.5);
    const result = filterPicture({ width, height, data }, kernel, { missing: "skip", boundary: "edge", mask, engine });
    for (let c = 0; c < 3; c++) {
      const channel = tensor(
        [height, width],
        data.filter((_, i) => i % 3 === c),
      );
      const truth = nanCorr2d(channel, kernel, { mode: "same", boundary: "edge", mask, engine });
      expect(result.data.filter((_, i) => i % 3 === c)).toEqual(truth.data);
    }
  });

  it("hide what stands under a mask, of bytes too, and nothing stays where nothing is", () => {
    const whole = { width, height, data: bytes };
    const hidden = { width, height, data: bytes.map((byte, i) => (mask[Math.floor(i / 3)] === 0 ? 255 - byte : byte)) };
    const options = { mask, boundary: "constant" } as const;
    expect(filterPicture(whole, box(5), options).data).toEqual(filterPicture(hidden, box(5), options).data);
    const none = planFilterPicture(whole, box(5), { mask: new Uint8Array(mask.length), dtype: "float32" }).run(whole);
    expect([...none.data].every(Number.isNaN)).toBe(true);
  });

  it("keep a constant up to the edge, which zeros outside would darken", () => {
    const grey = { width: 9, height: 9, data: new Uint8ClampedArray(81).fill(90) };
    const skipped = filterPicture(grey, gaussian(2), { missing: "skip", boundary: "constant" });
    expect(skipped.data.every((byte) => byte === 90)).toBe(true);
    expect(filterPicture(grey, gaussian(2), { boundary: "constant" }).data[0]).toBeLessThan(60);
  });

  it("need weights that can make up for them", () => {
    expect(() => filterPicture({ width, height, data: bytes }, sobel("x"), { mask })).toThrow(
      "filterPicture: kernel must hold weights of 0 or more to make up for missing ones, got -1",
    );
    expect(() => filterPicture({ width, height, data: bytes }, box(3), { mask, missing: "count" })).toThrow(
      'filterPicture: mask needs missing "skip", got "count"',
    );
    expect(() => filterPicture({ width, height, data: bytes }, box(3), { mask: new Uint8Array(3) })).toThrow(
      `filterPicture: mask must have ${width * height} elements, one a cell, got 3`,
    );
  });
});

it("the magnitude of a gradient is that of both derivatives, and alpha stays", () => {
  const data = Uint8Array.from({ length: width * height * 4 }, () => random.integer(0, 255));
  const picture = { width, height, data };
  for (const [operator, kernel] of [
    ["sobel", sobel],
    ["scharr", scharr],
  ] as const) {
    const options = { scale: 0.1, boundary: "symmetric" } as const;
    const [x, y] = (["x", "y"] as const).map(
      (axis) => filterPicture(picture, kernel(axis), { ...options, dtype: "float32" }).data,
    ) as [Float32Array, Float32Array];
    const found = gradientMagnitude(picture, { ...options, operator });
    expect(found.data).toBeInstanceOf(Uint8Array);
    const truth = Uint8ClampedArray.from(x, (gx, i) => (i % 4 === 3 ? data[i]! : Math.hypot(gx, y[i]!)));
    expect([...found.data]).toEqual([...truth]);
  }
});
