/**
 * Pages without a bundler, in a real Chromium: the packed core by an import map, and under content security policies.
 */

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { chromiumLaunch } from "../browser/chromium.ts";
import type { PackedPackage } from "./pack.ts";

const core = inject("packages").core as PackedPackage;

/** What core's README tells a page to contain, with the element that a policy asks for. */
const page = (entry: string, script: string): string => `<!doctype html><meta charset="utf-8">
<script type="importmap" nonce="n">{ "imports": { "@corr2d/core": "/core/${entry}" } }</script>
<script type="module" nonce="n">${script}</script>`;

const COMPUTE = `
  import * as core from "@corr2d/core";
  const { corr2d, tensor } = core;
  const [x, k] = [tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]), tensor([2, 2], [0, 1, 2, 3])];
  const large = tensor([64, 64], new Float32Array(4096));
  const { engine, reason } = core.explain?.(corr2d, large, tensor([3, 3], new Float32Array(9).fill(1))) ?? {};
  globalThis.result = { y: [...corr2d(x, k).data], engine, reason };
`;

let server: Server;
let browser: Browser;
let requested: string[] = [];
let served = { html: "", policy: "" };

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    if (url === "/") {
      response.setHeader("content-type", "text/html");
      if (served.policy !== "") response.setHeader("content-security-policy", served.policy);
      response.end(served.html);
    } else if (url!.startsWith("/core/")) {
      requested.push(url!);
      response.setHeader("content-type", "text/javascript");
      response.end(readFileSync(join(core.folder, url!.slice("/core/".length))));
    } else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  browser = await chromium.launch(await chromiumLaunch());
});

afterAll(async () => {
  await browser.close();
  server.close();
});

interface Result {
  readonly y: readonly number[];
  readonly engine: string | undefined;
  readonly reason: string | undefined;
}

/** What the page computed. */
async function open(entry: string, policy: string): Promise<Result> {
  requested = [];
  served = { html: page(entry, COMPUTE), policy };
  const tab = await browser.newPage();
  const errors: string[] = [];
  tab.on("pageerror", ({ message }) => errors.push(message));
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await tab.waitForFunction("globalThis.result !== undefined", undefined, { timeout: 10_000 }).catch(() => {
    throw new Error(`nothing was computed: ${errors.join()}`);
  });
  const result = await tab.evaluate<Result>("globalThis.result");
  await tab.close();
  return result;
}

test.each(["dist/index.js", "dist/scalar.js"])(
  "a page computes with %s after at most three requests",
  async (entry) => {
    const { y, engine } = await open(entry, "");
    expect(y).toEqual([19, 25, 37, 43]);
    if (entry === "dist/index.js") expect(engine).toBe("simd");
    expect(requested.length).toBeLessThanOrEqual(3);
    expect(readFileSync(join(core.folder, "README.md"), "utf8")).toContain(`/node_modules/@corr2d/core/dist/index.js`);
  },
);

test("a content security policy that allows WebAssembly lets SIMD run, without unsafe-eval", async () => {
  const { y, engine } = await open(
    "dist/index.js",
    "default-src 'none'; script-src 'self' 'nonce-n' 'wasm-unsafe-eval'",
  );
  expect(y).toEqual([19, 25, 37, 43]);
  expect(engine).toBe("simd");
});

test("one that does not is obeyed, and the reason names what it lacks", async () => {
  const { y, engine, reason } = await open("dist/index.js", "default-src 'none'; script-src 'self' 'nonce-n'");
  expect(y).toEqual([19, 25, 37, 43]);
  expect(engine).toBe("scalar");
  expect(reason).toContain("script-src 'wasm-unsafe-eval'");
});
