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
