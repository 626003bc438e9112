/** A run as a library call, ours and anybody's. */

import { spawnSync } from "node:child_process";
import { reference } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import {
  type ConvAdapter,
  corr2dAdapter,
  corr2dNames,
  IMPOSSIBLE_REQUESTS,
  LAWS,
  LIMITATIONS,
  type OracleStatus,
  runParity,
} from "../src/index.ts";

/** Somebody's implementation, with the padding off by one where there is any. */
const mine: ConvAdapter = {
  name: "mine",
  version: "1.0.0",
  threads: 1,
  supports: (_, pass) => (pass === "forward" ? true : "it has no gradients"),
  prepare(convCase, pass, data) {
    const { padding } = convCase;
    const moved = typeof padding === "object" ? ([padding[0], [padding[1][1], padding[1][0]]] as const) : padding;
    let y = new Float32Array();
    return {
      run() {
        y = Float32Array.from(reference({ ...convCase, padding: moved }, pass, data));
      },
      read: () => y,
      dispose() {},
    };
  },
};

describe("runParity", () => {
  it("finds what is wrong in anybody's implementation, and only that", async () => {
    const report = await runParity({ adapters: [mine], oracles: ["tfjs-cpu"], cases: 0, only: "padding" });
    expect(report.outcome).toBe("disagree");
    const wrong = report.disagreements.filter(({ verdict }) => verdict === "ours is wrong");
    const cases = [...new Set(wrong.map((comparison) => comparison.case))];
    // Siblings and every size are named by their geometry; of those, too, only such as are padded differently on two sides.
    const isByGeometry = (name: string): boolean => /^(sibling|every size): /.test(name);
    const named = cases.filter((name) => !isByGeometry(name));
    expect(named.sort()).toEqual(["padding differs on every side", "padding larger than the kernel, without bias"]);
    expect(cases.filter(isByGeometry).every((name) => /padding \[\[/.test(name))).toBe(true);
    expect(report.summary.some(({ agree }) => agree > 0)).toBe(true);
    expect(report.summary.some(({ tfjsWrong }) => tfjsWrong > 0)).toBe(false);
  });

  it("tells how far it has come", async () => {
    const oracles: OracleStatus[] = [];
    const trials: string[] = [];
    await runParity({
      oracles: ["tfjs-cpu"],
      algorithms: ["naive"],
      cases: 0,
      only: "stride 2",
      observer: {
        onOracle: (status) => oracles.push(status),
        onTrial: (done, total, name) => trials.push(`${done}/${total} ${name}`),
      },
    });
    expect(oracles.map(({ name }) => name)).toEqual(["tfjs-cpu"]);
    const [done, total] = trials.at(-1)!.split(/[/ ]/).map(Number);
    expect(done).toBe(total);
    expect(done).toBeGreaterThan(1);
  });

  it("is the same report for the same seed, time and machine aside", async () => {
    const options = { oracles: ["tfjs-cpu"], algorithms: ["naive"], seed: 4, cases: 3, only: "generated" };
    const [first, second] = [await runParity(options), await runParity(options)];
    expect(second.summary).toEqual(first.summary);
    expect(first.compared.withOracles).toBeGreaterThan(0);
  });

  it("refuses names there are none of", async () => {
    await expect(runParity({ oracles: ["torch"] })).rejects.toThrow("oracle must be one of tfjs-cpu");
    await expect(runParity({ algorithms: ["fft"] })).rejects.toThrow("algorithm must be one of naive");
  });
});

describe("core", () => {
  it("agrees with tfjs-cpu and tfjs-wasm in every algorithm: the table, the laws, what must be refused", async () => {
    const report = await runParity({ oracles: ["tfjs-cpu", "tfjs-wasm"], cases: 0, exclude: ["every size*"], jobs: 2 });
    expect(report.reasons).toEqual([]);
    expect(report.outcome).toBe("agree");
    expect(new Set(report.summary.map(({ algorithm }) => algorithm))).toEqual(
      new Set(corr2dNames().map((name) => `corr2d/${name}`)),
    );
    expect(report.laws.length).toBe(LAWS.length * corr2dNames().length);
    expect(report.limitations.length).toBe(LIMITATIONS.length);
    expect(report.requests.length).toBe(IMPOSSIBLE_REQUESTS.length * (corr2dNames().length + 2));
    for (const name of ["corr2d/winograd2", "corr2d/winograd4"]) {
      // Nearest to its bound Winograd may come where it only sums dy, by element.
      const held = report.summary.filter(({ algorithm, pass }) => algorithm === name && pass === "forward");
      expect(held.some(({ rungs }) => rungs["normwise bound"] > 0)).toBe(true);
    }
  });

  it("naive gives the very bits of tfjs-cpu", async () => {
    expect(corr2dAdapter("naive").summation).toBeDefined();
    const report = await runParity({ oracles: ["tfjs-cpu"], algorithms: ["naive"], cases: 60, only: "generated" });
    const row = (pass: string) => report.summary.find((r) => r.oracle === "tfjs-cpu" && r.pass === pass)!;
    for (const pass of ["forward", "filterGradient"]) {
      // Volumes promise no order of summation.
      expect(row(pass).rungs["bit-exact"]).toBeGreaterThan(row(pass).compared / 2);
      expect(row(pass).agree + row(pass).expected).toBe(row(pass).compared);
      expect(row(pass).compared).toBeGreaterThan(10);
    }
  });
});

it("importing the package loads no oracle", () => {
  const entry = new URL("../src/index.ts", import.meta.url).href;
  const program = `await import(${JSON.stringify(entry)}); console.log("_tfengine" in globalThis)`;
  const args = ["--conditions=@corr2d/source", "--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect([stdout, stderr]).toEqual(["false\n", ""]);
});
