/**
 * The page, as the tests hold it.
 *
 * @module
 */

import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, inject, onTestFinished } from "vitest";

/** What a test asks for beside an address. */
export interface PageOptions extends BrowserContextOptions {
  /** Serve everything with a policy that forbids WebAssembly. */
  readonly withoutWebAssembly?: boolean;
}

/** A page, and what it complained of or asked others for. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of its scripts, messages of its console that are errors, and requests to another origin. */
  readonly complaints: readonly string[];
}

/** Address of the page in the test's server. */
export function pageAddress(hash: string, folder = ""): string {
  return new URL(folder + hash, inject("page")).href;
}

/** Gives tests of a file a browser, and pages that are closed after it. */
export function usePages(): (hash: string, options?: PageOptions) => Promise<OpenPage> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.connect(inject("browser"));
  });
  afterAll(async () => {
    await browser.close();
  });
  return async (hash, { withoutWebAssembly = false, ...options } = {}) => {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(inject("page")) && !/^(data|blob):/.test(url)) complaints.push(`asks for ${url}`);
    });
    await page.goto(pageAddress(hash, withoutWebAssembly ? "policy/" : ""));
    await page.locator("h1").waitFor();
    return { page, complaints };
  };
}

/**
 * Waits until an expression is true in the page. Playwright's own way would evaluate text in the page, which the page's policy
 * forbids.
 */
export async function until(page: Page, expression: string, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end) throw new Error(`not true within ${timeoutMs} ms: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The numbers of a grid, row by row. */
export async function numbersOf(page: Page, selector: string): Promise<{ columns: number; data: number[] }> {
  const grid = page.locator(selector);
  const texts = await grid.locator("text").allTextContents();
  return {
    columns: Number(await grid.getAttribute("data-columns")),
    data: texts.map((text) => Number(text.replace("\u2212", "-"))),
  };
}
