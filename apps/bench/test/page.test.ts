/** The report's page in a browser: the choice of the baseline, by keyboard and by link, and what axe says of it. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumLaunch } from "../../../test/browser/chromium.ts";
import { packRatio, unpackRatio } from "../src/report/page-ratios.ts";
import { renderReport } from "../src/report/render.ts";
import type { BenchReport } from "../src/report/results.ts";
import { sampleReport, withThreads } from "./fixtures/reports.ts";

describe("ratios between any two", () => {
  const ratios = [
    { estimate: 2, low: 1.9, high: 2 ** 2 / 1.9 },
    { estimate: 8, low: 7.5, high: 8 ** 2 / 7.5 },
    { estimate: 4, low: 3.9, high: 4 ** 2 / 3.9 },
  ];
  const row = {
    name: "",
    floors: [1.1, null],
    timed: [1, 4, 6],
    pairs: ratios.map((one) => packRatio(one)).join(";"),
  } as const;

  it("are unpacked both ways, with what may be said of them", () => {
    for (const [baseline, other, { estimate, low, high }] of [
      [1, 4, ratios[0]!],
      [1, 6, ratios[1]!],
      [4, 6, ratios[2]!],
      [6, 1, { estimate: 1 / 8, low: 7.5 / 64, high: 1 / 7.5 }],
    ] as const) {
      const found = unpackRatio({ apart: [] }, row, baseline, other)!;
      for (const [is, expected] of [
        [found.estimate, estimate],
        [found.low, low],
        [found.high, high],
      ] as const) {
        expect(is / expected).toBeCloseTo(1, 3);
      }
      expect(found.verdict).toBe(estimate > 1 ? "faster" : "slower");
    }
  });

  it("are none with itself, with who was not timed, and where no floor says what is noise", () => {
    expect(unpackRatio({ apart: [] }, row, 1, 1)).toBeUndefined();
    expect(unpackRatio({ apart: [] }, row, 1, 2)).toBeUndefined();
    expect(unpackRatio({ apart: [6] }, row, 1, 6)).toBeUndefined();
  });
});

describe("the page", () => {
  let folder: string;
  let browser: Browser;
  let address: string;
  /** Of one layer: axe looks at every cell. */
  let small: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "corr2d-bench-page-"));
    const write = async (name: string, bench: BenchReport): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, renderReport({ bench }).html);
      return pathToFileURL(file).href;
    };
    const report = withThreads(sampleReport());
    address = await write("index.html", report);
    small = await write("small.html", { ...report, cases: report.cases.slice(0, 1) });
    browser = await chromium.launch(await chromiumLaunch());
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  const open = async (url: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> => {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(url);
    return page;
  };
  const textsOf = (page: Page, selector: string): Promise<string[]> =>
    page
      .locator(selector)
      .allInnerTexts()
      .then((texts) => texts.map((text) => text.trim()));

  it("speaks about another engine that is chosen by keyboard, and keeps it in the address", async () => {
    const page = await open(address);
    const before = await page.locator("main").innerHTML();
    await page.getByRole("combobox", { name: "Baseline" }).focus();
    await page.keyboard.type("tfjs-w");
    expect(new URL(page.url()).searchParams.get("baseline")).toBe("tfjs-wasm");
    expect(await textsOf(page, "#quick .ratios thead th")).toEqual([
      "layer",
      "corr2d/naive",
      "corr2d/tiled",
      "onnxruntime-node",
      "noise floor",
    ]);
    // 186 ms of naive, 44.3 of tiled and 4 of ONNX Runtime beside its 43.9.
    expect((await textsOf(page, "#quick .ratios tbody td")).map((text) => text.split("\n")[0])).toEqual([
      "4.24×",
      "≈ 1.01×",
      "0.091×",
      "1.02×",
    ]);
    expect((await textsOf(page, ".figures dt")).join()).toMatch(
      /^as fast as onnxruntime-node\s.*as fast as corr2d\/tiled\s.*as fast as corr2d\/naive\s/s,
    );
    expect(await textsOf(page, ".verdict .note")).toEqual([
      "tfjs-wasm on one network layer; below each figure its 95 % interval.",
    ]);
    expect(await textsOf(page, "#quick figure h3")).toEqual(["tfjs-wasm beside the others: 3×3 stride 1"]);
    expect(await textsOf(page, "#quick figure .legend li")).toEqual(["corr2d/tiled", "onnxruntime-node"]);
    const drawn = await page.locator("#quick figure .desk svg").innerHTML();
    expect(drawn).toContain("tfjs-wasm is … times as fast");
    expect(drawn).toContain("corr2d/tiled: 1.01×");

    const sent = await open(page.url());
    expect(await sent.getByRole("combobox", { name: "Baseline" }).inputValue()).toBe("tfjs-wasm");
    expect(await sent.locator("main").innerHTML()).toBe(await page.locator("main").innerHTML());

    await page.getByRole("combobox", { name: "Baseline" }).selectOption("corr2d/tiled");
    expect(page.url()).toBe(address);
    expect(await page.locator("main").innerHTML()).toBe(before);
  });

  it("keeps what was chosen of layers and peers, and the order, when the baseline changes", async () => {
    const page = await open(address);
    await page.locator("#scaling .ratios th", { hasText: "onnxruntime-node" }).getByRole("button").click();
    await page.locator("#scaling .ratios th", { hasText: "layer" }).getByRole("button").click();
    await page.locator("#quick .legend button", { hasText: "onnxruntime-node" }).click();
    await page.getByRole("searchbox", { name: "Layers" }).fill("@");
    await page.getByRole("combobox", { name: "Baseline" }).selectOption("tfjs-wasm");
    expect(await textsOf(page, "#scaling .ratios th[aria-sort]")).toEqual(["layer"]);
    expect((await textsOf(page, "#scaling .ratios tbody th")).map((name) => name.slice(0, 3))).toEqual([
      "@56",
      "@28",
      "@14",
    ]);
    expect(await page.locator("#quick .ratios tbody tr").isVisible()).toBe(false);
    const entry = page.locator("#scaling figure .legend button", { hasText: "onnxruntime-node" });
    expect(await entry.first().getAttribute("aria-pressed")).toBe("false");
  });

  it.each([
    [390, 844],
    [1280, 800],
  ])("shows the beginning of the first chart on the first screen of %i × %i", async (width, height) => {
    const page = await open(address, { viewport: { width, height } });
    const box = await page.locator("main figure.chart").first().boundingBox();
    expect(box!.y).toBeLessThan(height);
  });

  it("takes no notice of a baseline that there is none of", async () => {
    const page = await open(`${address}?baseline=%3Cimg%3E`);
    expect(await page.getByRole("combobox", { name: "Baseline" }).inputValue()).toBe("corr2d/tiled");
  });

  it.each(["light", "dark"] as const)("has no fault that axe finds, %s, and fits a phone", async (colorScheme) => {
    const page = await open(`${small}?baseline=tfjs-wasm`, { colorScheme, viewport: { width: 320, height: 700 } });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  });
});
