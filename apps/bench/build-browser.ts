/**
 * Builds the page that measures browsers, to dist/browser: scripts, style, and the WebAssembly that peers fetch.
 *
 * @module
 */

import { copyFile, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { build, type Metafile } from "esbuild";
import { greyLevelsOf } from "./src/browser/grey-picture.ts";
import { gitState } from "./src/environment.ts";
import { packageVersion } from "./src/package-version.ts";
import { readGrey } from "./src/pictures/grey-picture.ts";

const SOURCE = join(import.meta.dirname, "src/browser");
const TARGET = join(import.meta.dirname, "dist/browser");

const { metafile } = await build({
  entryPoints: ["page.ts", "worker.ts", "page.css"].map((file) => join(SOURCE, file)),
  outdir: TARGET,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  // OpenCV.js carries its WebAssembly as text, which escapes make a third longer.
  charset: "utf8",
  target: "es2022",
  conditions: ["@corr2d/source"],
  alias: {
    // Without graphics processors, whose WebAssembly is twice as large.
    "onnxruntime-web": "onnxruntime-web/wasm",
    // Of parity a page needs the adapters of core and of TensorFlow.js; the rest is for Node.
    "@corr2d/parity": join(import.meta.dirname, "../../packages/parity/src/in-pages.ts"),
  },
  // What only Node has is asked for there alone.
  external: [...builtinModules, "node:*", "onnxruntime-node", "sharp", "yauzl", "@tensorflow/tfjs-node"],
  define: {
    BUILT_FROM: JSON.stringify(gitState()),
    JAX_JS_VERSION: JSON.stringify(packageVersion("@jax-js/jax")),
  },
  metafile: true,
  logLevel: "warning",
});
await removeUnasked(metafile.outputs);
await copyFile(join(SOURCE, "index.html"), join(TARGET, "index.html"));
await copyMatching("@tensorflow/tfjs-backend-wasm", "wasm-out", /\.wasm$/, "tfjs");
await copyMatching("onnxruntime-web/wasm", ".", /^ort-wasm-simd-threaded\.(wasm|mjs)$/, "ort");
await mkdir(join(TARGET, "pictures"), { recursive: true });
const { url } = PHOTOGRAPHS.camera;
await writeFile(join(TARGET, "pictures", greyLevelsOf(url)), Uint8Array.from((await readGrey(url)).data));

/** Copies files of an installed package that stand beside its entry. */
async function copyMatching(specifier: string, folder: string, names: RegExp, to: string): Promise<void> {
  let from = dirname(fileURLToPath(import.meta.resolve(specifier)));
  if (folder !== ".") from = join(from, "..", folder);
  await mkdir(join(TARGET, to), { recursive: true });
  for (const name of await readdir(from)) if (names.test(name)) await cp(join(from, name), join(TARGET, to, name));
}

/** Removes pieces that nobody imports, as those of Node's peers. @throws Error if one that is left needs what only Node has. */
async function removeUnasked(outputs: Metafile["outputs"]): Promise<void> {
  const asked = new Set(
    Object.keys(outputs).filter((file) => outputs[file]!.entryPoint !== undefined && isEntry(file)),
  );
  for (const file of asked) {
    for (const { path, external, kind } of outputs[file]!.imports) {
      if (external !== true) asked.add(path);
      else if (kind === "import-statement") throw new Error(`${file} imports ${path}, which browsers do not have`);
    }
  }
  await Promise.all(Object.keys(outputs).flatMap((file) => (asked.has(file) ? [] : [rm(file)])));
}

/** Whether a file was asked for by name; dynamic imports are entries to esbuild, too. */
function isEntry(file: string): boolean {
  return ["page.js", "page.css", "worker.js"].includes(basename(file));
}
