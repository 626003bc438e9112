/**
 * Looks at a report page: renders it in a headless Chromium, light and dark, as on a desk and as on a phone, into PNG
 * files beside it. Fails if the page asks for anything outside itself or reports an error.
 *
 *     node scripts/screenshot.ts report/index.html
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { chromiumLaunch } from "../test/browser/chromium.ts";

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const SCHEMES = ["light", "dark"] as const;

const page = resolve(process.argv[2] ?? "report/index.html");
const pageUrl = pathToFileURL(page).href;
const browser = await chromium.launch(await chromiumLaunch());
const complaints: string[] = [];
try {
  for (const [name, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      const tab = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: name === "phone" ? 2 : 1 });
      tab.on("pageerror", (error) => complaints.push(error.message));
      tab.on("request", (request) => {
        const url = request.url();
        if (url !== pageUrl && !url.startsWith("data:")) complaints.push(`it asks for ${url}`);
      });
      await tab.goto(pageUrl);
      const overflow = await tab.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      if (overflow > 0) complaints.push(`${name}: the page is ${overflow} pixels wider than the window`);
      const path = join(dirname(page), `${name}-${colorScheme}.png`);
      await tab.screenshot({ path, fullPage: true });
      console.log(path);
      await tab.close();
    }
  }
} finally {
  await browser.close();
}
for (const complaint of new Set(complaints)) console.error(`${page}: ${complaint}`);
process.exitCode = complaints.length === 0 ? 0 : 1;
