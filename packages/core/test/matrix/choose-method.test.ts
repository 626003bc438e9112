/** What both engines choose, held against times that were measured once: no clock runs here. */

import { explainCorr2d, type Matrix, tensor } from "@corr2d/core";
import { explainCorr2d as explainSimd } from "@corr2d/core/simd";
import { describe, expect, it } from "vitest";
import { KERNELS, MEASURED } from "./measured-times.ts";

const image = tensor([512, 512], new Float32Array(512 * 512).fill(1));
const dense = (k: number): Matrix =>
  tensor(
    [k, k],
    Array.from({ length: k * k }, (_, i) => Math.sin(i * i + 1)),
  );
const rankOne = (k: number): Matrix => tensor([k, k], new Float32Array(k * k).fill(1));

/** "auto" may be slower than the best by so much. */
const TOLERANCE = 1.15;

describe.each([
  { engine: "scalar", explain: explainCorr2d },
  { engine: "simd", explain: explainSimd },
] as const)("auto of the $engine engine, on a picture", ({ engine, explain }) => {
  const { direct, separable, fft } = MEASURED[engine];
  it.each(KERNELS.map((k, i) => [k, i] as const))("picks about the fastest for %i × %i", (k, i) => {
    const chosen = explain(image, dense(k), { mode: "same" });
    expect(chosen.engine).toBe(engine);
    expect(chosen.method).toBeOneOf(["direct", "fft"]);
    const timeOf = { direct: direct[i]!, separable: separable[i]!, fft: fft[i]! };
    expect(timeOf[chosen.method as "direct"]).toBeLessThanOrEqual(TOLERANCE * Math.min(timeOf.direct, timeOf.fft));

    const ofRankOne = explain(image, rankOne(k), { mode: "same" });
    const best = Math.min(...Object.values(timeOf));
    expect(timeOf[ofRankOne.method as "direct"]).toBeLessThanOrEqual(TOLERANCE * best);
  });
});

it("every method wins somewhere, so that the test above tells them apart", () => {
  for (const explain of [explainCorr2d, explainSimd]) {
    const chosen = KERNELS.flatMap((k) => [
      explain(image, dense(k), { mode: "same" }).method,
      explain(image, rankOne(k), { mode: "same" }).method,
    ]);
    expect(new Set(chosen)).toEqual(new Set(["direct", "separable", "fft"]));
  }
});
