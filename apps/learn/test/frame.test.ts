/**
 * What holds for the whole page: how much is loaded, from where, that it works without a network and without WebAssembly, in
 * both languages and schemes, by keys, on a phone and on a desk.
 */

import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import { expect, inject, test } from "vitest";
import { STAGE_IDS } from "../src/stage-ids.ts";
import { until, usePages } from "./page.ts";

const open = usePages();
const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const FIRST_LOAD_BYTES = 60_000;

test("the first load is at most 60 kB of script, worker with core included, and nothing comes from elsewhere", async () => {
  const { page, complaints } = await open("#/slide");
  await until(page, 'document.querySelector("figcaption[data-count]") !== null');
  const entry = /src="\.\/assets\/([^"]+\.js)"/.exec(await readFile(`${DIST}index.html`, "utf8"))![1]!;
  const loaded = await page.evaluate<string[]>('performance.getEntriesByType("resource").map(({ name }) => name)');
  const stage = loaded.map((name) => /slide-[^/]+\.js$/.exec(name)?.[0]).find((name) => name !== undefined)!;
  const worker = loaded.map((name) => /worker-[^/]+\.js$/.exec(name)?.[0]).find((name) => name !== undefined)!;
  const scripts = await withImports([entry, stage, worker]);
  let bytes = 0;
  for (const name of scripts) bytes += gzipSync(await readFile(`${DIST}assets/${name}`)).length;
  expect(scripts.size).toBeGreaterThan(5);
  expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES);
  expect(complaints).toEqual([]);
});

/** Scripts and all that they import before they run. */
async function withImports(names: readonly string[]): Promise<Set<string>> {
  const all = new Set<string>();
  const add = async (name: string): Promise<void> => {
    if (all.has(name)) return;
    all.add(name);
    const script = await readFile(`${DIST}assets/${name}`, "utf8");
    for (const [, imported] of script.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)/g)) await add(imported!);
  };
  for (const name of names) await add(name);
  return all;
}

test("the policy forbids scripts and styles in the markup", async () => {
  const html = await readFile(`${DIST}index.html`, "utf8");
  expect(html).toContain("default-src 'none'; script-src 'self'");
  expect(html).not.toMatch(/unsafe|<style|<script>|\sstyle=|\son\w+=/);
});

test("works without a network once it was loaded", async () => {
  const { page } = await open("#/slide");
  await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
  await until(page, "navigator.serviceWorker.controller !== null");
  await page.context().setOffline(true);
  for (const id of STAGE_IDS) {
    await page.goto("about:blank");
    await page.goto(`${inject("page")}#/${id}`);
    await page.locator("h1").waitFor();
  }
  await page.goto("about:blank");
  await page.goto(inject("page"));
  await until(page, 'document.querySelector("figcaption[data-count]") !== null');
});

test("every file of the build is kept for when there is no network", async () => {
  const worker = await readFile(`${DIST}service-worker.js`, "utf8");
  for (const name of await readdir(DIST, { recursive: true, withFileTypes: true })) {
    if (!name.isFile() || ["index.html", "service-worker.js"].includes(name.name)) continue;
    expect(worker).toContain(`${name.name}"`);
  }
});

test("computes the same without WebAssembly", async () => {
  const texts: (string | null)[] = [];
  for (const withoutWebAssembly of [false, true]) {
    const { page, complaints } = await open("#/slide?kernel=1,2;3,4", { withoutWebAssembly });
    if (withoutWebAssembly) {
      // The page has no words for it, so ask the worker's own policy.
      const refused = await page.evaluate<string>(
        "WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => '', (error) => error.name)",
      );
      expect(refused).toBe("CompileError");
    }
    await until(page, 'document.querySelector("figcaption[data-count]") !== null');
    texts.push(await page.locator("svg[aria-label='result y']").textContent());
    expect(complaints.filter((text) => !/WebAssembly|Content Security Policy/.test(text))).toEqual([]);
  }
  expect(texts[1]).toBe(texts[0]);
});

test.each(STAGE_IDS)(
  "%s has no fault that axe finds, in both schemes and languages, and fits every width",
  async (id) => {
    const { page, complaints } = await open(`#/${id}`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const language of ["English", "中文"]) {
        await page.getByRole("button", { name: language }).click();
        const { violations } = await new AxeBuilder({ page }).exclude("svg g").setLegacyMode().analyze();
        const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
        expect(faults, `${colorScheme}, ${language}`).toEqual([]);
      }
    }
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const language of ["English", "中文"]) {
        await page.getByRole("button", { name: language }).click();
        const tooWide = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
        expect(tooWide, `${width} pixels, ${language}`).toBeLessThanOrEqual(0);
      }
    }
    expect(complaints).toEqual([]);
  },
);

test("a link to what cannot be is named, and the usual is shown", async () => {
  const { page } = await open("#/slide?kernel=1,zwei&at=99,0");
  expect(await page.locator(".notice").textContent()).toContain("kernel, at");
  expect(await page.getByLabel("Weight in row 1, column 2").inputValue()).toBe("-1");
});

test("the language goes into the address and comes from it", async () => {
  const { page } = await open("#/slide");
  await page.getByRole("button", { name: "中文" }).click();
  await until(page, 'location.hash.includes("lang=zh")');
  const { page: other } = await open("#/slide?lang=zh");
  expect(await other.locator("html").getAttribute("lang")).toBe("zh-Hans");
  const { page: chinese } = await open("#/slide", { locale: "zh-CN" });
  expect(await chinese.locator("html").getAttribute("lang")).toBe("zh-Hans");
});
