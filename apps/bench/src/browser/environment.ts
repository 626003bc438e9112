/**
 * Where a page measures, as far as a browser tells.
 *
 * @module
 */

import core from "@corr2d/core/package.json" with { type: "json" };
import type { Environment } from "../report/results.ts";

/** Commit that the page was built from, and whether its files were those of the commit: written in by `build-browser.ts`. */
declare const BUILT_FROM: Pick<Environment, "commit" | "clean">;

/** What browsers tell beside what TypeScript knows. */
interface TellingNavigator extends Navigator {
  /** In GiB, rounded down to a power of two; Chromium's alone. */
  readonly deviceMemory?: number;
}

/** Observes from when it is made. */
export class Surroundings {
  readonly #command: string;
  readonly #start = performance.now();

  /**
   * @param command what asks for the run.
   * @param _earlier of a run that is resumed, which a page never does.
   */
  constructor(command: string, _earlier?: Environment) {
    this.#command = command;
  }

  /** What is to be said by now. */
  describe(): Environment {
    const { userAgent, hardwareConcurrency, deviceMemory } = navigator as TellingNavigator;
    return {
      cpu: "a processor that the browser does not name",
      cores: hardwareConcurrency,
      memoryBytes: deviceMemory === undefined ? null : deviceMemory * 2 ** 30,
      processorFlags: null,
      governor: null,
      loadBefore: null,
      loadAfter: null,
      steal: null,
      energy: "not told: browsers do not say",
      seconds: (performance.now() - this.#start) / 1000,
      os: systemOf(userAgent),
      browser: browserOf(userAgent),
      node: null,
      v8: null,
      command: this.#command,
      ...BUILT_FROM,
      packages: { "@corr2d/core": core.version },
    };
  }
}

/** Browsers do not say what energy is used. */
export function energyCounter(): undefined {
  return undefined;
}

/** Browser and version as its user agent has them; those that only claim to be another come first. */
export function browserOf(userAgent: string): string {
  const known = [
    ["Firefox", /Firefox\/([\d.]+)/],
    ["Edge", /Edg(?:A|iOS)?\/([\d.]+)/],
    ["Opera", /OPR\/([\d.]+)/],
    ["Chromium", /(?:Headless)?Chrome\/([\d.]+)/],
    ["Safari", /Version\/([\d.]+).*Safari/],
    ["WebKit", /AppleWebKit\/([\d.]+)/],
  ] as const;
  for (const [name, pattern] of known) {
    const found = pattern.exec(userAgent);
    if (found !== null) return `${name} ${found[1]!.split(".")[0]}`;
  }
  return "an unknown browser";
}

/** What stands in the first brackets of a user agent. */
export function systemOf(userAgent: string): string {
  return /\(([^)]*)\)/.exec(userAgent)?.[1] ?? "unknown";
}
