/**
 * @corr2d/tfjs on pages, in a real Chromium: the programs of its README, bundled and as a plain page, find the WebAssembly files and
 * predict with our kernels what the cpu backend predicts without.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { build as vite } from "vite";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import webpack from "webpack";
import { chromiumLaunch } from "../browser/chromium.ts";
import type { PackedPackage } from "./pack.ts";

const project = inject("project");
const readme = readFileSync(join((inject("packages").tfjs as PackedPackage).folder, "README.md"), "utf8");

/** The one block of the README in a language that holds a text. */
function blockWith(language: string, text: string): string {
  const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const found = blocks.filter(([, name, code]) => name === language && code!.includes(text)).map(([, , code]) => code!);
  expect(found, `blocks of ${language} with ${text}`).toHaveLength(1);
  return found[0]!;
}

/** A small network, asked on every backend; and a gradient that TensorFlow.js's WebAssembly backend has no kernel for. */
const PREDICT = `
const uniform = (shape, seed) => tf.randomUniform(shape, -1, 1, "float32", seed);
const predict = () => tf.tidy(() => {
  let x = tf.pad(uniform([1, 32, 32, 3], 1), [[0, 0], [0, 1], [0, 1], [0, 0]]);
  x = tf.fused.conv2d({ x, filter: uniform([3, 3, 3, 16], 2), strides: 2, pad: "valid", activation: "relu6" });
  x = tf.depthwiseConv2d(x, uniform([3, 3, 16, 1], 3), 1, "same");
  x = tf.relu(tf.batchNorm(x, uniform([16], 4), tf.ones([16]), uniform([16], 5), uniform([16], 6)));
  x = tf.maxPool(tf.conv2d(x, uniform([3, 3, 16, 32], 7), 1, "same"), 2, 2, "same");
  return [...tf.softmax(tf.matMul(tf.mean(x, [1, 2]), uniform([32, 10], 8))).dataSync()];
});
const results = {};
for (const name of ["wasm", "corr2d", "cpu"]) if (await tf.setBackend(name)) results[name] = predict();
await tf.setBackend("wasm");
const x = tf.ones([1, 3, 3, 1]);
results.gradient = [...tf.engine().runKernel("Conv2DBackpropFilter", { x, dy: x }, { strides: 1, pad: "same",
  dataFormat: "NHWC", filterShape: [1, 1, 1, 1] }).dataSync()];
globalThis.results = results;
`;

interface Results {
  readonly wasm: readonly number[];
  readonly corr2d: readonly number[];
  readonly cpu: readonly number[];
  readonly gradient: readonly number[];
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch(await chromiumLaunch());
});

afterAll(() => browser.close());

/** What the page index.html of a folder finds, and the WebAssembly files that it asked for. */
async function resultsOf<T = Results>(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly results: T; readonly wasm: readonly string[] }> {
  const wasm: string[] = [];
  const server = createServer(({ url }, response) => {
    const path = join(folder, url === "/" ? "index.html" : url!);
    if (!existsSync(path)) return void response.writeHead(404).end();
    if (extname(path) === ".wasm") wasm.push(url!);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
    response.end(readFileSync(path));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const tab = await browser.newPage();
  const said: string[] = [];
  tab.on("pageerror", ({ message }) => said.push(message));
  tab.on("console", (message) => said.push(message.text()));
  try {
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction("globalThis.results !== undefined", undefined, { timeout: 30_000 }).catch(() => {
      throw new Error(`nothing was computed: ${said.join("\n")}`);
    });
    return { results: await tab.evaluate<T>("globalThis.results"), wasm };
  } finally {
    await tab.close();
    server.close();
    server.closeAllConnections();
  }
}

function expectPrediction({ wasm, corr2d, cpu, gradient }: Results): void {
  expect(cpu).toHaveLength(10);
  for (const ours of [wasm, corr2d]) {
    expect(ours).toHaveLength(10);
    for (const [i, value] of ours.entries()) expect(value).toBeCloseTo(cpu[i]!, 5);
  }
  expect(gradient).toEqual([9]);
}

/** A folder of the project with a program; whoever bundles it leaves a page in its folder `out`. */
function application(
  name: string,
  program: string,
  asked = PREDICT,
): { readonly folder: string; readonly out: string } {
  const folder = join(project, name);
  const out = join(folder, "out");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(folder, "program.js"), program + asked);
  writeFileSync(join(folder, "index.html"), '<!doctype html><script type="module" src="program.js"></script>');
  return { folder, out };
}

test("Vite", async () => {
  const { folder, out } = application("with-vite", blockWith("js", ".wasm?url"));
  await vite({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { outDir: out, target: "es2022", minify: false },
  });
  const { results, wasm } = await resultsOf(out);
  expectPrediction(results);
  expect(wasm).toEqual([expect.stringMatching(/simd.*\.wasm$/)]);
});

/** A layer that is large enough for threads, before there are any and after. */
const BITS = `
const uniform = (shape, seed) => tf.randomUniform(shape, -1, 1, "float32", seed);
const bits = () => tf.tidy(() => {
  const y = tf.conv2d(uniform([1, 56, 56, 64], 1), uniform([3, 3, 64, 64], 2), 1, "same");
  return new Int32Array(new Float32Array(y.dataSync()).buffer);
});
`;
const SAME_BITS = `
const [heap, first] = [Object.prototype.toString.call(tf.backend().wasm.HEAPU8.buffer), bits()];
const answer = await startThreads({ threads: 2 });
// What is written for workers is stored atomically.
let published = 0;
const { store } = Atomics;
Atomics.store = (...rest) => (published++, store(...rest));
const second = bits();
Atomics.store = store;
await stopThreads();
globalThis.results = { heap, ...answer, published, isSame: first.every((value, n) => value === second[n]) };
`;

test("an isolated page: our threads compute in the heap that TensorFlow.js shares with its own", async () => {
  const threads = blockWith("js", "await startThreads()").replace("{ startThreads }", "{ startThreads, stopThreads }");
  const program = blockWith("js", ".wasm?url") + BITS + threads.replace("await startThreads();", SAME_BITS);
  const { folder, out } = application("isolated", program, "");
  await vite({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { outDir: out, target: "es2022", minify: false },
    worker: { format: "es" },
  });
  const { results, wasm } = await resultsOf<{ published: number }>(out, {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  });
  expect(results).toMatchObject({ heap: "[object SharedArrayBuffer]", active: true, threads: 2, isSame: true });
  expect(results.published).toBeGreaterThan(8);
  expect(wasm).toEqual([expect.stringMatching(/threaded-simd.*\.wasm$/)]);
});

test("webpack", async () => {
  const { folder, out } = application("with-webpack", blockWith("js", "import.meta.url"));
  await new Promise<void>((resolve, reject) => {
    const compiler = webpack({
      mode: "production",
      target: "web",
      context: folder,
      entry: join(folder, "program.js"),
      experiments: { outputModule: true },
      optimization: { minimize: false },
      performance: { hints: false },
      output: { path: out, filename: "program.js", module: true },
    });
    compiler!.run((error, stats) => {
      if (error) reject(error);
      else if (stats!.hasErrors()) reject(new Error(stats!.toString()));
      else compiler!.close(() => resolve());
    });
  });
  cpSync(join(folder, "index.html"), join(out, "index.html"));
  const { results, wasm } = await resultsOf(out);
  expectPrediction(results);
  expect(wasm).toHaveLength(1);
});

test("a page without a bundler", async () => {
  const page = blockWith("html", "importmap");
  const folder = join(project, "plain");
  const modules = join(folder, "node_modules");
  for (const name of ["@corr2d/core", "@corr2d/tfjs", "@tensorflow/tfjs-core"]) expect(page).toContain(`"${name}"`);
  for (const [, name] of page.matchAll(/"\/node_modules\/(@\w+\/[\w-]+)\//g)) {
    if (existsSync(join(modules, name!))) continue;
    cpSync(realpathSync(join(project, "node_modules", name!)), join(modules, name!), {
      recursive: true,
      filter: (path) => !path.endsWith(".map"),
    });
  }
  const end = page.lastIndexOf("</script>");
  writeFileSync(join(folder, "index.html"), page.slice(0, end) + PREDICT + page.slice(end));
  const { results, wasm } = await resultsOf(folder);
  expectPrediction(results);
  expect(wasm).toHaveLength(1);
});
