/** Plans for video: what a frame costs in garbage, and what a plan holds and lets go. */

import { filterPicture, gaussian, type Picture, planFilterPicture, sharpen } from "@corr2d/core/pictures";
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
