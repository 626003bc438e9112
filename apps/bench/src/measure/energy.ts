/**
 * Energy, where the machine tells it: Linux sums up what each processor package has used since it started, in microjoules that
 * begin anew at a limit (powercap, RAPL). It is the package's, whatever else ran meanwhile.
 *
 * Source: Linux kernel documentation, "Power Capping Framework" (Documentation/power/powercap).
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const POWERCAP = "/sys/class/powercap";

/** A package: `intel-rapl:0`, AMD's too; what lies in it (`intel-rapl:0:0`, cores, memory) is counted in it. */
const PACKAGE = /^(intel|amd)-rapl:\d+$/;

interface Counter {
  readonly file: string;
  /** Where it begins anew. */
  readonly range: number;
  last: number;
}

/** Counts joules from when it is made. */
export class EnergyMeter {
  readonly names: readonly string[];
  readonly #counters: readonly Counter[];
  #microjoules = 0;

  private constructor(names: readonly string[], counters: readonly Counter[]) {
    this.names = names;
    this.#counters = counters;
  }

  /** A meter of this machine, or the reason why it has none. */
  static open(folder: string = POWERCAP): EnergyMeter | string {
    let packages: readonly string[];
    try {
      packages = readdirSync(folder).filter((name) => PACKAGE.test(name));
    } catch {
      return `there is no ${folder}, as on systems other than Linux and on most virtual machines`;
    }
    if (packages.length === 0) return `${folder} knows no processor package`;
    try {
      const counters = packages.map((name) => ({
        file: join(folder, name, "energy_uj"),
        range: numberIn(join(folder, name, "max_energy_range_uj")),
        last: numberIn(join(folder, name, "energy_uj")),
      }));
      return new EnergyMeter(
        packages.map((name) => readFileSync(join(folder, name, "name"), "utf8").trim()),
        counters,
      );
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      return code === "EACCES"
        ? `${path} is for root alone: sudo chmod a+r ${join(folder, "*", "energy_uj")}`
        : `it cannot be read: ${(error as Error).message}`;
    }
  }

  /** Joules so far. */
  joules(): number {
    for (const counter of this.#counters) {
      const now = numberIn(counter.file);
      this.#microjoules += now >= counter.last ? now - counter.last : now + counter.range - counter.last;
      counter.last = now;
    }
    return this.#microjoules / 1e6;
  }
}

/** Whether energy is told here, in a sentence for the reader of a report. */
export function energyWords(meter: EnergyMeter | string): string {
  return typeof meter === "string"
    ? `not told: ${meter}`
    : `joules of ${meter.names.join(", ")}, whatever else ran meanwhile`;
}

/** @throws Error for a file that holds no number. */
function numberIn(file: string): number {
  const text = readFileSync(file, "utf8").trim();
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) throw new Error(`${file} holds ${JSON.stringify(text)}`);
  return value;
}
