/**
 * Serves the built page to the tests, and starts one Chromium for all of them.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import type { BrowserLaunch } from "../../../test/browser/chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the page. */
    page: string;
    /** Where the browser listens. */
    browser: string;
    /** How to start one. */
    launch: BrowserLaunch;
  }
}

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".bin": "application/octet-stream",
};

/** Called by vitest before all tests of the project; what it returns is called after them. */
export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(join(DIST, "index.html"))) throw new Error("learn: there is no built page; run `pnpm build` first");
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://page");
    // Below /policy everything comes with a policy that forbids WebAssembly.
    const [, strict, path] = /^(\/policy)?(\/.*)$/.exec(pathname)!;
    const file = join(DIST, normalize(path!.endsWith("/") ? `${path}index.html` : path!));
    const body = file.startsWith(DIST) ? await readFile(file).catch(() => undefined) : undefined;
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": TYPES[extname(file)] ?? "text/plain",
      ...(strict !== undefined && { "content-security-policy": "script-src 'self'" }),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { launch } = project.getProvidedContext();
  const browser = await chromium.launchServer({
    ...launch,
    args: [...(launch.args ?? []), "--use-fake-device-for-media-stream=fps=60", "--use-fake-ui-for-media-stream"],
  });
  project.provide("page", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  project.provide("browser", browser.wsEndpoint());
  return async () => {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}
