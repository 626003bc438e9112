/** Plans for video: what a frame costs in garbage, and what a plan holds and lets go. */

import {
  filterPicture,
  gaussian,
  gradientMagnitude,
  type Picture,
  planFilterPicture,
  planGradientMagnitude,
  sharpen,
} from "@corr2d/core/pictures";
import { expect, it } from "vitest";

function pictureOf(width: number, height: number): Picture<Uint8ClampedArray> {
  return { width, height, data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i * 7919) >> 3) };
}

/** Bytes that a call leaves behind, of as many as there are before the collector comes. */
function garbageOf(call: () => void): number {
  for (let i = 0; i < 20; i++) call();
  const least = [1, 2, 3, 4, 5].map(() => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 20; i++) call();
    const after = process.memoryUsage().heapUsed;
    return after < before ? Number.POSITIVE_INFINITY : (after - before) / 20;
  });
  return Math.min(...least);
}

it.each([
  ["dense", sharpen()],
  ["of rank 1", gaussian(6)],
] as const)("a frame makes no garbage to speak of, with a kernel %s", (_, kernel) => {
  const [frame, result] = [pictureOf(640, 240), pictureOf(640, 240)];
  const plan = planFilterPicture(frame, kernel);
  expect(plan.engine).toBe("simd");
  // One new array for each result is more than half a megabyte, one view for each row 48 kB.
  expect(garbageOf(() => plan.run(frame, result))).toBeLessThan(8000);
});

it("a frame of a gradient's magnitude makes none either", () => {
  const [frame, result] = [pictureOf(640, 240), pictureOf(640, 240)];
  const plan = planGradientMagnitude(frame);
  expect(plan.engine).toBe("simd");
  expect(garbageOf(() => plan.run(frame, result))).toBeLessThan(8000);
});

it.each(["simd", "scalar"] as const)("a plan of magnitudes gives what gradientMagnitude gives (%s)", (engine) => {
  const frame = { ...pictureOf(53, 41), channels: 4 };
  const options = { operator: "scharr", scale: 1 / 16, boundary: "edge", engine } as const;
  const magnitudes = gradientMagnitude(frame, options);
  // Into the middle of a larger picture, whose other pixels stay.
  const [stride, first] = [4 * 60, 4 * (60 + 3)];
  const larger = new Uint8ClampedArray(stride * 43).fill(7);
  const to = { width: 53, height: 41, channels: 4, stride, data: larger.subarray(first, first + 40 * stride + 4 * 53) };
  planGradientMagnitude(frame, options).run(frame, to);
  const expected = larger.map((_, i) => {
    const [y, x] = [Math.floor(i / stride) - 1, (i % stride) - 12];
    return y >= 0 && y < 41 && x >= 0 && x < 4 * 53 ? magnitudes.data[y * 4 * 53 + x]! : 7;
  });
  expect(larger).toEqual(expected);
  expect(magnitudes.data).toEqual(gradientMagnitude(frame, { ...options, engine: "auto" }).data);
});

it("squares of magnitudes overflow nothing, and a region is a part of the whole", () => {
  const data = Float32Array.from({ length: 40 * 30 }, (_, i) => ((i * 7919) % 101) * 1e30);
  const [whole, scalar] = (["simd", "scalar"] as const).map(
    (engine) => gradientMagnitude({ width: 40, height: 30, data }, { engine }).data,
  ) as [Float32Array, Float32Array];
  expect(Math.max(...whole)).toBeGreaterThan(1e32);
  expect(whole.every((value, i) => Math.abs(value - scalar[i]!) <= 1e27)).toBe(true);
  const region = { x: 5, y: 6, width: 17, height: 9 };
  const part = gradientMagnitude({ width: 40, height: 30, data }, { region }).data;
  expect(part).toEqual(whole.filter((_, i) => i % 40 >= 5 && i % 40 < 22 && i >= 240 && i < 600));
});

it("runs over frames of other arrays, and gives what filterPicture gives", () => {
  const plan = planFilterPicture({ width: 50, height: 40 }, gaussian(2));
  expect([plan.width, plan.height, plan.channels, plan.algorithm]).toEqual([50, 40, 4, "separable"]);
  for (const seed of [1, 2, 3]) {
    const frame = { ...pictureOf(50, 40), data: pictureOf(50, 40).data.map((byte) => byte ^ seed) };
    expect(plan.run(frame).data).toEqual(filterPicture(frame, gaussian(2)).data);
  }
});

it("refuses frames of another format, and to run when disposed of", () => {
  const plan = planFilterPicture({ width: 5, height: 4 }, sharpen());
  expect(() => plan.run(pictureOf(5, 5))).toThrow(
    "planFilterPicture.run: picture must be of 5 × 4 pixels of 4 uint8, as planned; got 5 × 5 pixels of 4 uint8",
  );
  const frame = pictureOf(5, 4);
  expect(() => plan.run(frame, frame)).toThrow("to overlaps picture in memory; give it memory of its own");
  plan[Symbol.dispose]();
  expect(() => plan.run(frame)).toThrow("planFilterPicture.run: the plan was disposed of");
});
