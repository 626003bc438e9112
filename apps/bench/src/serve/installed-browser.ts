/**
 * Starts a browser that is installed here, with nothing of its user's: a profile of its own, which goes with it.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, isAbsolute, join } from "node:path";
import { UsageError } from "../usage-error.ts";

/** Commands by which browsers are known, those that most people have first. */
const KNOWN = [
  "google-chrome",
  "chromium",
  "chromium-browser",
  "chrome",
  "msedge",
  "firefox",
  "firefox-esr",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
] as const;

/** A browser that runs. */
export interface RunningBrowser {
  /** Resolves, with a sentence, if it ends by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * The command of a browser.
 *
 * @param wanted a command, perhaps with arguments; undefined for any that is installed.
 * @throws UsageError if there is none.
 */
export function browserCommand(wanted: string | undefined): readonly [command: string, ...args: string[]] {
  if (wanted === undefined) {
    const found = KNOWN.find((name) => pathOf(name) !== undefined);
    if (found === undefined) {
      throw new UsageError("found no browser here; name one by --browser, or open the page yourself by --serve");
    }
    return [found];
  }
  const [command = "", ...args] = pathOf(wanted) === undefined ? wanted.split(/\s+/) : [wanted];
  if (pathOf(command) === undefined) throw new UsageError(`there is no browser ${command} here`);
  return [command, ...args];
}

/** Opens an address, without a window if the browser can do without. */
export async function openInBrowser(
  [command, ...args]: readonly [command: string, ...args: string[]],
  address: string,
): Promise<RunningBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "corr2d-browser-"));
  const child = spawn(command, [...args, ...optionsOf(command, profile), address], {
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own: a script that starts the browser ends with it.
    detached: process.platform !== "win32",
  });
  const killWithUs = () => kill(child);
  process.once("exit", killWithUs);
  let lastWords = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-500);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`${command} could not be started: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(`${command} ended by itself (${signal ?? `exit code ${code}`}): ${lastWords.trim().split("\n").at(-1)}`),
    );
  });
  return {
    ended,
    async stop() {
      kill(child);
      await ended;
      process.off("exit", killWithUs);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Ends the browser and all that it started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === "win32") child.kill("SIGKILL");
  else process.kill(-child.pid, "SIGKILL");
}

function optionsOf(command: string, profile: string): readonly string[] {
  const name = basename(command).toLowerCase();
  if (name.includes("firefox")) return ["--headless", "--no-remote", "--profile", profile];
  if (!/chrom|edge/.test(name)) return [];
  return [
    "--headless",
    "--no-first-run",
    "--disable-extensions",
    `--user-data-dir=${profile}`,
    // A browser without a window ends when nobody can ask it anything.
    "--remote-debugging-port=0",
    // Chromium's own sandbox refuses to start as root, which is what containers run as.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
}

/** Where a command is; undefined if it is not on the path. */
function pathOf(command: string): string | undefined {
  const places = isAbsolute(command)
    ? [command]
    : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, command));
  const endings = process.platform === "win32" ? [".exe", ""] : [""];
  return places
    .flatMap((place) => endings.map((ending) => place + ending))
    .find((place) => {
      try {
        accessSync(place, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
