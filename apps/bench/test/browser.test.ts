/** The page that measures browsers: what serves it, what starts it, and the whole way in Chromium. */

import { spawn } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { chromiumLaunch } from "../../../test/browser/chromium.ts";
import { browserOf, systemOf } from "../src/browser/environment.ts";
import { runCli } from "../src/cli/program.ts";
import { parseBenchReport } from "../src/report/schema.ts";
import { browserCommand } from "../src/serve/installed-browser.ts";
import { servePage } from "../src/serve/page-server.ts";
import { sampleReport } from "./fixtures/reports.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "corr2d-bench-browser-"));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Firefox 140",
    "X11; Linux x86_64; rv:140.0",
  ],
  [
    "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Mobile Safari/537.36",
    "Chromium 153",
    "Linux; Android 16",
  ],
  [
    "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/153.0.0.0 Safari/537.36",
    "Chromium 153",
    "X11",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0",
    "Edge 150",
    "Windows NT 10.0",
  ],
  [
    "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
    "Safari 26",
    "iPhone",
  ],
  ["curl/8", "an unknown browser", "unknown"],
])("names the browser of %s", (userAgent, name, system) => {
  expect(browserOf(userAgent)).toBe(name);
  expect(systemOf(userAgent)).toBe(system);
});

describe("what serves the page", () => {
  const served = async () => {
    const page = await servePage("127.0.0.1", 0);
    onTestFinished(() => page.close());
    return page;
  };
  const post = (address: string, body: string) => fetch(`${address}report`, { method: "POST", body });

  it("answers whoever knows the address, with the headers of an isolated page, and nobody else", async () => {
    const { address } = await served();
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(await page.text()).toContain("How fast is this browser?");
    expect((await fetch(`${address}tfjs/tfjs-backend-wasm-simd.wasm`)).headers.get("content-type")).toBe(
      "application/wasm",
    );
    for (const path of ["/", "/index.html", "/report"]) expect((await fetch(new URL(path, address))).status).toBe(404);
    for (const name of ["../cli.js", "%2e%2e/cli.js", "..%2fcli.js", "page.ts"]) {
      expect((await fetch(address + name)).status).toBe(404);
    }
  });

  it("takes a report, and says what is wrong with what is none", async () => {
    const { address, report } = await served();
    const refused = await post(address, JSON.stringify({ kind: "corr2d-bench" }));
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("it is no benchmark report");
    expect((await post(address, "{")).status).toBe(400);
    const sent = sampleReport();
    expect((await post(address, JSON.stringify(sent))).status).toBe(200);
    expect(await report).toEqual(parseBenchReport(JSON.parse(JSON.stringify(sent))));
  });

  it("hears of a page that could not measure", async () => {
    const { address, report } = await served();
    await post(address, JSON.stringify({ failure: "no case matches" }));
    await expect(report).rejects.toThrow("the page says: no case matches");
  });

  it("has no fault that axe finds, and fits a phone", async () => {
    const { address } = await served();
    const browser = await chromium.launch(await chromiumLaunch());
    onTestFinished(() => browser.close());
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await (await browser.newContext({ colorScheme, viewport: { width: 320, height: 700 } })).newPage();
      await page.goto(address);
      await page.locator("#suite option").first().waitFor({ state: "attached" });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
      expect(await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    }
  });
});

it("names what is missing: a browser, a layer, a second suite", async () => {
  expect(() => browserCommand("no-such-browser --headless")).toThrow("there is no browser no-such-browser here");
  // Either it is here, or what to install is said.
  expect(() => browserCommand("webkit").at(-1)!.endsWith("MiniBrowser") || "no").not.toThrow(/^(?!.*apt-get install)/);
  const say = vi.spyOn(stderr, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  for (const [args, why] of [
    [["--browser", "no-such-browser"], /there is no browser/],
    [["--filter", "nothing"], /no case matches --filter nothing/],
    [["--suite", "lenet5,vgg16"], /one suite at a time/],
  ] as const) {
    expect(await runCli(["browser", "--out", folder, ...args])).toBe(2);
    expect(String(say.mock.lastCall?.[0])).toMatch(why);
  }
});

/** A command that takes the place of a browser. */
const halfBrowser = (then: "ends" | "waits"): string =>
  `${process.execPath} --conditions=@corr2d/source ${fileURLToPath(new URL("fixtures/half-browser.ts", import.meta.url))} ${then}`;

it("keeps what a browser has measured before it ended by itself", async () => {
  const printed: string[] = [];
  for (const stream of [stdout, stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  }
  onTestFinished(() => void vi.restoreAllMocks());
  const out = join(folder, "ended");
  expect(await runCli(["browser", "--browser", halfBrowser("ends"), "--out", out])).toBe(1);
  const kept = parseBenchReport(JSON.parse(await readFile(join(out, "report.json"), "utf8")));
  expect(kept).toMatchObject({ complete: false, cases: { length: 1 } });
  expect(kept.remarks.at(-1)).toMatch(/^The run ended early: .* ended by itself \(exit code 0\): out of memory\.$/);
});

it("keeps what a browser has measured when it is interrupted, and ends the browser", async () => {
  const out = join(folder, "interrupted");
  const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
  const args = ["--conditions=@corr2d/source", cli, "browser", "--browser", halfBrowser("waits"), "--out", out];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const saved = join(out, "report.json");
  await vi.waitFor(() => access(saved), { timeout: 50_000, interval: 50 });
  child.kill("SIGTERM");
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(143);
  expect(said).toContain("What was measured is in");
  expect(parseBenchReport(JSON.parse(await readFile(saved, "utf8")))).toMatchObject({ complete: false });
});

it("measures in a browser that it starts, and writes the report of it", async () => {
  const { executablePath, channel, env } = await chromiumLaunch();
  Object.assign(process.env, env);
  const printed: string[] = [];
  for (const stream of [stdout, stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
  }
  onTestFinished(() => void vi.restoreAllMocks());
  const browser = executablePath ?? (channel === "chrome" ? browserCommand(undefined)[0] : "chromium");
  const asked = [
    "--quick",
    "--processes",
    "2",
    "--filter",
    "lenet5",
    "--peers",
    "tfjs-wasm,onnxruntime-web,tfjs-webgpu,jax-js",
  ];
  expect(await runCli(["browser", "--browser", browser, ...asked, "--out", folder])).toBe(0);
  const { environment, cases, complete } = parseBenchReport(
    JSON.parse(await readFile(join(folder, "report.json"), "utf8")),
  );
  expect(complete).toBe(true);
  expect(environment).toMatchObject({ browser: expect.stringMatching(/^Chromium \d+$/), node: null });
  const outcomes = Object.fromEntries(cases[0]!.results.map(({ variant, outcome }) => [variant, outcome]));
  expect(outcomes).toMatchObject({
    "corr2d/auto": "timed",
    "tfjs-wasm": "timed",
    "onnxruntime-web": "timed",
    "jax-js": "timed",
  });
  expect(["timed", "unavailable"]).toContain(outcomes["tfjs-webgpu"]);
  expect(printed.join("")).toContain("lenet5/C3");

  const pictures = "--quick --processes 2 --suite images --filter 3×3 --peers opencv.js --json".split(" ");
  expect(await runCli(["browser", "--browser", browser, ...pictures, "--out", folder])).toBe(0);
  const report = parseBenchReport(JSON.parse(await readFile(join(folder, "report.json"), "utf8")));
  expect(report.cases[0]!.results.map(({ variant, outcome }) => [variant, outcome])).toEqual(
    ["corr2d/simd-function", "corr2d/simd-plan", "corr2d/auto", "opencv.js"].map((name) => [name, "timed"]),
  );
});
