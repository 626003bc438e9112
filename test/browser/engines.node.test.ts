/**
 * Browsers that are not Chromium, where the system has them: Firefox (SpiderMonkey) and WebKitGTK's MiniBrowser (JavaScriptCore).
 * No driver is needed: a page posts what it found. npm has neither; Debian and Ubuntu do:
 *
 *     apt-get install firefox-esr webkit2gtk-driver xvfb
 *
 * Elsewhere these tests are skipped, and counted so; `CORR2D_ENGINES=required` demands them.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import digests from "../../packages/core/test/bits.json" with { type: "json" };
import type { Digests } from "../../packages/core/test/bits.ts";

/** What the page posts. */
export interface PageReport {
  readonly results: number;
  readonly algorithms: number;
  /** What computes a common layer. */
  readonly engine: string;
  readonly scalar: Digests;
  readonly simd: Digests;
  readonly matrices: Digests;
}

/** A browser: where it may be, and how it is asked to open a page with a folder of its own. */
interface Browser {
  readonly name: string;
  readonly programs: readonly string[];
  readonly args: (program: string, folder: string, url: string) => readonly string[];
}

const BROWSERS: readonly Browser[] = [
  {
    name: "Firefox",
    programs: ["firefox-esr", "firefox"],
    args: (program, folder, url) => [program, "--headless", "--no-remote", "--profile", folder, url],
  },
  {
    name: "WebKit",
    programs: ["x86_64", "aarch64"].map((arch) => `/usr/lib/${arch}-linux-gnu/webkit2gtk-4.1/MiniBrowser`),
    args: (program, _, url) => ["xvfb-run", "-a", program, url],
  },
];

/** A program's path, or undefined if the system has none. */
function pathOf(program: string): string | undefined {
  const folders = program.startsWith("/") ? [""] : (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What a browser posts that opens the page; what it wrote, if it ends without having done so. */
async function reportOf({ args }: Browser, program: string, script: string): Promise<PageReport> {
  const folder = mkdtempSync(join(tmpdir(), "corr2d-browser-"));
  let resolve!: (report: PageReport) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<PageReport>((fulfil, fail) => {
    [resolve, reject] = [fulfil, fail];
  });
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      request.setEncoding("utf8");
      let body = "";
      request.on("data", (part: string) => (body += part));
      request.on("end", () => {
        response.end();
        const found = JSON.parse(body);
        if (found.error === undefined) resolve(found);
        else reject(new Error(found.error));
      });
    } else if (request.url === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
    else response.setHeader("content-type", "text/html").end('<script type="module" src="page.js"></script>');
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const [command, ...rest] = args(program, folder, url);
  const environment = {
    ...process.env,
    HOME: folder,
    // A container's root has no user namespaces, without which WebKit's sandbox does not start.
    ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }),
  };
  const child: ChildProcess = spawn(command!, rest, {
    detached: true,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (text) => (written += text));
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`${command} ended with ${code}: ${written.slice(-2000)}`)));
  try {
    return await promise;
  } finally {
    server.close();
    server.closeAllConnections();
    child.removeAllListeners("exit");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.pid !== undefined && child.exitCode === null) {
      process.kill(-child.pid, "SIGKILL");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

test.for(BROWSERS)(
  "$name keeps every bound, and gives the bits that other hosts give",
  { timeout: 120_000 },
  async (browser, { skip }) => {
    const program = browser.programs.map(pathOf).find((path) => path !== undefined);
    const isThere = program !== undefined && (browser.name !== "WebKit" || pathOf("xvfb-run") !== undefined);
    if (!isThere) {
      if (process.env.CORR2D_ENGINES === "required") throw new Error(`${browser.name} is not installed`);
      return skip(`${browser.name} is not installed`);
    }
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("engine-page.ts", import.meta.url))],
      conditions: ["@corr2d/source"],
      bundle: true,
      format: "esm",
      write: false,
    });
    const { results, algorithms, engine, scalar, simd, matrices } = await reportOf(
      browser,
      program,
      outputFiles[0]!.text,
    );
    expect(results).toBeGreaterThan(100);
    expect(algorithms).toBe(9);
    expect(engine).toBe("simd");
    const kind = simd.direct === digests.fused.direct ? "fused" : "separate";
    expect({ scalar, simd }).toEqual({ scalar: digests.scalar, simd: digests[kind] });
    const { fft: _, ...sums } = digests.matrices[kind];
    expect(matrices).toMatchObject(sums); // the sines that a Fourier transform rests on are the host's
  },
);
