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

/** What stands for the WebKit of Debian and Ubuntu (package webkit2gtk-driver): a browser that is on no path, and needs a display. */
const WEBKIT = "webkit";
const WEBKIT_PLACES = ["x86_64", "aarch64"].map((arch) => `/usr/lib/${arch}-linux-gnu/webkit2gtk-4.1/MiniBrowser`);

/** How long a browser may take to end when it is asked to. */
const GRACE_MS = 3_000;

/** A browser that runs. */
export interface RunningBrowser {
  /** Resolves, with a sentence, if it ends by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * The command of a browser.
 *
 * @param wanted a command, perhaps with arguments, or `webkit`; undefined for any that is installed.
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
  if (wanted === WEBKIT) return webkitCommand();
  const [command = "", ...args] = pathOf(wanted) === undefined ? wanted.split(/\s+/) : [wanted];
  if (pathOf(command) === undefined) throw new UsageError(`there is no browser ${command} here`);
  return [command, ...args];
}

function webkitCommand(): readonly [command: string, ...args: string[]] {
  const browser = WEBKIT_PLACES.find((place) => pathOf(place) !== undefined);
  if (browser === undefined) {
    throw new UsageError("there is no WebKit here; on Debian and Ubuntu: apt-get install webkit2gtk-driver xvfb");
  }
  if (process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined) return [browser];
  if (pathOf("xvfb-run") === undefined) {
    throw new UsageError("WebKit needs a display, and there is none; on Debian and Ubuntu: apt-get install xvfb");
  }
  return ["xvfb-run", "-a", browser];
}

/** Opens an address, without a window if the browser can do without. */
export async function openInBrowser(
  [command, ...args]: readonly [command: string, ...args: string[]],
  address: string,
): Promise<RunningBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "corr2d-browser-"));
  const child = spawn(command, [...args, ...optionsOf([command, ...args], profile), address], {
    env: environmentOf([command, ...args], profile),
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own: a script that starts the browser ends with it.
    detached: process.platform !== "win32",
  });
  const killWithUs = () => kill(child, "SIGKILL");
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
      // Whoever is asked first removes what it has put down, such as the lock of a display.
      kill(child, "SIGTERM");
      const patience = setTimeout(killWithUs, GRACE_MS);
      await ended;
      clearTimeout(patience);
      process.off("exit", killWithUs);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Ends the browser and all that it started. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === "win32") child.kill(signal);
  else process.kill(-child.pid, signal);
}

/** WebKit has no option for its profile: it keeps it at home. */
function environmentOf(command: readonly string[], profile: string): NodeJS.ProcessEnv {
  if (!command.some((word) => basename(word) === "MiniBrowser")) return process.env;
  return {
    ...process.env,
    HOME: profile,
    XDG_CACHE_HOME: profile,
    XDG_DATA_HOME: profile,
    // A container's root has no user namespaces, without which its sandbox does not start.
    ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }),
  };
}

function optionsOf(command: readonly string[], profile: string): readonly string[] {
  const name = command.map((word) => basename(word).toLowerCase()).join(" ");
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
