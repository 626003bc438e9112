/** Many small shards, lost at random and taken up again, and files of records that are larger than memory. */

import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SpatialCase, seededRandom } from "@corr2d/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { type Comparison, runParity, type Shard } from "../src/index.ts";
import { questionId } from "../src/record.ts";
import { mergeFiles } from "../src/results/merge-files.ts";
import { Recorder } from "../src/results/recorder.ts";
import { lineOf, recordEnd, recordRun, recordSetup } from "../src/results/result-record.ts";
import { recordTrial } from "../src/results/trial-record.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-shards-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const PROGRAM = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

/** They take seconds on a machine of their own. */
const TIMEOUT_MS = 300_000;

/** Forty cases that cost nothing. */
const own: readonly SpatialCase[] = Array.from({ length: 40 }, (_, i) => ({
  name: `case ${i}`,
  inputShape: [1, 2, 2 + (i % 5), 1 + (i % 2)],
  filterShape: [1, 1 + (i % 2), 1 + (i % 2), 1],
  strides: [1, 1],
  padding: "same",
  dilations: [1, 1],
  groups: 1,
  bias: i % 3 === 0,
}));

describe("a run of 100 shards, each of them lost again and again", () => {
  const random = seededRandom(1, "losses");

  /** Does a share, whose process dies after some of its records, if it dies. */
  async function share(file: string, shard: Shard | undefined, diesAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const asked = { seed: 1, cases: 0, ...(shard && { shard }) };
    const recorder = new Recorder({ file, asked, required: [], resume: true });
    const { onRecords, ...others } = recorder.observer;
    let told = 0;
    try {
      const report = await runParity({
        ...{ own, shard, oracles: ["tfjs-cpu"], algorithms: ["naive"], seed: 1, skip: recorder.skip },
        observer: {
          ...others,
          onRecords(records) {
            onRecords!(records);
            told += records.length;
            if (told > diesAfter) throw new Error("lost");
          },
        },
      });
      recorder.end(report);
    } catch (error) {
      if ((error as Error).message !== "lost") throw error;
    }
  }

  it(
    "is put together to the same trials, bit for bit, in whatever order its files come",
    async () => {
      const whole = path("whole.jsonl");
      await share(whole, undefined);
      const files: string[] = [];
      for (let index = 1; index <= 100; index++) {
        const file = path(`shard-${index}.jsonl`);
        const shard = { index, count: 100 };
        files.push(file);
        for (let loss = random.integer(0, 1); loss > 0; loss--) {
          await share(file, shard, random.integer(0, 1));
          // What was being written is torn, at any byte.
          if (random.integer(0, 1) === 0) appendFileSync(file, '{"record":"trial","id":"0');
          else truncateSync(file, random.integer(0, statSync(file).size));
        }
        await share(file, shard);
      }
      const trialsOf = (file: string): readonly string[] =>
        readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line.includes('"record":"trial"'));
      const report = mergeFiles(files, { out: path("merged.jsonl") });
      expect(report.outcome).toBe("agree");
      mergeFiles([...files].reverse().concat(files.slice(0, 7)), { out: path("again.jsonl") });
      expect(readFileSync(path("again.jsonl"), "utf8")).toBe(readFileSync(path("merged.jsonl"), "utf8"));
      const once = mergeFiles([whole], { out: path("once.jsonl") });
      expect(trialsOf(path("merged.jsonl"))).toEqual(trialsOf(path("once.jsonl")));
      expect(trialsOf(path("merged.jsonl")).length).toBe(own.length);
      for (const part of ["summary", "coverage", "support", "compared", "worstOfCases"] as const) {
        expect(report[part]).toEqual(once[part]);
      }
      // One that is missing shows.
      expect(mergeFiles(files.slice(1)).reasons.join()).toMatch(/of the 100 shards .* these are missing: 1/);
    },
    TIMEOUT_MS,
  );
});

describe("records that are larger than memory", () => {
  /** 300,000 take less than 128 MB as well, and some minutes. */
  const COUNT = Number(process.env.CORR2D_RECORDS ?? 12_000);
  const HEAP_MB = Number(process.env.CORR2D_HEAP_MB ?? 64);
  const CHUNK = 1000;

  function writeStream(file: string): void {
    const who = { algorithms: [{ name: "mine", version: "1" }], oracles: [{ name: "tfjs-cpu", version: "4" }] };
    const setup = recordSetup(who);
    const run = recordRun({
      setup: setup.id,
      asked: { seed: 1, cases: 0 },
      oracles: [{ name: "tfjs-cpu", version: "4", ran: true, threads: 1 }],
      required: [],
      node: "v24.0.0",
      platform: "test",
      started: new Date(0).toISOString(),
    });
    writeFileSync(file, `${lineOf(setup)}\n${lineOf(run)}\n`);
    for (let start = 0; start < COUNT; start += CHUNK) {
      const lines = Array.from({ length: Math.min(CHUNK, COUNT - start) }, (_, i) =>
        lineOf(trial(start + i, setup.id)),
      );
      appendFileSync(file, `${lines.join("\n")}\n`);
    }
    appendFileSync(file, `${lineOf(recordEnd(run.id, 1, 0))}\n`);
  }

  function trial(seed: number, setup: string) {
    const convCase = { ...own[seed % own.length]!, name: `record ${seed}` };
    const passes = ["forward", "inputGradient", "filterGradient"] as const;
    const accuracy = { mismatches: 0, worstRatio: (seed % 997) / 1000, worstUlp: seed % 7 };
    const comparisons = passes.flatMap((pass) =>
      ["reference", "tfjs-cpu"].map(
        (oracle): Comparison => ({
          ...{
            question: questionId({ case: convCase, values: "real", seed, pass }),
            case: convCase.name,
            data: "real",
          },
          ...{ seed, pass, algorithm: "mine", oracle, elements: 8, rung: "per-element bound", verdict: "agree" },
          ...{ ours: accuracy, theirs: accuracy },
        }),
      ),
    );
    const about = { convCase, passes, seed, kinds: ["real"] } as const;
    return recordTrial(about, { comparisons, refusals: [], vanished: [] }, setup);
  }

  it(
    "are merged in a heap that does not hold them",
    () => {
      const [file, out] = [path("stream.jsonl"), path("stream-merged.jsonl")];
      writeStream(file);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [`--max-old-space-size=${HEAP_MB}`, "--conditions=@corr2d/source", PROGRAM, "merge", file, "--records", out],
        { encoding: "utf8", cwd: folder },
      );
      expect(stderr).toBe("");
      expect(stdout).toMatch(new RegExp(`Trials: ${COUNT} `));
      expect(status).toBe(0);
      expect(statSync(out).size).toBe(statSync(file).size);
    },
    TIMEOUT_MS,
  );
});
