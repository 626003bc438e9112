/** Matrices by several threads: the bits of one, in every mode and at every boundary. */

import { seededRandom } from "@corr2d/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { corr2d } from "../corr2d/corr2d.ts";
import { BOUNDARIES } from "../geometry/boundary.ts";
import { sharedEngine } from "../simd/engine/engine.ts";
import { type Matrix, tensor } from "../tensor/tensor.ts";
import { hire, threadedEngine } from "./start.ts";

const random = seededRandom(3);
const matrix = (rows: number, columns: number): Matrix =>
  tensor(
    [rows, columns],
    Float32Array.from({ length: rows * columns }, () => random.normal()),
  );

const engine = threadedEngine(sharedEngine(), 0);
const { team } = engine;

beforeAll(() => hire(team.crew, 3), 60_000);
afterAll(async () => {
  sharedEngine().threaded = undefined;
  await team.crew.end();
});

const SIZES = [
  { image: [7, 5], kernel: [3, 2] },
  { image: [140, 90], kernel: [20, 9] },
  { image: [60, 2100], kernel: [6, 3] },
  { image: [700, 300], kernel: [5, 5] },
] as const;

it.each(SIZES)("%o", { timeout: 30_000 }, ({ image: [rows, columns], kernel: [height, width] }) => {
  const x = matrix(rows, columns);
  const whole = matrix(height, width);
  const separable = { column: matrix(1, height).data, row: matrix(1, width).data };
  const published = team.crew.queue.end;
  for (const boundary of BOUNDARIES) {
    for (const mode of ["valid", "same", "full"] as const) {
      for (const [kernel, algorithm] of [
        [whole, "direct"],
        [separable, "separable"],
      ] as const) {
        const options = { mode, boundary, algorithm, engine: "simd" } as const;
        const [alone, together] = [undefined, engine].map((threaded) => {
          sharedEngine().threaded = threaded;
          return new Int32Array((corr2d(x, kernel, options).data as Float32Array).buffer);
        });
        const other = together!.findIndex((bits, i) => bits !== alone![i]);
        if (other >= 0) throw new Error(`other bits at ${other}: ${JSON.stringify(options)}`);
      }
    }
  }
  expect(team.crew.queue.end - published).toBeGreaterThan(BOUNDARIES.length * 6);
});
