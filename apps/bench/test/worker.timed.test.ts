import { access, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConvCase } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { runInChild } from "../src/measure/child.ts";
import {
  type CaseJob,
  type CaseOptions,
  type MeasuredCase,
  measureCase,
  type PooledVariant,
} from "../src/measure/measure-case.ts";

const convCase: ConvCase = {
  name: "tiny",
  inputShape: [1, 5, 5, 2],
  filterShape: [3, 3, 2, 3],
  strides: [1, 1],
  padding: "same",
  dilations: [1, 1],
  groups: 1,
  bias: true,
};

/** Fixtures measured on a tiny case, quickly. */
function measure(
  variants: readonly string[],
  job: Partial<CaseJob> = {},
  options: Partial<CaseOptions> = {},
): Promise<MeasuredCase> {
  return measureCase(
    {
      kind: "measure",
      benchCase: { suite: "test", convCase, data: "seeded" },
      pass: "forward",
      fresh: false,
      variants,
      subject: variants[0],
      adapterModules: ["adapters", "hanging-adapter"].map((name) =>
        fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url)),
      ),
      seed: 1,
      timePerVariant: 20,
      rounds: 5,
      slowestRun: 60,
      slowAllowance: Number.POSITIVE_INFINITY,
      predictedMs: {},
      ...job,
    },
    { processes: 1, silenceLimit: 50_000, onStep: () => {}, ...options },
  );
}

function named(measured: MeasuredCase, name: string): PooledVariant {
  return measured.variants.find(({ variant }) => variant === name)!;
}

describe.concurrent("measureCase", () => {
  it("times those who agree, in every process, and the subject twice", async () => {
    const measured = await measure(["good", "half as fast"], {}, { processes: 2 });
    for (const name of ["good", "half as fast"]) {
      const found = named(measured, name);
      expect(found).toMatchObject({ outcome: "timed", reason: null, version: "1.2.3", threads: 1, scratchBytes: 64 });
      expect(found.rounds).toHaveLength(2);
      expect(found.rounds.flat()).toHaveLength(10);
      // On a machine that is busy even these are slow at times, and sit a round out.
      const times = found.rounds.flat().filter((time) => time !== null);
      expect(times.every((time) => time > 0)).toBe(true);
      expect(found.runs).toBeGreaterThanOrEqual(times.length);
      expect(found.judged?.agreement).toMatchObject({ agrees: true });
    }
    expect(measured.selfRounds.map((rounds) => rounds.length)).toEqual([5, 5]);
  });

  it("times ours, with preparation inside the clock where weights are fresh", async () => {
    const measured = await measure(["corr2d/naive", "corr2d/tiled"], { fresh: true, subject: "corr2d/tiled" });
    expect(measured.variants.map(({ outcome }) => outcome)).toEqual(["timed", "timed"]);
  });

  it("times whole calls as the implementation makes them, where weights are fresh and it says how", async () => {
    const measured = await measure(["slow but at once", "good"], { fresh: true, subject: "good" });
    expect(named(measured, "slow but at once")).toMatchObject({ outcome: "timed", reason: null });
    const prepared = await measure(["slow but at once", "good"], { subject: "good" });
    expect(named(prepared, "slow but at once").outcome).toBe("too slow");
  });

  it("gives who changes a whole process one of its own", async () => {
    const names = ["corr2d/revectorized", "corr2d/auto"];
    const measured = await measure(names, { subject: "corr2d/auto" }, { processes: 2 });
    const [wide, narrow] = names.map((name) => named(measured, name));
    expect(narrow).toMatchObject({ outcome: "timed", rounds: { length: 2 } });
    expect(measured.selfRounds).toHaveLength(2);
    expect(measured.selfRoundsApart).toHaveLength(wide.outcome === "timed" ? 2 : 0);
    // Not every machine has wide instructions.
    if (wide.outcome === "unavailable") expect(wide.reason).toMatch(/^re-vectorising is refused: /);
    else expect(wide).toMatchObject({ outcome: "timed", rounds: { length: 2 } });
  });

  it("times those who have several threads with several, and says why the others are not", async () => {
    const names = ["threaded", "good", "corr2d/auto", "corr2d/tiled", "wrong"];
    const { threaded, variants } = await measure(names, {}, { threads: [2] });
    expect(threaded).toMatchObject([{ threads: 2, selfRounds: { length: 1 } }]);
    const of = (name: string) => threaded[0].variants.find(({ variant }) => variant === name);
    expect(of("threaded")).toMatchObject({ outcome: "timed", threads: 2, rounds: { length: 1 } });
    expect(of("good")).toMatchObject({
      outcome: "unsupported",
      reason: "it computes on one thread, whatever is asked for",
    });
    expect(of("corr2d/auto")).toMatchObject({ outcome: "timed", threads: 2, rounds: { length: 1 } });
    expect(of("corr2d/tiled")).toMatchObject({ outcome: "unsupported", reason: expect.stringMatching(/JavaScript/) });
    // Who is wrong on one thread is not asked again.
    expect(variants.find(({ variant }) => variant === "wrong")?.outcome).toBe("disagrees");
    expect(of("wrong")).toBeUndefined();
  });

  it("times no wrong result, and says how wrong it is", async () => {
    const wrong = named(await measure(["good", "wrong"]), "wrong");
    expect(wrong).toMatchObject({ outcome: "disagrees", rounds: [], runs: 0 });
    expect(wrong.reason).toMatch(/the worst error is .* times what is allowed/);
    expect(wrong.judged?.agreement.worstErrorOverBound).toBeGreaterThan(1);
  });

  it("notices a result that changes while it is timed", async () => {
    const measured = await measure(["good", "drifting"]);
    expect(named(measured, "drifting").reason).toBe(
      "the result after the last round differs from the one that was judged",
    );
    expect(named(measured, "good").outcome).toBe("timed");
  });

  it("notices who remembers instead of computing", async () => {
    const measured = await measure(["good", "remembering arrays", "remembering first elements"]);
    for (const name of ["remembering arrays", "remembering first elements"]) {
      expect(named(measured, name).outcome, name).toBe("disagrees");
      expect(named(measured, name).reason).toMatch(/^its result does not follow the input: /);
    }
    expect(named(measured, "good").outcome).toBe("timed");
  });

  it("lets the slow take part in as many processes as their share of the run lasts for", async () => {
    // A run takes 120 ms, of which a process has four: 1.4 s are enough for two of three, however busy the machine.
    const limits = { slowestRun: 5000, timePerVariant: 20 };
    const some = await measure(["good", "slow"], { ...limits, slowAllowance: 1400 }, { processes: 3 });
    expect(named(some, "slow")).toMatchObject({ outcome: "timed", rounds: { length: 2 } });
    expect(named(some, "good").rounds).toHaveLength(3);
  });

  it("times the subject however slow it is", async () => {
    const measured = await measure(["slow", "good"], { slowestRun: 5000, timePerVariant: 20, slowAllowance: 10 });
    expect(named(measured, "slow").outcome).toBe("timed");
  });

  it("does not ask those of whom it is known that they would take too long", async () => {
    const found = await measure(["good", "throwing"], {
      slowAllowance: 2000,
      predictedMs: { throwing: 50_000, good: 1 },
    });
    expect(named(found, "throwing")).toMatchObject({ outcome: "too slow" });
    expect(named(found, "throwing").reason).toMatch(
      /one run takes 50 s, more .* judging by its speed on other layers$/,
    );
    expect(named(found, "good").outcome).toBe("timed");
  });

  it("lets each process draw an order of its own", async () => {
    const orders: string[][] = [[], []];
    const onStep = (process: number, variant: string | null, doing: string) => {
      if (doing.startsWith("round")) orders[process].push(`${doing} ${variant}`);
    };
    await measure(
      ["good", "half as fast", "slow to prepare"],
      { subject: null, timePerVariant: 500 },
      { processes: 2, onStep },
    );
    const [first, second] = orders;
    // On a machine that is busy one of them may sit a round out.
    expect(first.length).toBeGreaterThan(6);
    expect(second).not.toEqual(first);
  });

  it("does not wait for the slow, and says why", async () => {
    const slow = named(await measure(["good", "slow"]), "slow");
    expect(slow.outcome).toBe("too slow");
    expect(slow.reason).toMatch(/^one run takes \d+\.\d+ s, more than the limit of 0\.06 s$/);
  });

  it("reports one who throws, and one who cannot be had", async () => {
    const measured = await measure(["good", "throwing", "absent"]);
    expect(named(measured, "throwing")).toMatchObject({ outcome: "failed", reason: "no luck today" });
    expect(named(measured, "absent")).toMatchObject({ outcome: "unavailable", reason: "not on this machine" });
    expect(named(measured, "good").outcome).toBe("timed");
  });

  it("blames nobody else for one that cannot be disposed of", async () => {
    const measured = await measure(["good", "undisposable", "half as fast"]);
    expect(named(measured, "undisposable")).toMatchObject({
      outcome: "failed",
      reason: "it cannot be disposed of: it stays",
    });
    for (const name of ["good", "half as fast"]) expect(named(measured, name).outcome).toBe("timed");
  });

  it("notices a process that dies, names who did it, and measures the others", async () => {
    const measured = await measure(["crashing", "good", "leaving"]);
    expect(named(measured, "crashing").outcome).toBe("failed");
    expect(named(measured, "crashing").reason).toMatch(/its process died \(signal SIGABRT\) while agreeing/);
    expect(named(measured, "leaving").reason).toMatch(/its process died \(exit code 3\) while agreeing/);
    expect(named(measured, "good").outcome).toBe("timed");
  });

  it("does again what was cut off from outside, and says so where that was cut off, too", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "corr2d-cut-off-")), "not yet");
    await writeFile(file, "");
    process.env.CORR2D_TEST_CUT_OFF = file;
    const measured = await measure(["cut off once", "cut off", "good"]);
    await expect(access(file)).rejects.toThrow("ENOENT");
    expect(named(measured, "cut off once")).toMatchObject({ outcome: "timed", reason: null });
    expect(named(measured, "cut off").reason).toMatch(
      /died \(signal SIGTERM\) while agreeing.*; so did the process before it, and neither ended itself$/,
    );
    expect(named(measured, "good").outcome).toBe("timed");
  });

  it("ends a process that hangs, names who did it, and measures the others", async () => {
    const measured = await measure(["hanging", "good"], {}, { silenceLimit: 6_000 });
    expect(named(measured, "hanging")).toMatchObject({
      outcome: "failed",
      reason: "no sign of life for 6 s while agreeing with the truth",
    });
    expect(named(measured, "good").outcome).toBe("timed");
  });

  it("gives the reason for all where the case itself is impossible", async () => {
    const impossible: ConvCase = { ...convCase, inputShape: [1, 2, 2, 2], padding: "valid" };
    const measured = await measure(["good", "slow"], {
      benchCase: { suite: "test", convCase: impossible, data: "seeded" },
    });
    expect(measured.variants.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
    expect(measured.variants[0].reason).toContain("kernel");
  });
});

describe("first calls in a process", () => {
  it("take longer than later ones by the time of preparing, for each case in turn", async () => {
    const benchCase = { suite: "test", convCase, data: "seeded" } as const;
    const adapterModules = [fileURLToPath(new URL("fixtures/adapters.ts", import.meta.url))];
    const job = {
      kind: "first calls",
      cases: [benchCase, benchCase],
      pass: "forward",
      adapterModules,
      seed: 1,
    } as const;
    const ending = await runInChild({ ...job, variant: "slow to prepare" }, { silenceLimit: 50_000 });
    expect(ending).toMatchObject({ kind: "answered", answer: { kind: "first calls", aboveSteadyMs: { length: 2 } } });
    if (ending.kind === "answered" && ending.answer.kind === "first calls") {
      for (const above of ending.answer.aboveSteadyMs) expect(above).toBeGreaterThanOrEqual(40);
    }
    const throwing = await runInChild({ ...job, variant: "throwing" }, { silenceLimit: 50_000 });
    expect(throwing).toMatchObject({ kind: "failed", reason: "no luck today" });
  });
});
