import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EnergyMeter, energyWords } from "./energy.ts";
import { timeInRounds } from "./rounds.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corr2d-powercap-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What Linux has for a package, or for what lies in one. */
function zone(name: string, values: { readonly name?: string; readonly energy_uj: number | string }): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, value] of Object.entries({ max_energy_range_uj: 1000_000, name: "package-0", ...values })) {
    writeFileSync(join(folder, name, file), `${value}\n`);
  }
}

it("sums packages up, without what lies in them, over the limit at which they begin anew", () => {
  zone("intel-rapl:0", { energy_uj: 900_000 });
  zone("intel-rapl:1", { name: "package-1", energy_uj: 100_000 });
  zone("intel-rapl:0:0", { name: "core", energy_uj: 0 });
  const meter = EnergyMeter.open(folder) as EnergyMeter;
  expect(meter.joules()).toBe(0);
  zone("intel-rapl:0", { energy_uj: 50_000 });
  zone("intel-rapl:1", { name: "package-1", energy_uj: 400_000 });
  zone("intel-rapl:0:0", { name: "core", energy_uj: 700_000 });
  expect(meter.joules()).toBeCloseTo(0.15 + 0.3, 9);
  expect(energyWords(meter)).toBe("joules of package-0, package-1, whatever else ran meanwhile");
});

it("says why there is none", () => {
  expect(EnergyMeter.open(join(folder, "nowhere"))).toMatch(/^there is no .*nowhere, as on systems other than Linux/);
  expect(EnergyMeter.open(folder)).toMatch(/knows no processor package$/);
  zone("intel-rapl:0", { energy_uj: "many" });
  expect(energyWords(EnergyMeter.open(folder))).toMatch(/^not told: it cannot be read: .*energy_uj holds "many"$/);
});

it("is shared out among those who are timed, a call at a time", async () => {
  let joules = 0;
  const contender = (name: string, each: number) => ({
    name,
    isAsync: false,
    roughMs: 1,
    run() {
      joules += each;
      for (const end = performance.now() + 1; performance.now() < end; );
    },
  });
  const schedule = { rounds: 2, timePerContender: 20, random: () => 0.5, joules: () => joules };
  const found = await timeInRounds([contender("frugal", 2), contender("hungry", 6)], schedule, async () => {});
  expect(found.map(({ joulesPerRun }) => joulesPerRun)).toEqual([2, 6]);
  const { joules: _, ...withoutMeter } = schedule;
  const [unmetered] = await timeInRounds([contender("frugal", 2)], withoutMeter, async () => {});
  expect(unmetered!.joulesPerRun).toBeNull();
});
