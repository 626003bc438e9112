import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { runCli } from "../src/cli/program.ts";
import { beyondThreshold, type Comparison, compareInRun } from "../src/compare/comparison.ts";
import { comparisonTable, verdictOf } from "../src/compare/document.ts";
import type { BenchReport } from "../src/report/results.ts";
import { toText } from "../src/report/terminal.ts";
import { commandFixture } from "./fixtures/command.ts";
import { sampleReport } from "./fixtures/reports.ts";

const command = commandFixture("compare");

const PROCESSES = 12;

/** A report in which every variant varies from process to process, the subject being `factors[layer]` times as slow. */
function reportOf(factors: readonly number[], seed: number, names?: readonly [string, string]): BenchReport {
  const sample = sampleReport();
  const random = seededRandom(seed, "report");
  const [found] = sample.cases;
  const rounds = (ms: number) => Array.from({ length: PROCESSES }, () => [ms * Math.exp(random.normal(0, 0.02))]);
  const [baseName, headName] = names ?? ["tfjs-wasm", sample.settings.subject ?? ""];
  const results = found.results.filter(({ outcome }) => outcome === "timed");
  return {
    ...sample,
    settings: { ...sample.settings, processes: PROCESSES, subject: headName },
    cases: factors.map((factor, layer) => ({
      ...found,
      convCase: { ...found.convCase, name: `layer ${layer}` },
      results: [
        { ...results[2], variant: baseName, timing: { ...results[2].timing!, rounds: rounds(40) } },
        { ...results[1], variant: headName, timing: { ...results[1].timing!, rounds: rounds(40 * factor) } },
      ],
    })),
  };
}

const about = { base: "before", head: "after", threshold: 0.05 };

describe("base and head of one run", () => {
  const compared = compareInRun(reportOf([1, 1.1, 0.8, 1, 1], 3, ["base", "head"]), about);

  it("are told apart layer by layer, where they differ by more than chance", () => {
    expect(compared.layers.map(({ verdict }) => verdict)).toEqual(["~", "slower", "faster", "~", "~"]);
    const [, slower] = compared.layers;
    expect(slower.estimate).toBeCloseTo(1 / 1.1, 1);
    expect(slower.low).toBeLessThan(1 / 1.1);
    expect(slower.high).toBeGreaterThan(1 / 1.1);
    for (const { p, adjustedP } of compared.layers) expect(adjustedP).toBeGreaterThanOrEqual(p);
  });

  it("fail a threshold where a layer is slower by more, for certain", () => {
    expect(beyondThreshold(compared).map(({ name }) => name)).toEqual(["layer 1"]);
    expect(beyondThreshold({ ...compared, threshold: 0.2 })).toEqual([]);
    expect(beyondThreshold({ ...compared, threshold: null })).toEqual([]);
  });

  it("make a table with what is slower on top, and a sentence", () => {
    const lines = toText(comparisonTable(compared)).split("\n");
    const names = lines.flatMap((line) => /^layer (\d)/.exec(line)?.[1] ?? []);
    expect(names.slice(0, 2)).toEqual(["1", "2"]);
    expect(verdictOf(compared)).toBe(
      "Head is faster on 1 and slower on 1 of 5 layers; the others are not told from chance. 1 slower by more than 5\u2009%.",
    );
  });

  it("are not compared on layers that one of them did not compute rightly", () => {
    const run = reportOf([1, 1], 1, ["base", "head"]);
    const [broken] = run.cases;
    Object.assign(broken.results[1], { outcome: "disagrees", reason: "it is wrong", timing: null });
    const { layers, missing } = compareInRun(run, about);
    expect(layers).toHaveLength(1);
    expect(missing).toEqual([{ name: "layer 0", reason: "head disagrees: it is wrong" }]);
  });
});

describe("bench compare of two reports", () => {
  async function fileOf(name: string, report: BenchReport): Promise<string> {
    const file = join(command.folder, name);
    await writeFile(file, JSON.stringify(report));
    return file;
  }

  it("says what changed beside a peer of both, and ends with 1 beyond the threshold", async () => {
    const base = await fileOf("base.json", reportOf([1, 1], 1));
    const head = await fileOf("head.json", reportOf([1, 1.2], 2));
    expect(await runCli(["compare", base, head])).toBe(0);
    expect(command.printed).toMatch(/layer 1 +0\.8\d+× .* slower/);
    expect(command.printed).toContain("Compared by their ratios to tfjs-wasm");
    const markdown = join(command.folder, "comment.md");
    expect(await runCli(["compare", base, head, "--threshold", "5%", "--markdown", markdown])).toBe(1);
    expect(await readFile(markdown, "utf8")).toMatch(/^<!-- corr2d-bench-comparison -->\n[\s\S]*\| layer 1 \|/);
    expect(await runCli(["compare", head, base, "--threshold", "5%"])).toBe(0);
  });

  it("prints JSON and nothing else where it is asked to", async () => {
    const base = await fileOf("base.json", reportOf([1], 1));
    expect(await runCli(["compare", base, base, "--json", "-"])).toBe(0);
    const comparison = JSON.parse(command.printed) as Comparison;
    expect(comparison).toMatchObject({ kind: "corr2d-bench-comparison", yardstick: "tfjs-wasm" });
    expect(comparison.layers).toMatchObject([{ name: "layer 0", estimate: 1, verdict: "~" }]);
  });

  it("refuses what cannot be compared, in a sentence", async () => {
    const base = await fileOf("base.json", reportOf([1], 1));
    const other = reportOf([1], 1);
    const foreign = await fileOf("foreign.json", { ...other, environment: { ...other.environment, cpu: "Another" } });
    expect(await runCli(["compare", base, foreign])).toBe(2);
    expect(command.printed).toContain("the reports are of different processors: Sample CPU and Another");
    expect(await runCli(["compare", base, base, "--by", "sharp"])).toBe(2);
    expect(command.printed).toContain('by "sharp" that both have timed, and they have tfjs-wasm in common');
    const alone = await fileOf(
      "alone.json",
      reportOf([1], 1, ["base", "head"].map((side) => `corr2d/${side}`) as never),
    );
    expect(await runCli(["compare", alone, alone])).toBe(2);
    expect(command.printed).toContain("they have none in common; or compare two checkouts");
    const about = (subject: string) => ({ ...other, settings: { ...other.settings, subject } });
    expect(await runCli(["compare", base, await fileOf("subject.json", about("tfjs-wasm"))])).toBe(2);
    expect(command.printed).toContain("the reports speak about different variants: corr2d/tiled and tfjs-wasm");
  });

  it("knows layers by their names, and takes no gradient for a forward pass", async () => {
    const report = reportOf([1, 1], 1);
    const of = (suite: string) => report.cases.map((found) => ({ ...found, suite }));
    const base = await fileOf("base.json", { ...report, cases: of("quick") });
    expect(await runCli(["compare", base, await fileOf("head.json", { ...report, cases: of("classes") })])).toBe(0);
    expect(command.printed).toContain("No difference of 2 layers is more than chance.");
    const gradients = { ...report, settings: { ...report.settings, pass: "filterGradient" } } as const;
    // A gate that has seen nothing is not passed.
    expect(await runCli(["compare", base, await fileOf("head.json", gradients), "--threshold", "5%"])).toBe(2);
    expect(command.printed).toMatch(
      /no layer in common: base has layer 0, layer 1 …, head layer 0 \(filterGradient\), layer 1 \(filterGradient\) …/,
    );
    const [first, second] = report.cases;
    const more = ["layer 2", "layer 3"].map((name) => ({ ...second!, convCase: { ...second!.convCase, name } }));
    expect(await runCli(["compare", base, await fileOf("head.json", { ...report, cases: [first!, ...more] })])).toBe(0);
    expect(command.printed).toContain("Not compared: layer 1 (only base has it).");
    expect(command.printed).toContain("Not compared: layer 2, layer 3 (only head has it).");
  });

  it.each([
    [["report.json", "checkout"], /base and head must both be reports, or both be checkouts/],
    [["nowhere", "nowhere"], /there is no nowhere/],
    [["test", "test"], /test\/? is no built checkout of corr2d: .* run pnpm build there/],
    [["a.json", "b.json", "--threshold", "5 percent"], /Expected a share, such as 5% or 0\.05/],
    [["test", "test", "--by", "sharp"], /--by is for two reports/],
  ])("%j", async (args, message) => {
    const paths = args.map((arg) => (arg === "test" ? fileURLToPath(new URL(".", import.meta.url)) : arg));
    expect(await runCli(["compare", ...paths])).toBe(2);
    expect(command.printed).toMatch(message);
  });
});

it("bench compare times two adapters in turn, and sees which is slower", { timeout: 300_000 }, async () => {
  const sides = await Promise.all(
    [5, 60].map(async (milliseconds) => {
      const file = join(command.folder, `${milliseconds}.mjs`);
      const fixtures = JSON.stringify(new URL("fixtures/adapters.ts", import.meta.url).href);
      await writeFile(
        file,
        `import { busy, source } from ${fixtures};\nexport default source("mine", () => busy(${milliseconds}));\n`,
      );
      return file;
    }),
  );
  const small = "--suite lenet5 --filter C5 --processes 6 --rounds 4 --time 600 --threshold 5%".split(" ");
  expect(await runCli(["compare", ...sides, ...small, "--out", join(command.folder, "raw")])).toBe(1);
  expect(command.printed).toMatch(/lenet5\/C5 .* slower/);
});
