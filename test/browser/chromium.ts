/**
 * The browser that tests run in. On Linux x64 it comes from the npm package `@sparticuz/chromium`, so that a fresh
 * machine needs nothing but npm; elsewhere it is the Chrome that is installed.
 *
 * The package unpacks into the temporary folder and takes whatever lies there, of any version and from any program. So
 * it is given a folder of its own, named after its version, which appears complete or not at all.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What Playwright needs to start the browser. */
export interface BrowserLaunch {
  executablePath?: string;
  channel?: string;
  args?: string[];
  env?: Record<string, string>;
}

/** How to start a headless Chromium on this machine; unpacks it on the first call (about 2 seconds). */
export async function chromiumLaunch(): Promise<BrowserLaunch> {
  if (process.platform !== "linux" || process.arch !== "x64") return { channel: "chrome" };
  const folder = await unpackedChromium();
  const executablePath = join(folder, "chromium");
  return {
    executablePath,
    // Containers run as root and have no user namespaces; Chromium's own sandbox refuses to start in them.
    args: ["--no-sandbox", "--disable-gpu"],
    ...(lacksLibraries(executablePath) && {
      env: { ...stringEnvironment(), LD_LIBRARY_PATH: join(folder, "al2023", "lib") },
    }),
  };
}

/** The folder that holds the unpacked browser and the few libraries (NSS, expat) a bare system lacks. */
async function unpackedChromium(): Promise<string> {
  const packageFolder = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..");
  const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as { version: string };
  const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;

  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  const temporary = process.env.TMPDIR;
  process.env.TMPDIR = unfinished;
  try {
    const { inflate } = await import("@sparticuz/chromium");
    for (const archive of ["chromium.br", "fonts.tar.br", "al2023.tar.br"]) {
      await inflate(join(packageFolder, "bin", archive));
    }
  } finally {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  }
  // Whoever unpacks at the same time may have come first: theirs is as good.
  await rename(unfinished, folder).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}

function lacksLibraries(executable: string): boolean {
  return /not found/.test(spawnSync("ldd", [executable], { encoding: "utf8" }).stdout ?? "");
}

function stringEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
