/**
 * Core's declarations in programs of users: from TypeScript 5.4 to 7, in every module resolution, strict, and with the
 * declarations themselves checked.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { type PackedPackage, run } from "./pack.ts";

const project = inject("project");
const core = inject("packages").core as PackedPackage;

/** Imports every entry, and does what users do in loops. */
const PROGRAM = `
${Object.keys(core.manifest.exports)
  .filter((path) => path !== "./package.json")
  .map(
    (path, i) =>
      `import * as entry${i} from ${JSON.stringify(path.replace(".", core.manifest.name))};\nvoid entry${i};`,
  )
  .join("\n")}
import { conv2d, corr2d, explain, filterGradient, gradients, plan, planFilterGradient, separableConv2d, zeros } from "@corr2d/core";
import { Conv2d } from "CONV2D";

let v = zeros([1, 8, 8, 1]);
const layers = [
  new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: 3 }),
  new Conv2d({ inChannels: 2, outChannels: 2, kernelSize: 3 }),
];
for (const l of layers) v = l.forward(v);

const k = zeros([3, 3]);
let img = zeros([480, 640]);
img = corr2d(img, k, { mode: "same" });

const prepared = plan(corr2d, [8, 8], k);
export const blob = new Blob([prepared.run(zeros([8, 8]).data), img.data, v.data]);

let x = zeros([1, 8, 8, 4]);
const filter = zeros([3, 3, 4, 4]);
for (const padding of ["same", 1] as const) x = conv2d(x, filter, { padding });
const forward = plan(conv2d, x.shape, filter, { bias: new Float32Array(4) }).run(x.data);
const found = gradients(conv2d, x, filter, x, { padding: "same" });
const dw: Float32Array = planFilterGradient(conv2d, [1, 8, 8, 4], [3, 3, 4, 4]).run(x.data, forward);
dw.set(found.filter.data);
const pair = { depthwise: zeros([3, 3, 4, 1]), pointwise: zeros([1, 1, 4, 4]) };
const parts = filterGradient(separableConv2d, x, x, pair, { padding: "same" }).pointwise.data;
const wide = conv2d(zeros([1, 8, 8, 4], "float64"), zeros([3, 3, 4, 4], "float64")).data;
export const engine: "simd" | "scalar" = explain(conv2d, [1, 8, 8, 4], [3, 3, 4, 4]).engine;
export const all = new Blob([forward, parts, wide, found.input.data]);
// Options are those of the operation.
// @ts-expect-error
conv2d(x, filter, { boundary: "edge" });

// A result is an array of floats, not whatever one likes.
// @ts-expect-error
export const text: string = prepared.run(zeros([8, 8]).data);
`.replace("CONV2D", "./layers" in core.manifest.exports ? "@corr2d/core/layers" : "@corr2d/core");

/** Compilers by their package, with resolutions they have in turns: each is tried before and after arrays were generic (5.7). */
const COMPILERS = {
  "typescript-5.4": ["node10", "bundler"],
  "typescript-5.6": ["nodenext"],
  "typescript-5.7": ["bundler"],
  "typescript-5.9": ["node10", "nodenext"],
  "typescript-6.0": ["bundler"],
  typescript: ["bundler", "nodenext"],
} as const;

const MODULE = { bundler: "esnext", nodenext: "nodenext", node10: "commonjs" } as const;

test.each(Object.entries(COMPILERS))("%s understands the declarations of every entry", (compiler, resolutions) => {
  const folder = join(project, compiler);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  const tsc = join(dirname(fileURLToPath(import.meta.resolve(`${compiler}/package.json`))), "bin", "tsc");
  for (const moduleResolution of resolutions) {
    const compilerOptions = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "es2022",
      lib: ["es2023", "dom"],
      types: [],
      module: MODULE[moduleResolution],
      moduleResolution,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
    expect(run(folder, process.execPath, tsc, "-p", folder), moduleResolution).toBe("");
  }
});
