/**
 * Threads of the packed core: in Node, and in a real Chromium, in pages with and without the headers that isolate them, as the
 * README has it.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { build as vite } from "vite";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import webpack from "webpack";
import { chromiumLaunch } from "../browser/chromium.ts";
import { type PackedPackage, run } from "./pack.ts";

const project = inject("project");
const core = inject("packages").core as PackedPackage;

/** Computes a layer on one thread, on two and after they were stopped; shows the answer and whether the bits are the same. */
const PROGRAM = `
import { conv2d, plan, tensor } from "@corr2d/core";
import { startThreads, stopThreads } from "@corr2d/core/threads";
const filter = tensor([3, 3, 64, 64], Float32Array.from({ length: 36864 }, (_, i) => Math.sin(i)));
const x = Float32Array.from({ length: 56 * 56 * 64 }, (_, i) => Math.cos(i));
const make = () => plan(conv2d, [1, 56, 56, 64], filter, { padding: "same" });
const bits = (planned) => new Int32Array(planned.run(x).buffer);
const expected = bits(make());
const isRight = (actual) => actual.every((value, i) => value === expected[i]);
const { active, threads, reason } = await startThreads({ threads: 2 });
const planned = make();
let right = 0;
for (let n = 0; n < 20; n++) if (isRight(bits(planned))) right++;
await stopThreads();
if (isRight(bits(planned))) right++;
show(JSON.stringify({ active, threads, reason, used: planned.threads ?? 1, right }));
`;

/** Computes passes of all kinds on one thread and on more, also more than there are cores; shows how many had the same bits. */
const KINDS = `
import { conv2d, corr2d, depthwiseConv2d, plan, planFilterGradient, planInputGradient, tensor } from "@corr2d/core";
import { startThreads, stopThreads } from "@corr2d/core/threads";
const waves = (...shape) => tensor(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * i)));
const same = { padding: "same" };
const make = () => [
  [plan(conv2d, [1, 56, 56, 64], waves(3, 3, 64, 64), same), waves(1, 56, 56, 64)],
  [plan(conv2d, [1, 224, 224, 3], waves(7, 7, 3, 64), { ...same, strides: 2 }), waves(1, 224, 224, 3)],
  [plan(conv2d, [1, 28, 28, 128], waves(1, 1, 128, 256), same), waves(1, 28, 28, 128)],
  [plan(depthwiseConv2d, [4, 56, 56, 96], waves(5, 5, 96, 1), same), waves(4, 56, 56, 96)],
  [planInputGradient(conv2d, [1, 56, 56, 64], waves(5, 5, 64, 64), same), waves(1, 56, 56, 64)],
  [planFilterGradient(conv2d, [1, 112, 112, 64], [3, 3, 64, 64], same), waves(1, 112, 112, 64), waves(1, 112, 112, 64)],
  [plan(corr2d, [700, 600], waves(11, 11)), waves(700, 600)],
  [plan(corr2d, [700, 600], waves(41, 37)), waves(700, 600)],
].map(([planned, ...given]) => () => new Int32Array(planned.run(...given.map(({ data }) => data)).buffer));
const expected = make().map((run) => run());
const right = {};
for (const threads of [1, 2, 3, 8]) {
  const answer = await startThreads({ threads });
  const runs = make();
  right[answer.threads] = 0;
  for (let n = 0; n < 3; n++)
    runs.forEach((run, i) => { if (run().every((bits, at) => bits === expected[i][at])) right[answer.threads]++; });
}
await stopThreads();
show(JSON.stringify(right));
`;

const ALL_RIGHT = { 1: 24, 2: 24, 3: 24, 8: 24 };

const ACTIVE = { active: true, threads: 2, reason: "2 threads share memory", used: 2, right: 21 };

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
} as const;

let server: Server;
let browser: Browser;
let served: { files: Readonly<Record<string, string>>; headers: Readonly<Record<string, string>>; folder?: string };

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    for (const [name, value] of Object.entries(served.headers)) response.setHeader(name, value);
    const path = url!.slice(1);
    response.setHeader("content-type", path === "" ? "text/html" : "text/javascript");
    try {
      if (served.files[path] !== undefined) response.end(served.files[path]);
      else if (path.startsWith("core/")) response.end(readFileSync(join(core.folder, path.slice("core/".length))));
      else response.end(readFileSync(join(served.folder!, path)));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  browser = await chromium.launch(await chromiumLaunch());
});

afterAll(async () => {
  await browser.close();
  server.close();
});

const show = "globalThis.show = (text) => { globalThis.shown = text; };";

/** A page without a bundler. */
const page = (before = "", program = PROGRAM): string => `<!doctype html><meta charset="utf-8">${before}
<script type="importmap">{ "imports": { "@corr2d/core": "/core/dist/index.js", "@corr2d/core/threads": "/core/dist/threads.js" } }</script>
<script>${show}</script><script type="module">${program}</script>`;

/** What a page shows, once a condition holds of it. */
async function shown(what: typeof served, until = "true"): Promise<unknown> {
  served = what;
  const tab = await browser.newPage();
  const errors: string[] = [];
  tab.on("pageerror", ({ message }) => errors.push(message));
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await tab
    .waitForFunction(`globalThis.shown !== undefined && (${until})`, undefined, { timeout: 60_000 })
    .catch(() => {
      throw new Error(`nothing was computed: ${errors.join()}`);
    });
  const text = await tab.evaluate<string>("globalThis.shown");
  await tab.close();
  return JSON.parse(text);
}

test("Node computes by two threads", () => {
  const folder = join(project, "threads-node");
  mkdirSync(folder);
  writeFileSync(join(folder, "program.mjs"), `const show = console.log;${PROGRAM}`);
  expect(JSON.parse(run(folder, process.execPath, "program.mjs"))).toEqual(ACTIVE);
});

test("Node and a page that is isolated give the bits of one thread by 2, 3 and 8", { timeout: 120_000 }, async () => {
  const folder = join(project, "threads-kinds");
  mkdirSync(folder);
  writeFileSync(join(folder, "program.mjs"), `const show = console.log;${KINDS}`);
  expect(JSON.parse(run(folder, process.execPath, "program.mjs"))).toEqual(ALL_RIGHT);
  expect(await shown({ files: { "": page("", KINDS) }, headers: ISOLATION })).toEqual(ALL_RIGHT);
});

test("a page that is isolated computes by two threads", { timeout: 90_000 }, async () => {
  expect(await shown({ files: { "": page() }, headers: ISOLATION })).toEqual(ACTIVE);
});

test("a page that is not isolated says so, and computes by one", { timeout: 90_000 }, async () => {
  const answer = await shown({ files: { "": page() }, headers: {} });
  expect(answer).toMatchObject({ active: false, threads: 1, used: 1, right: 21 });
  expect((answer as typeof ACTIVE).reason).toContain("not cross-origin isolated; serve it with the headers");
});

test("a page whose policy forbids workers says that none starts", { timeout: 90_000 }, async () => {
  const policy = { ...ISOLATION, "Content-Security-Policy": "worker-src 'none'" };
  const answer = await shown({ files: { "": page() }, headers: policy });
  expect(answer).toMatchObject({ active: false, threads: 1, used: 1, right: 21 });
  expect((answer as typeof ACTIVE).reason).toContain("a worker did not start");
});

test("the README's service worker isolates a page without headers", { timeout: 90_000 }, async () => {
  const readme = readFileSync(join(core.folder, "README.md"), "utf8");
  const script = /```js\n(if \(typeof window === "undefined"\) \{[\s\S]*?)```/.exec(readme)![1]!;
  const files = { "": page('<script src="isolate.js"></script>'), "isolate.js": script };
  expect(await shown({ files, headers: {} }, "crossOriginIsolated")).toEqual(ACTIVE);
});

test.each([
  [
    "Vite",
    async (entry: string, to: string) => {
      await vite({
        root: project,
        configFile: false,
        logLevel: "error",
        base: "./",
        build: {
          outDir: to,
          target: "esnext",
          rolldownOptions: { input: entry, output: { entryFileNames: "program.js" } },
        },
      });
    },
  ],
  [
    "webpack",
    (entry: string, to: string) =>
      new Promise<void>((resolve, reject) => {
        webpack(
          {
            mode: "production",
            target: "web",
            context: project,
            entry,
            experiments: { outputModule: true },
            output: { path: to, filename: "program.js", module: true },
          },
          (error, stats) => {
            if (error) reject(error);
            else if (stats!.hasErrors() || stats!.hasWarnings()) reject(new Error(stats!.toString()));
            else resolve();
          },
        );
      }),
  ],
])("%s takes the worker along", { timeout: 120_000 }, async (name, bundle) => {
  const folder = join(project, `threads-${name}`);
  mkdirSync(folder);
  const entry = join(folder, "program.js");
  writeFileSync(entry, PROGRAM);
  const to = join(folder, "out");
  await bundle(entry, to);
  const html = `<!doctype html><script>${show}</script><script type="module" src="/program.js"></script>`;
  expect(await shown({ files: { "": html }, headers: ISOLATION, folder: to })).toEqual(ACTIVE);
});
