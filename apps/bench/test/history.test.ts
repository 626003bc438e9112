import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { LARGEST_RESULT } from "../src/cli/history-command.ts";
import { runCli } from "../src/cli/program.ts";
import { machineOf, parseHistory, recordOf } from "../src/history/records.ts";
import type { BenchReport } from "../src/report/results.ts";
import { parseBenchReport } from "../src/report/schema.ts";
import { commandFixture } from "./fixtures/command.ts";
import { sampleReport } from "./fixtures/reports.ts";

const command = commandFixture("history");

async function reportOf(name: string, environment: Partial<BenchReport["environment"]>, rest: object = {}) {
  const sample = sampleReport();
  const file = join(command.folder, name);
  const report = { ...sample, environment: { ...sample.environment, clean: true, ...environment }, ...rest };
  await writeFile(file, JSON.stringify(report));
  return file;
}

const commit = (digit: string): string => digit.repeat(40);

describe("bench history", () => {
  it("keeps a line for each commit and machine, and never pools machines", async () => {
    const history = join(command.folder, "new", "history.jsonl");
    const add = async (environment: object, created: string) => {
      expect(
        await runCli(["history", await reportOf("report.json", environment, { created }), "--file", history]),
      ).toBe(0);
    };
    await add({ commit: commit("a") }, "2026-01-01T00:00:00.000Z");
    await add({ commit: commit("b") }, "2026-01-02T00:00:00.000Z");
    await add({ commit: commit("b"), cpu: "Another" }, "2026-01-03T00:00:00.000Z");
    await add({ commit: commit("b") }, "2026-01-04T00:00:00.000Z");
    const records = parseHistory(await readFile(history, "utf8"));
    expect(records.map(({ commit: of, machine }) => [of[0], machine])).toEqual([
      ["a", "sample-cpu-2-linux-x64-node-24"],
      ["b", "another-2-linux-x64-node-24"],
      ["b", "sample-cpu-2-linux-x64-node-24"],
    ]);
    expect(records[0].ratios).toContainEqual(
      expect.objectContaining({ kind: "3×3 stride 1", rival: "tfjs-wasm", layers: 1 }),
    );
    const page = await readFile(join(command.folder, "history.html"), "utf8");
    expect(page.match(/<section id="[^"]*"/g)).toEqual([
      '<section id="sample-cpu-2-linux-x64-node-24"',
      '<section id="another-2-linux-x64-node-24"',
    ]);
    // Each machine's commits in its chart and its table, as links; one that another machine has measured is not among them.
    const linksOf = (machine: string) =>
      [
        ...page
          .slice(page.indexOf(`<section id="${machine}`))
          .split("</section>")[0]!
          .matchAll(/commit\/(\w)\1{39}"/g),
      ].map(([, digit]) => digit);
    expect(new Set(linksOf("sample"))).toEqual(new Set(["a", "b"]));
    expect(new Set(linksOf("another"))).toEqual(new Set(["b"]));
    expect(page).toContain("aaaaaaa of 2026-01-01, tfjs-wasm: 0.991× (0.991–0.991)");
    expect(command.printed.match(/^Network layers on /gm)?.length).toBeGreaterThanOrEqual(2);
  });

  it("links to it from the page of the report, and that keeps the link when it is made anew", async () => {
    const report = await reportOf("report.json", { commit: commit("a") });
    const links = async () =>
      (await readFile(join(command.folder, "index.html"), "utf8")).match(/href="history\.html"/g);
    const folder = ["--out", command.folder];
    await rm(join(command.folder, "history.html"), { force: true });
    expect(await runCli(["render", report, ...folder])).toBe(0);
    expect(await links()).toBeNull();
    expect(await runCli(["history", report, "--file", join(command.folder, "linked.jsonl")])).toBe(0);
    expect(await links()).toHaveLength(1);
    expect(await runCli(["render", report, ...folder])).toBe(0);
    expect(await links()).toHaveLength(1);
  });

  it.each([
    ["of files that are no commit", { commit: commit("a"), clean: false }, {}, /commit the files that differ/],
    ["of no commit", { commit: null }, {}, /commit the files that differ/],
    ["of part of a run", {}, { complete: false }, /go on with this one by bench --resume/],
  ])("refuses a report %s", async (_, environment, rest, message) => {
    expect(
      await runCli(["history", await reportOf("bad.json", environment, rest), "--file", join(command.folder, "h")]),
    ).toBe(2);
    expect(command.printed).toMatch(message);
  });

  it("refuses a history that is none, and names the line", async () => {
    const file = join(command.folder, "foreign.jsonl");
    await writeFile(file, '\n{ "schemaVersion": 7 }\n');
    expect(await runCli(["history", await reportOf("report.json", {}), "--file", file])).toBe(2);
    expect(command.printed).toContain("line 2 of the history is none of its records");
  });
});

describe("bench merge", () => {
  it("gives each machine a column", async () => {
    const files = [
      await reportOf("one.json", { commit: commit("a") }),
      await reportOf("two.json", { commit: commit("a"), cpu: "Another" }),
    ];
    expect(await runCli(["merge", ...files])).toBe(0);
    expect(command.printed).toMatch(/sample-cpu-2-linux-x64-node-24 @ aaaaaaa +another-2-linux-x64-node-24 @ aaaaaaa/);
    expect(command.printed).toMatch(/3×3 stride 1 +0\.991× \(0\.991–0\.991\) +0\.991×/);
  });

  it("refuses one report, the same run twice, and subjects that differ", async () => {
    const one = await reportOf("one.json", {});
    expect(await runCli(["merge", one])).toBe(2);
    expect(command.printed).toContain("name two reports at least");
    expect(await runCli(["merge", one, one])).toBe(2);
    expect(command.printed).toContain("they are not pooled");
    const { settings } = sampleReport();
    const other = await reportOf(
      "other.json",
      { cpu: "Another" },
      { settings: { ...settings, subject: "corr2d/naive" } },
    );
    expect(await runCli(["merge", one, other])).toBe(2);
    expect(command.printed).toContain("speak about different variants");
  });
});

it("names a kind of machine by its processor, cores, system and Node", () => {
  expect(machineOf({ ...sampleReport().environment, cpu: "AMD EPYC 9R14 96-Core" })).toBe(
    "amd-epyc-9r14-96-core-2-linux-x64-node-24",
  );
});

describe("bench submit", () => {
  const submit = async (environment: object, created: string, folder: string) =>
    runCli(["submit", await reportOf("mine.json", environment, { created }), "--folder", folder]);

  it("puts a report where its machine's is, and none before it in its place", async () => {
    const folder = join(command.folder, "results");
    const kept = join(folder, "sample-cpu-2-linux-x64-node-24", "report.json");
    expect(await submit({ commit: commit("a") }, "2026-01-02T00:00:00.000Z", folder)).toBe(0);
    expect(parseBenchReport(JSON.parse(await readFile(kept, "utf8"))).environment.commit).toBe(commit("a"));
    expect(await submit({ commit: commit("b") }, "2026-01-01T00:00:00.000Z", folder)).toBe(2);
    expect(command.printed).toContain("before it");
    expect(await submit({ commit: commit("c") }, "2026-01-03T00:00:00.000Z", folder)).toBe(0);
    expect(parseBenchReport(JSON.parse(await readFile(kept, "utf8"))).environment.commit).toBe(commit("c"));
  });

  it("refuses what is of no commit", async () => {
    expect(await submit({ clean: false }, "2026-01-02T00:00:00.000Z", join(command.folder, "none"))).toBe(2);
    expect(command.printed).toMatch(/commit the files that differ/);
  });
});

/** Reports that were sent in. */
const RESULTS = fileURLToPath(new URL("../../../results", import.meta.url));

it("every report that was sent in is one, stands where its machine belongs, and is no larger than it may be", async () => {
  const entries = await readdir(RESULTS, { withFileTypes: true });
  expect(entries.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(["README.md"]);
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    expect(await readdir(join(RESULTS, name))).toEqual(["report.json"]);
    const text = await readFile(join(RESULTS, name, "report.json"), "utf8");
    expect(text.length).toBeLessThanOrEqual(LARGEST_RESULT);
    expect(recordOf(parseBenchReport(JSON.parse(text))).machine).toBe(name);
  }
});
