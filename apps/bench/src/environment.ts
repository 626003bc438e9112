/**
 * Where a benchmark ran: what somebody else would need to know to understand a difference.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import { EnergyMeter, energyWords } from "./measure/energy.ts";
import { packageVersion } from "./package-version.ts";
import type { Environment, LoadAverage } from "./report/results.ts";

/** Packages whose version matters to a reader; adapters report their own beside. */
const PACKAGES = ["@corr2d/core", "tinybench", "typescript"];

/** Abilities of processors that change how fast arithmetic is. */
const ABILITIES =
  /^(sse4_1|sse4_2|avx|avx2|fma|f16c|avx512f|avx512dq|avx512bw|avx512vl|avx512_vnni|avx_vnni|amx_tile|asimd|sve|sve2)$/;

/** Observes the machine from when it is made. */
export class Surroundings {
  readonly #command: string;
  readonly #start = performance.now();
  readonly #loadBefore = loadAverage();
  readonly #ticksBefore = processorTicks();
  readonly #git = gitState();
  /** What earlier parts of a run that is resumed have seen. */
  readonly #earlier: Environment | undefined;

  /** @param command arguments of the command that measures. */
  constructor(command: string, earlier?: Environment) {
    this.#command = command;
    this.#earlier = earlier;
  }

  /** What is to be said by now. */
  describe(): Environment {
    const seconds = (performance.now() - this.#start) / 1000;
    return {
      cpu: os.cpus()[0]?.model.trim() ?? "unknown",
      cores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      processorFlags: processorFlags(),
      governor: contentOf("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
      loadBefore: this.#earlier?.loadBefore ?? this.#loadBefore,
      loadAfter: loadAverage(),
      steal: this.#steal(seconds),
      energy: energyWords(EnergyMeter.open()),
      seconds: seconds + (this.#earlier?.seconds ?? 0),
      os: `${os.type()} ${os.release()} ${os.arch()}`,
      node: process.versions.node,
      v8: process.versions.v8,
      command: this.#command,
      ...this.#git,
      packages: Object.fromEntries(PACKAGES.map((name) => [name, packageVersion(name) ?? "not installed"])),
    };
  }

  /** Over all parts, each by its length. */
  #steal(seconds: number): number | null {
    const after = processorTicks();
    if (after === null || this.#ticksBefore === null) return null;
    const all = after.all - this.#ticksBefore.all;
    const now = all <= 0 ? 0 : (after.stolen - this.#ticksBefore.stolen) / all;
    const { steal = null, seconds: before = 0 } = this.#earlier ?? {};
    return steal === null ? now : (now * seconds + steal * before) / (seconds + before);
  }
}

/** Joules so far; undefined where the machine does not tell. */
export function energyCounter(): (() => number) | undefined {
  const meter = EnergyMeter.open();
  return typeof meter === "string" ? undefined : () => meter.joules();
}

function loadAverage(): LoadAverage {
  const [one, five, fifteen] = os.loadavg();
  return [one, five, fifteen];
}

/** What Linux says of the processor; other systems do not. */
function processorFlags(): readonly string[] | null {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(contentOf("/proc/cpuinfo") ?? "");
  return line === null ? null : line[1].split(" ").filter((flag) => ABILITIES.test(flag));
}

/** Time of all processors since the system started, and what of it other virtual machines took. */
function processorTicks(): { readonly all: number; readonly stolen: number } | null {
  const line = /^cpu +(.*)$/m.exec(contentOf("/proc/stat") ?? "");
  if (line === null) return null;
  // user, nice, system, idle, iowait, irq, softirq, steal; what follows is in user already.
  const ticks = line[1].split(" ").slice(0, 8).map(Number);
  return { all: ticks.reduce((sum, n) => sum + n, 0), stolen: ticks[7] ?? 0 };
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return null;
  }
}

/** Commit of the tree this file lies in, and whether its files are those of the commit; null outside of git. */
export function gitState(): Pick<Environment, "commit" | "clean"> {
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    return { commit: git("rev-parse", "HEAD"), clean: git("status", "--porcelain") === "" };
  } catch {
    return { commit: null, clean: null };
  }
}
