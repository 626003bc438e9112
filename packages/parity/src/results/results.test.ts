/** Records: nothing is lost in them, sets of them add up, files of them survive being cut. */

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CASES, reference } from "@corr2d/testkit";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConvAdapter } from "../adapter.ts";
import { compare, type Findings } from "../compare.ts";
import { corr2dAdapter } from "../corr2d.ts";
import { LEDGER } from "../ledger.ts";
import { loadOracle } from "../oracles/known.ts";
import { addTally, emptyTally, tallyTrial } from "../tally.ts";
import { seededTrial, type Trial } from "../trials.ts";
import { mergeRecords, reportOf } from "./merge.ts";
import { mergeFiles } from "./merge-files.ts";
import { appendRecords, readRecords, repairRecords } from "./record-file.ts";
import { lineOf, parseLine, type ResultRecord, recordEnd, recordRun, recordSetup } from "./result-record.ts";
import { answersId, findingsOf, recordTrial, setupId, type TrialRecord, trialRecordId } from "./trial-record.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-results-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Wrong wherever there is a bias, and silent where there are groups. */
const careless: ConvAdapter = {
  name: "careless",
  version: "2.0.0",
  threads: 1,
  supports: ({ groups }, pass) => (pass !== "forward" ? "it has no gradients" : groups === 1 || "it knows no groups"),
  prepare: (convCase, pass, { bias, ...data }) => ({
    run() {
      if (convCase.inputShape[0] === 0) throw new Error("nothing to do");
    },
    read: () => Float32Array.from(reference({ ...convCase, bias: false }, pass, data)),
    dispose() {},
  }),
};

/** What compare told, trial by trial, and the records of it. */
const found: { trial: Trial; findings: Findings; record: TrialRecord }[] = [];
let records: readonly ResultRecord[];
beforeAll(async () => {
  const oracles = [await loadOracle("tfjs-wasm"), await loadOracle("tfjs-cpu")];
  const trials = CASES.map((convCase) => seededTrial(convCase, 3, ["exact", "real", "non-finite"]));
  const all: ResultRecord[] = [];
  for (const algorithms of [[corr2dAdapter("naive"), careless], [corr2dAdapter("tiled")]]) {
    const setup = { algorithms: who(algorithms), oracles: who(oracles) };
    const run = recordRun({
      setup: setupId(setup),
      asked: { seed: 3, cases: 0 },
      oracles: oracles.map(({ name, version, threads }) => ({ name, ran: true, version, threads })),
      required: [],
      node: "v24.0.0",
      platform: "test",
      started: new Date(0).toISOString(),
    });
    all.push(recordSetup(setup), run, recordEnd(run.id, 1, CASES.length));
    await compare({
      algorithms,
      oracles,
      trials,
      ledger: LEDGER,
      onTrial(_done, _total, trial, findings) {
        const record = recordTrial(trial, findings, setupId(setup));
        found.push({ trial, findings, record });
        all.push(record);
      },
    });
  }
  records = all;
});

function who(adapters: readonly ConvAdapter[]): { name: string; version: string }[] {
  return adapters.map(({ name, version }) => ({ name, version }));
}

describe("a record", () => {
  it("holds everything that was found", () => {
    expect(found.length).toBe(2 * CASES.length);
    const verdicts = new Set<string>();
    for (const { findings, record } of found) {
      const again = findingsOf(parseLine(lineOf(record)) as TrialRecord);
      const byPlace = (comparisons: Findings["comparisons"]) =>
        [...comparisons].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
      expect(byPlace(again.comparisons)).toEqual(byPlace(findings.comparisons));
      expect(again.refusals).toEqual(findings.refusals);
      expect(again.vanished).toEqual(findings.vanished);
      for (const { verdict } of findings.comparisons) verdicts.add(verdict);
    }
    expect([...verdicts].sort()).toEqual(["agree", "ours is wrong", "tfjs is wrong"]);
  });

  it("is known by its content", () => {
    const [first, second] = found.map(({ record }) => record);
    expect(first.id).not.toBe(second.id);
    const { trial, findings } = found[0];
    expect(recordTrial({ ...trial, seed: 4 }, findings, first.setup).trial).not.toBe(first.trial);
    const other = setupId({ algorithms: [{ name: "corr2d/naive", version: "9.9.9" }], oracles: [] });
    const again = recordTrial(trial, findings, other);
    expect([again.trial === first.trial, again.id === first.id]).toEqual([true, false]);
  });

  it("is refused where it is no record, or another's", () => {
    const line = lineOf(found[0].record);
    expect(() => parseLine("{")).toThrow("it is no JSON");
    expect(() => parseLine('{"record":"trial"}')).toThrow(RangeError);
    expect(() => parseLine(line.replace('"agree"', '"perhaps"').replace('"rung":"', '"rung":"x'))).toThrow(RangeError);
    expect(() => parseLine(line.replace('"seed":3', '"seed":4'))).toThrow("but that of its content is");
    expect(() => parseLine(line.replace(/"mismatches":0/, '"mismatches":1'))).toThrow("the hash of its answers is");
    const { record } = found.find(({ findings }) => findings.comparisons.some(({ ours }) => ours?.mismatches === 0))!;
    const [first] = record.questions;
    const [name, answer] = Object.entries(first!.algorithms)[0]!;
    const wrong = { ...answer, accuracy: { ...answer.accuracy!, mismatches: 1 } };
    const questions = [{ ...first!, algorithms: { ...first!.algorithms, [name]: wrong } }];
    const forged = { ...record, questions, answers: answersId({ ...record, questions }) };
    expect(() => parseLine(lineOf(forged))).toThrow(/its verdict on .* is "agree", by their answers "ours is wrong"/);
  });
});

function placeOf({ question, algorithm, oracle }: Findings["comparisons"][number]): string {
  return JSON.stringify([question, algorithm, oracle]);
}

/** Records for a property to take from. */
const SOME = 24;

describe("merge", () => {
  const someRecords = (): fc.Arbitrary<readonly ResultRecord[]> => fc.shuffledSubarray(records.slice(-SOME));
  const lines = (some: readonly ResultRecord[]): readonly string[] => some.map(lineOf);

  it("is associative, commutative and idempotent", () => {
    fc.assert(
      fc.property(someRecords(), someRecords(), someRecords(), (a, b, c) => {
        const all = lines(mergeRecords(a, b, c));
        expect(lines(mergeRecords(mergeRecords(a, b), c))).toEqual(all);
        expect(lines(mergeRecords(a, mergeRecords(b, c)))).toEqual(all);
        expect(lines(mergeRecords(c, a, b))).toEqual(all);
        expect(lines(mergeRecords(a, a))).toEqual(lines(mergeRecords(a)));
        expect(lines(mergeRecords(a, b, a))).toEqual(lines(mergeRecords(b, a)));
      }),
      { numRuns: 25 },
    );
  });

  it("gives the same report for the same records, however they were shared out", () => {
    const whole = reportOf(records);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 50 }), (shares) => {
        // Each record goes to one file, or to two.
        const files = [0, 1, 2].map((file) =>
          records.filter((_, i) => ((shares[i % shares.length] + 1) & (1 << file)) !== 0),
        );
        expect(reportOf(mergeRecords(...files))).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });

  it("adds up to what was found", () => {
    const tally = emptyTally();
    for (const { trial, findings, record } of found) {
      if (record.setup === found[0].record.setup) addTally(tally, tallyTrial(findings, trial));
    }
    const own = records.filter((record) => !("setup" in record) || record.setup === found[0].record.setup);
    const { disagreements, compared, outcome } = reportOf(own);
    expect(outcome).toBe("disagree");
    expect(new Set(disagreements.map(placeOf))).toEqual(new Set(tally.disagreements.map(placeOf)));
    const total = Object.values(tally.rows).reduce((sum, row) => sum + row.compared, 0);
    expect(compared.withOracles + compared.withReference).toBe(total);
    expect(total).toBeGreaterThan(1000);
  });

  it("counts once what two setups were asked alike", () => {
    const { findings, record, trial } = found[0];
    const setup = { algorithms: [{ name: "corr2d/naive", version: "1" }], oracles: [] };
    const more = { ...setup, oracles: [{ name: "another", version: "1" }] };
    const [one, two] = [setup, more].map((each) => recordTrial(trial, findings, setupId(each)));
    const setups = [recordSetup(setup), recordSetup(more)];
    expect(record.trial).toBe(one.trial);
    expect(reportOf([...setups, one, two]).compared).toEqual(reportOf([...setups, one]).compared);
  });

  it("says who answered the same in two ways", () => {
    const { record } = found[0];
    const [question] = record.questions;
    const questions = [{ ...question, elements: question.elements + 1 }];
    const changed: TrialRecord = { ...record, questions, answers: answersId({ ...record, questions }) };
    const { outcome, reasons } = reportOf([...records, changed]);
    expect(outcome).toBe("disagree");
    expect(reasons.join("\n")).toContain("answered otherwise another time");
    expect(reportOf([changed, ...records]).reasons).toEqual(reasons);
  });

  it("lets other versions answer otherwise, and needs no word of who they are", () => {
    const { record } = found[0];
    const [question] = record.questions;
    const questions = [{ ...question, elements: question.elements + 1 }];
    const setup = {
      algorithms: ["corr2d/naive", "careless"].map((name) => ({ name, version: "9.9.9" })),
      oracles: [],
    };
    const other: TrialRecord = {
      ...record,
      id: trialRecordId(record.trial, setupId(setup)),
      setup: setupId(setup),
      questions,
      answers: answersId({ ...record, questions }),
    };
    for (const all of [[...records, recordSetup(setup), other], [other]]) {
      expect(reportOf(all).reasons.join("\n")).not.toContain("answered otherwise");
    }
  });

  it("misses no trial of a run that was broken off before its first", () => {
    const { reasons } = reportOf(records.filter(({ record }) => record === "setup" || record === "run"));
    expect(reasons.join("\n")).toContain("did not come to its end");
    expect(reasons.join("\n")).not.toContain("trials of seed");
  });

  it("sees a line that was lost after the run had ended", () => {
    const lost = records.findIndex(({ record }) => record === "trial");
    const { outcome, reasons } = reportOf(records.toSpliced(lost, 1));
    expect(outcome).toBe("could not run");
    expect(reasons).toContain(
      `1 of ${CASES.length} trials of seed 3 are missing: lines were lost after the run had ended`,
    );
  });

  it("refuses several versions of one implementation, and several platforms, unless told to", () => {
    const setup = { algorithms: [{ name: "careless", version: "1" }], oracles: [] };
    const [run] = records.filter((record) => record.record === "run");
    const other = recordRun({ ...withoutId(run!), setup: setupId(setup), platform: "elsewhere" });
    const all = [...records, recordSetup(setup), other, recordEnd(other.id, 1, 0)];
    expect(reportOf(all).reasons.join()).not.toContain("--mixed");
    const { outcome, reasons } = reportOf(all, { mixed: false });
    expect(outcome).toBe("could not run");
    expect(reasons).toContain(
      "these are records of 2 versions of careless: 1; 2.0.0; merge those of one, or say --mixed",
    );
    expect(reasons).toContain("these are records of 2 platforms: elsewhere; test; merge those of one, or say --mixed");
  });

  it("of files gives the bits that memory does, in any order and however they were shared out", () => {
    const trials = records.filter(({ record }) => record === "trial");
    const rest = records.filter(({ record }) => record !== "trial");
    const paths = [0, 1, 2].map((i) => join(folder, `share${i}.jsonl`));
    for (const [i, path] of paths.entries()) appendRecords(path, [...trials.filter((_, at) => at % 3 === i), ...rest]);
    const merged = join(folder, "merged.jsonl");
    const report = mergeFiles([...paths].reverse(), { out: merged });
    // Read back, answers stand in the order of their names.
    expect(report).toEqual(reportOf(records.map((record) => parseLine(lineOf(record)))));
    expect(readFileSync(merged, "utf8")).toBe(
      mergeRecords(records)
        .map((record) => `${lineOf(record)}\n`)
        .join(""),
    );
    const again = join(folder, "again.jsonl");
    mergeFiles([merged, paths[1]!], { out: again });
    expect(readFileSync(again).equals(readFileSync(merged))).toBe(true);
  });

  it("says what is missing", () => {
    const unended = records.filter(({ record }) => record !== "end");
    expect(reportOf(unended)).toMatchObject({
      outcome: "could not run",
      reasons: expect.arrayContaining([
        "a run (seed 3, 0 generated) did not come to its end; go on with it by --resume",
      ]),
    });
    const sharded = records.map((record) =>
      record.record === "run" ? recordRun({ ...withoutId(record), asked: shard(2, 3) }) : record,
    );
    expect(reportOf(sharded).reasons).toContain(
      "of the 3 shards of a run (seed 3, 0 generated) these are missing: 1, 3",
    );
    const asked = { seed: 3, cases: 5, path: "4:0", only: "same", shard: { index: 1, count: 2 } };
    const [run] = records.filter((record) => record.record === "run");
    expect(reportOf([recordRun({ ...withoutId(run!), asked })]).reasons).toContain(
      'a run (seed 3, 5 generated, path 4:0, only "same", shard 1/2) did not come to its end; go on with it by --resume',
    );
  });

  function shard(index: number, count: number) {
    return { seed: 3, cases: 0, shard: { index, count } };
  }

  function withoutId({ record: _, id: __, ...run }: Extract<ResultRecord, { record: "run" }>) {
    return run;
  }
});

describe("a file of records", () => {
  it("cut anywhere holds the records whose lines are whole, and can be gone on with", () => {
    const path = join(folder, "cut.jsonl");
    const few = records.slice(0, 8);
    appendRecords(path, few);
    const bytes = readFileSync(path);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length }), (length) => {
        writeFileSync(path, bytes);
        truncateSync(path, length);
        const whole = bytes.subarray(0, length).toString("utf8").split("\n").length - 1;
        expect(readRecords(path)).toEqual(few.slice(0, whole));
        expect(repairRecords(path)).toEqual(few.slice(0, whole));
        appendRecords(path, few.slice(whole));
        expect(readFileSync(path).equals(bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("names the line that cannot be understood", () => {
    const path = join(folder, "bad.jsonl");
    writeFileSync(path, `${lineOf(records[0])}\n{"record":"trial"}\n${lineOf(records[1])}\n`);
    expect(() => readRecords(path)).toThrow(/bad\.jsonl, line 2: /);
  });
});
