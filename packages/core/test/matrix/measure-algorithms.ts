/**
 * Measures every algorithm of `corr2d` on either engine, for a 512 × 512 image in mode same and kernels of rank 1 of 3 × 3 to
 * 63 × 63, and writes the times to `measured-times.ts`, from which the constants of both cost models come and by which
 * they are tested. Of the medians of five rounds the least is taken: what else a machine does only adds.
 *
 *     node --conditions=@corr2d/source packages/core/test/matrix/measure-algorithms.ts
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { corr2d, type MatrixAlgorithmName, tensor } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";

const SIDE = 512;
const KERNELS = [3, 5, 7, 9, 11, 15, 21, 31, 47, 63];
const ALGORITHMS = ["direct", "separable", "fft"] as const satisfies readonly MatrixAlgorithmName[];
/** Milliseconds for each round of a method, and rounds over all of them. */
const ROUND_MS = 30;
const ROUNDS = 5;

const random = seededRandom(1);
const normal = (length: number): number[] => Array.from({ length }, () => random.normal());
const x = tensor([SIDE, SIDE], normal(SIDE * SIDE));
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** The median time of a call, over a round, in ms. */
function timeRound(run: () => void): number {
  const times: number[] = [];
  const end = performance.now() + ROUND_MS;
  do {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  } while (performance.now() < end);
  return median(times);
}

const contenders = (["scalar", "simd"] as const).flatMap((engine) =>
  ALGORITHMS.flatMap((algorithm) =>
    KERNELS.map((k) => {
      const [column, row] = [normal(k), normal(k)];
      const kernel = tensor(
        [k, k],
        column.flatMap((c) => row.map((r) => c * r)),
      );
      const options = { mode: "same", algorithm, engine } as const;
      return { engine, algorithm, run: () => corr2d(x, kernel, options), times: [] as number[] };
    }),
  ),
);
for (const { run } of contenders) run();
for (let round = 0; round < ROUNDS; round++) {
  for (const { run, times } of contenders) times.push(timeRound(run));
}

const rows = ["scalar", "simd"].map((engine) => {
  const lines = ALGORITHMS.map((algorithm) => {
    const ms = contenders
      .filter((c) => c.engine === engine && c.algorithm === algorithm)
      .map(({ times }) => Math.min(...times));
    return `    ${algorithm}: [${ms.map((time) => Number((1000 * time).toPrecision(3))).join(", ")}],`;
  });
  return `  ${engine}: {\n${lines.join("\n")}\n  },`;
});
const where = `${cpus()[0]!.model}, one thread, V8 ${process.versions.v8}, ${new Date().toISOString().slice(0, 10)}`;
const text = `/**
 * Microseconds for a ${SIDE} × ${SIDE} float32 image in mode same: the best of five rounds, written by measure-algorithms.ts.
 * ${where}.
 */

/** Sides of the kernels. */
export const KERNELS = [${KERNELS.join(", ")}] as const;

/** By engine and algorithm, in the order of the kernels. */
export const MEASURED = {
${rows.join("\n")}
} as const;
`;
writeFileSync(new URL("./measured-times.ts", import.meta.url), text);
console.log(text);
