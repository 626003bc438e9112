/** A run that is killed goes on where it stopped: nothing is lost, nothing is counted twice. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { readRecords } from "../src/results/record-file.ts";
import { lineOf } from "../src/results/result-record.ts";

const PROGRAM = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "corr2d-resume-"));
afterAll(() => rmSync(folder, { recursive: true }));

const RUN = ["--oracle", "tfjs-cpu", "--algorithm", "tiled", "--cases", "60", "--seed", "5", "--only", "generated"];

/** Eight processes of the command, on a machine that does other things as well. */
const EIGHT_RUNS_MS = 300_000;

function argumentsOf(...args: readonly string[]): readonly string[] {
  return ["--conditions=@corr2d/source", PROGRAM, ...args];
}

function run(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, argumentsOf(...args), {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

/** Starts a run and kills it when its file has grown to a size, or after a while. */
async function killAt(file: string, bytes: number, ...args: readonly string[]): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, argumentsOf(...args), { cwd: folder, stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("exit", (_, signal) => resolve(signal)));
  while (child.exitCode === null && !(existsSync(file) && statSync(file).size >= bytes)) await setTimeout(1);
  child.kill("SIGKILL");
  return ended;
}

/** What a report says, without when and how long. */
function contentOf(json: string): unknown {
  const { run: facts, ...report } = JSON.parse(readFileSync(join(folder, json), "utf8"));
  return { ...report, trials: facts.trials };
}

function trialsIn(file: string): readonly string[] {
  return readRecords(join(folder, file))
    .filter(({ record }) => record === "trial")
    .map(lineOf);
}

describe.each([
  [0, 4],
  [2, 2],
])("with %i processes beside its own, killed %i times", (jobs, times) => {
  const uninterrupted = `whole${jobs}.jsonl`;
  const file = `killed${jobs}.jsonl`;
  const all = [...RUN, "--jobs", String(jobs)];

  it(
    "a run that is killed again and again ends with the records and the report of one that was not",
    async () => {
      expect(run(...all, "--records", uninterrupted, "--json", `whole${jobs}.json`).code).toBe(0);
      const size = statSync(join(folder, uninterrupted)).size;
      let kills = 0;
      for (let i = 0; i < times; i++) {
        // At a random moment of each quarter; what was killed before it wrote anything counts as well.
        const bytes = Math.floor(((i + Math.random()) / times) * size * 0.9);
        const signal = await killAt(join(folder, file), bytes, ...all, "--records", file, "--resume");
        if (signal === "SIGKILL") kills++;
      }
      expect(kills).toBeGreaterThan(1);
      expect(run("merge", file).out).toContain("did not come to its end; go on with it by --resume");

      expect(run(...all, "--records", file, "--resume", "--json", `killed${jobs}.json`).code).toBe(0);
      expect(new Set(trialsIn(file)).size).toBe(trialsIn(file).length);
      expect([...trialsIn(file)].sort()).toEqual([...trialsIn(uninterrupted)].sort());
      expect(trialsIn(file)).toHaveLength(60);
      expect(contentOf(`killed${jobs}.json`)).toEqual(contentOf(`whole${jobs}.json`));

      // Gone on with after its end, a run asks nothing and says the same.
      expect(run(...all, "--records", file, "--resume", "--json", `again${jobs}.json`).code).toBe(0);
      expect(contentOf(`again${jobs}.json`)).toEqual(contentOf(`whole${jobs}.json`));
      expect(trialsIn(file)).toHaveLength(60);
    },
    EIGHT_RUNS_MS,
  );
});

describe("a file of records", () => {
  const small = ["--oracle", "tfjs-cpu", "--algorithm", "tiled", "--cases", "12", "--jobs", "0"];

  it("of shards, merged in any order, is that of the whole", () => {
    const of = [...small, "--only", "generated"];
    expect(run(...of, "--records", "all.jsonl", "--json", "all.json").code).toBe(0);
    for (const shard of ["1/2", "2/2"]) {
      expect(run(...of, "--shard", shard, "--records", `s${shard[0]}.jsonl`).code).toBe(0);
    }
    const merged = run(
      "merge",
      "s2.jsonl",
      "s1.jsonl",
      "s2.jsonl",
      "--json",
      "merged.json",
      "--records",
      "merged.jsonl",
    );
    expect(merged.code).toBe(0);
    expect([...trialsIn("merged.jsonl")].sort()).toEqual([...trialsIn("all.jsonl")].sort());
    expect(contentOf("merged.json")).toEqual(contentOf("all.json"));
    expect(run("merge", "merged.jsonl", "--records", "twice.jsonl").code).toBe(0);
    expect(readFileSync(join(folder, "twice.jsonl"))).toEqual(readFileSync(join(folder, "merged.jsonl")));
    const half = run("merge", "s1.jsonl");
    expect(half.code).toBe(2);
    expect(half.out).toContain("these are missing: 2");
  });

  it("is not written over, and not gone on with by another run", () => {
    const one = [...small, "--only", "textbook"];
    expect(run(...one, "--records", "one.jsonl").code).toBe(0);
    const again = run(...one, "--records", "one.jsonl");
    expect([again.code, again.err]).toEqual([
      2,
      expect.stringContaining("holds records already; go on with them by --resume"),
    ]);
    const other = run(...one, "--seed", "2", "--records", "one.jsonl", "--resume");
    expect([other.code, other.err]).toEqual([2, expect.stringContaining("name another file")]);
    const others = run(...one, "--algorithm", "naive", "--records", "one.jsonl", "--resume");
    expect([others.code, others.err]).toEqual([2, expect.stringContaining("by other versions of them")]);
    const nothing = run(...one, "--resume");
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining("--resume needs --records")]);
  });
});
