/** Transposed convolutions of anybody's: what is right agrees, what is wrong is found, reduced and told. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runParity } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-transposed-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A user's module, which scatters; wrong where `tap` is not the tap. */
const moduleOf = (name: string, tap: string): string => {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `export const reach = { ranks: [2], layouts: ["channels last"], roundings: ["floor"], operations: ["transposed"] };
export function forward({ inputShape, filterShape, outputShape, strides, dilations, pads, groups }, { x, filter, bias }) {
  const [, height, width, channels] = inputShape;
  const [kh, kw, groupOut] = filterShape;
  const [, outHeight, outWidth, outChannels] = outputShape;
  const y = new Float64Array(outputShape.reduce((a, b) => a * b)).map((_, i) => (bias ? bias[i % outChannels] : 0));
  for (let at = 0; at < x.length; at++) {
    const [c, j, i] = [at % channels, Math.floor(at / channels) % width, Math.floor(at / channels / width) % height];
    const [n, first] = [Math.floor(at / channels / width / height), Math.floor(c / (channels / groups)) * groupOut];
    for (let a = 0; a < kh; a++) {
      for (let b = 0; b < kw; b++) {
        const [u, v] = [i * strides[0] + a * dilations[0] - pads[0][0], j * strides[1] + b * dilations[1] - pads[1][0]];
        if (u < 0 || u >= outHeight || v < 0 || v >= outWidth) continue;
        for (let o = 0; o < groupOut; o++) {
          y[((n * outHeight + u) * outWidth + v) * outChannels + first + o] +=
            x[at] * filter[((${tap}) * groupOut + o) * channels + c];
        }
      }
    }
  }
  return Float32Array.from(y);
}
`,
  );
  return path;
};

const check = (path: string) =>
  runParity({ oracles: ["tfjs-cpu"], cases: 60, seed: 3, only: "transposed", modules: [path], jobs: 1 });

it("a module that scatters agrees, and only transposed convolutions are asked of it", async () => {
  const report = await check(moduleOf("right", "a * kw + b"));
  expect(report.reasons).toEqual([]);
  expect(report.outcome).toBe("agree");
  const counts = report.support.filter(({ pass }) => pass === "forward");
  expect(counts.find(({ feature }) => feature === "transposed")!.answered).toBeGreaterThan(20);
  expect(report.requests.filter(({ by }) => by === "right")).toEqual([]);
});

it("one that takes rows for columns is reduced to a program that shows it", async () => {
  const report = await check(moduleOf("wrong", "a + b * kh"));
  expect(report.outcome).toBe("disagree");
  const [{ program, convCase }] = report.reductions as [(typeof report.reductions)[number]];
  expect(convCase).toContain("transposed");
  const failure = join(folder, "failure.mjs");
  writeFileSync(failure, program.replaceAll(/from "[^"]*wrong\.mjs"/g, 'from "./wrong.mjs"'));
  const run = spawnSync(process.execPath, [failure], { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } });
  expect(run.stderr).toBe("");
  expect(run.stdout).toMatch(/forward at \[0,\d+,\d+,\d+\]: got /);
  expect(run.status).toBe(1);
});
