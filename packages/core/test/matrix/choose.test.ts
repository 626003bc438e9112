/** What is chosen on either engine, held against times that were measured once: no clock runs here. */

import { corr2d, explain, type Matrix, tensor } from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { KERNELS, MEASURED } from "./measured-times.ts";

const IMAGE = [512, 512] as const;
const dense = (k: number): Matrix =>
  tensor(
    [k, k],
    Array.from({ length: k * k }, (_, i) => Math.sin(i * i + 1)),
  );
const rankOne = (k: number): Matrix => tensor([k, k], new Float32Array(k * k).fill(1));

/** "auto" may be slower than the best by so much. */
const TOLERANCE = 1.15;

describe.each(["scalar", "simd"] as const)("auto of the %s engine, on a picture", (engine) => {
  const { direct, separable, fft } = MEASURED[engine];
  it.each(KERNELS.map((k, i) => [k, i] as const))("picks about the fastest for %i × %i", (k, i) => {
    const chosen = explain(corr2d, IMAGE, dense(k), { mode: "same", engine });
    expect(chosen.engine).toBe(engine);
    expect(chosen.algorithm).toBeOneOf(["direct", "fft"]);
    const timeOf = { direct: direct[i]!, separable: separable[i]!, fft: fft[i]! };
    expect(timeOf[chosen.algorithm as "direct"]).toBeLessThanOrEqual(TOLERANCE * Math.min(timeOf.direct, timeOf.fft));

    const ofRankOne = explain(corr2d, IMAGE, rankOne(k), { mode: "same", engine });
    const best = Math.min(...Object.values(timeOf));
    expect(timeOf[ofRankOne.algorithm as "direct"]).toBeLessThanOrEqual(TOLERANCE * best);
  });

  it("takes every algorithm somewhere, so that the test above tells them apart", () => {
    const chosen = KERNELS.flatMap((k) => [
      explain(corr2d, IMAGE, dense(k), { mode: "same", engine }).algorithm,
      explain(corr2d, IMAGE, rankOne(k), { mode: "same", engine }).algorithm,
    ]);
    expect(new Set(chosen)).toEqual(new Set(["direct", "separable", "fft"]));
  });
});

it("takes SIMD, unless so little is done that calling it would take longer", () => {
  for (const k of KERNELS) expect(explain(corr2d, IMAGE, dense(k)).engine).toBe("simd");
  expect(explain(corr2d, [3, 3], [2, 2])).toMatchObject({ engine: "scalar", algorithm: "direct" });
});

it("of factors whose products their element type cannot hold, only their own passes are offered", () => {
  const [image32, image64] = [Float32Array, Float64Array].map((Elements) => tensor([9, 9], new Elements(81).fill(1)));
  for (const size of [1e-10, 1e-20, 1e20, 1e-100, 1e-160, 1e160]) {
    const weights = [size, 2 * size, size];
    const holds = (least: number, most: number): boolean => size * size >= least && 4 * size * size <= most;
    for (const [image, Elements, isHeld] of [
      [image32, Float32Array, holds(2 ** -126, 3.4e38)],
      [image64, Float64Array, holds(2 ** -1022, 1.7e308)],
    ] as const) {
      const factors = { column: Elements.from(weights), row: Elements.from(weights) };
      if (!factors.row.every((weight) => weight > 0 && Number.isFinite(weight))) continue;
      const directly = () => corr2d(image as Matrix, factors as never, { algorithm: "direct" });
      if (isHeld) expect(directly().data[0]).toBeCloseTo(16 * size * size, 5);
      else expect(directly).toThrow("products of column and row leave the range of their element type");
    }
  }
});
