/**
 * Core in applications: every bundler that many use makes a bundle of the packed package that computes, for browsers and
 * for Node, and that holds what is used and little else.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as esbuild, type Plugin } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import { describe, expect, inject, test } from "vitest";
import webpack from "webpack";
import { type PackedPackage, run } from "./pack.ts";

const project = inject("project");
const core = inject("packages").core as PackedPackage;

/** Where a bundle is to run. */
type Platform = "browser" | "node";

/** Bundles the module `entry` of the project, minified if the tool minifies at all, into `to`. */
type Bundler = (entry: string, platform: Platform, to: string) => Promise<void>;

const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: async (entry, platform, to) => {
    await esbuild({ entryPoints: [entry], platform, bundle: true, minify: true, format: "esm", outfile: to });
  },
  // Rollup alone: it shakes, esbuild minifies what is left.
  rollup: async (entry, _platform, to) => {
    const bundle = await rollup({ input: entry, plugins: [fromNodeModules], logLevel: "silent" });
    await bundle.write({ file: `${to}.long.js` });
    await bundle.close();
    await esbuild({ entryPoints: [`${to}.long.js`], minify: true, outfile: to });
  },
  vite: async (entry, platform, to) => {
    const output = { dir: dirname(to), entryFileNames: basename(to) };
    await vite({
      root: project,
      configFile: false,
      logLevel: "error",
      build: {
        ssr: platform === "node",
        emptyOutDir: false,
        outDir: dirname(to),
        minify: true,
        rolldownOptions: { input: entry, output, preserveEntrySignatures: "strict" },
      },
      ssr: { noExternal: true },
    });
  },
  webpack: (entry, platform, to) =>
    new Promise((resolve, reject) => {
      const compiler = webpack({
        mode: "production",
        target: platform === "node" ? "node22" : "web",
        context: project,
        entry,
        experiments: { outputModule: true },
        output: { path: dirname(to), filename: basename(to), module: true, library: { type: "module" } },
      });
      compiler!.run((error, stats) => {
        if (error) reject(error);
        else if (stats!.hasErrors() || stats!.hasWarnings()) reject(new Error(stats!.toString()));
        else resolve();
      });
    }),
  parcel: async (entry, platform, to) => {
    const parcel = fileURLToPath(new URL("../lib/bin.js", import.meta.resolve("parcel")));
    writeFileSync(
      join(dirname(entry), "package.json"),
      JSON.stringify({
        private: true,
        bundle: join(dirname(to), basename(to)),
        targets: {
          bundle: {
            source: basename(entry),
            context: platform,
            outputFormat: "esmodule",
            isLibrary: true,
            includeNodeModules: true,
            optimize: true,
            sourceMap: false,
            engines: platform === "node" ? { node: ">=22" } : { browsers: "last 1 Chrome version" },
          },
        },
      }),
    );
    run(
      dirname(entry),
      process.execPath,
      parcel,
      "build",
      "--no-cache",
      "--no-autoinstall",
      "--no-content-hash",
      "--log-level",
      "error",
    );
  },
};

/** Looks packages up in the project: Rollup alone knows only paths. */
const fromNodeModules = {
  name: "packages of the project",
  resolveId: (id: string): string | null => {
    const target = core.manifest.exports[id.replace(core.manifest.name, ".")];
    return typeof target === "object" ? join(core.folder, target.default) : null;
  },
};

/** What a few applications take, and the most that it may weigh in each of them, minified. Parcel keeps much that it could shake. */
const APPLICATIONS = [
  { from: "@corr2d/core", names: "tensor", maxBytes: 3_000, parcel: 32_000 },
  { from: "@corr2d/core/scalar", names: "corr2d", maxBytes: 9_000, parcel: 12_000 },
];

/** What must never stand in a bundle: it would tie core to one runtime, or be refused by a content security policy. */
const NOWHERE = ["node:", "require(", "eval(", "new Function", "process."];

/** What core weighs in an application: minified and gzipped, with what must have been shaken off. */
const WEIGHTS = [
  {
    what: "corr2d in plain JavaScript alone",
    code: 'export { corr2d } from "@corr2d/core/scalar"',
    // By plain sums or by rows and columns; checks and messages.
    maxBytes: 4096,
    mustNotAppear: ["im2col", "tiled", "NCHW", "gradient", "glorot", "WebAssembly"],
  },
  {
    what: "conv2d alone",
    code: 'export { conv2d } from "@corr2d/core"',
    // Geometry and every algorithm, since the choice is made when shapes are known: 18 kB with the scalar ones, 28 kB of the
    // SIMD engine, which emits its WebAssembly itself; no layers.
    maxBytes: 47_104,
    mustNotAppear: ["glorot", "learningRate"],
  },
  {
    what: "corr2d alone",
    code: 'export { corr2d } from "@corr2d/core"',
    // The scalar algorithms, which it falls back on, the assembler, three microkernels and transforms in either precision, and both
    // gradients, which any operation carries; no layers, no geometry.
    maxBytes: 28_672,
    mustNotAppear: ["im2col", "glorot"],
  },
  {
    what: "everything",
    code: 'export * from "@corr2d/core"',
    maxBytes: 80_896,
    mustNotAppear: [],
  },
];

/** Lets esbuild find core's files as if package.json said nothing of effects. */
const WITH_EFFECTS: Plugin = {
  name: "with effects",
  setup({ onResolve }) {
    onResolve({ filter: /^@corr2d\// }, ({ path }) => ({ path: fromNodeModules.resolveId(path)!, sideEffects: true }));
    onResolve({ filter: /^\.\// }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), sideEffects: true }));
  },
};

let made = 0;

/** A program of the project as one minified file. Returns the path. */
async function bundled(code: string, bundler: string, platform: Platform): Promise<string> {
  const folder = join(project, `bundle-${made++}`);
  mkdirSync(folder);
  const entry = join(folder, "program.js");
  writeFileSync(entry, code);
  const to = join(folder, "out", "program.mjs");
  await BUNDLERS[bundler]!(entry, platform, to);
  return to;
}

describe.each(Object.keys(BUNDLERS))("%s", (bundler) => {
  test.each(["browser", "node"] as const)("makes a bundle for %s that computes", async (platform) => {
    const path = await bundled(
      `
      import { conv2d, tensor } from "@corr2d/core";
      export const y = conv2d(tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]), tensor([2, 2, 1, 1], [0, 1, 2, 3]));
      `,
      bundler,
      platform,
    );
    const show = `console.log((await import(${JSON.stringify(path)})).y.data.join())`;
    expect(run(project, process.execPath, "--input-type=module", "--eval", show)).toBe("19,25,37,43\n");
  });

  test.each(APPLICATIONS)(
    "makes of { $names } of $from at most $maxBytes bytes, for browsers and for Node",
    async ({ from, names, maxBytes, parcel }) => {
      const code = `export { ${names} } from ${JSON.stringify(from)};`;
      const [browser, node] = [await bundled(code, bundler, "browser"), await bundled(code, bundler, "node")].map(
        (path) => readFileSync(path).length,
      ) as [number, number];
      // An empty bundle would be small, too.
      expect(Math.min(browser, node)).toBeGreaterThan(200);
      expect(browser).toBeLessThanOrEqual(bundler === "parcel" ? parcel : maxBytes);
      expect(node).toBeLessThanOrEqual(1.2 * browser);
    },
  );
});

describe("the bundle of an application", () => {
  test.each(WEIGHTS)(
    "$what: at most $maxBytes bytes gzipped, without what it does not use",
    async ({ code, maxBytes, mustNotAppear }) => {
      const text = readFileSync(await bundled(code, "esbuild", "browser"), "utf8");
      expect(gzipSync(text).length).toBeLessThanOrEqual(maxBytes);
      expect([...NOWHERE, ...mustNotAppear].filter((word) => text.includes(word))).toEqual([]);
    },
  );

  test.each(Object.keys(core.manifest.exports).filter((path) => path !== "./package.json"))(
    "has nothing of %s if nothing of it is used, whatever package.json says of effects",
    async (path) => {
      const code = `import ${JSON.stringify(path.replace(".", core.manifest.name))}; console.log("here");`;
      const folder = join(project, `effects-${made++}`);
      mkdirSync(folder);
      const entry = join(folder, "program.js");
      writeFileSync(entry, code);
      const shaken = await rollup({
        input: entry,
        plugins: [fromNodeModules],
        treeshake: { moduleSideEffects: true },
        logLevel: "silent",
      });
      const { output } = await shaken.generate({ format: "es" });
      expect(output.map((file) => (file.type === "chunk" ? file.code.trim() : ""))).toEqual(['console.log("here");']);

      // esbuild sees less: it takes arithmetic for an effect, which a few constants contain.
      const [kept] = (
        await esbuild({ entryPoints: [entry], bundle: true, minify: true, write: false, plugins: [WITH_EFFECTS] })
      ).outputFiles;
      expect(kept!.contents.length).toBeLessThanOrEqual(1_000);
    },
  );
});
