/** Bands on engines of their own: nothing is written past a buffer, and without fused multiply-add it is the same on integers. */

import { expect, it } from "vitest";
import { SimdEngine } from "../../simd/engine/engine.ts";
import { simdFeatures } from "../../simd/engine/features.ts";
import { GuardZones } from "../../simd/engine/guards.ts";
import { hostWebAssembly } from "../../simd/engine/webassembly.ts";
import { tensor } from "../../tensor/tensor.ts";
import { preparePicture } from "../filter-picture.ts";
import { makeData, type PictureData } from "../problem/picture.ts";
import { type FilterPictureOptions, resolvePictureProblem } from "../problem/problem.ts";
import { planBands } from "./bands.ts";

const engines = [true, false].map(
  (fma) =>
    new SimdEngine(hostWebAssembly()!, simdFeatures(), {
      fma: fma && simdFeatures().relaxedMadd,
      guards: new GuardZones(256),
    }),
);

const ones = (height: number, width: number) =>
  tensor(
    [height, width],
    Array.from({ length: height * width }, (_, i) => ((i * i) % 7) - 2),
  );
const vectors = (height: number, width: number) => ({
  column: Float32Array.from({ length: height }, (_, i) => (i % 3) - 1),
  row: Float32Array.from({ length: width }, (_, i) => (i % 5) - 1),
});

const KERNELS = {
  "3×3": ones(3, 3),
  "1×9": ones(1, 9),
  "70×1": ones(70, 1),
  "7×7": vectors(7, 7),
  "80×90": vectors(80, 90),
};
const SIZES = [
  [1, 1],
  [3, 50],
  [900, 20],
  [4100, 3],
] as const;

it.each(Object.entries(KERNELS))("writes nothing past its buffers: %s", (_, kernel) => {
  for (const [width, height] of SIZES) {
    for (const channels of [1, 2, 3, 4]) {
      for (const options of [
        { dtype: "uint8" },
        { dtype: "float32", alpha: "filter", boundary: "constant", fillValue: 3 },
        { dtype: "uint8", boundary: "wrap", scale: 0.5, offset: 3, absolute: true },
      ] as const satisfies readonly FilterPictureOptions[]) {
        const bytes = new Uint8Array(width * height * channels).map((_, i) => (i * 37) >> 3);
        const format = { width, height, channels, dtype: "uint8" } as const;
        const resultOf = (engine: SimdEngine | "scalar"): PictureData => {
          const problem = resolvePictureProblem("test", format, kernel, {
            ...options,
            engine: engine === "scalar" ? "scalar" : "simd",
          });
          const result = makeData(problem.dtype, bytes.length, bytes);
          const plan = preparePicture("test", problem, () => engine as SimdEngine);
          plan.run(bytes, width * channels, result, width * channels);
          return result;
        };
        const truth = resultOf("scalar");
        for (const engine of engines) expect(resultOf(engine)).toEqual(truth);
      }
    }
  }
});

it("cuts what exceeds the cache into strips and bands, and says what it leaves to others", () => {
  const planOf = (width: number, height: number, kernel: Parameters<typeof resolvePictureProblem>[2]) =>
    planBands(resolvePictureProblem("test", { width, height, channels: 4, dtype: "uint8" }, kernel, {}), true);
  expect(planOf(640, 480, ones(3, 3))).toMatchObject({ separable: false, channels: 3, rows: 16 });
  const wide = planOf(6000, 4000, vectors(61, 61));
  expect(wide).toMatchObject({ separable: true });
  if (typeof wide !== "string") {
    expect(wide.pixels).toBeLessThan(1000);
    expect(wide.bufferBytes.reduce((sum, bytes) => sum + bytes)).toBeLessThan(600 * 1024);
  }
  expect(planOf(640, 480, ones(70, 3))).toMatch(/rows of the kernel exceed/);
  expect(planOf(640, 480, ones(31, 31))).toMatch(/Fourier transform/);
});
