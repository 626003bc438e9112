import { CASES, type CaseData, type ConvCase, reference, VALUE_CLASSES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import type { ConvAdapter } from "./adapter.ts";
import { compare, type Findings, REFERENCE } from "./compare.ts";
import type { Divergence } from "./ledger.ts";
import { seededTrial, type Trial } from "./trials.ts";

/** What an implementation does to a question before or after it computes; the default does it right. */
interface Fault {
  readonly name: string;
  readonly data?: (data: CaseData, convCase: ConvCase) => CaseData;
  readonly convCase?: (convCase: ConvCase) => ConvCase;
  readonly result?: (result: Float32Array) => Float32Array;
}

/** The reference behind the contract, with a fault. */
function adapter(fault: Fault, about: Partial<ConvAdapter> = {}): ConvAdapter {
  return {
    name: fault.name,
    version: "1",
    threads: 1,
    supports: () => true,
    prepare(convCase, pass, data) {
      let result = new Float32Array();
      return {
        run() {
          const faultyCase = fault.convCase?.(convCase) ?? convCase;
          const faultyData = fault.data?.(data, convCase) ?? data;
          result = Float32Array.from(reference(faultyCase, pass, faultyData));
        },
        read: () => fault.result?.(result) ?? result,
        dispose() {},
      };
    },
    ...about,
  };
}

const RIGHT = adapter({ name: "right" });

/** Forward passes of the cases with these names. */
function forward(...names: string[]): Trial[] {
  return names.map((name) => {
    const convCase = CASES.find((candidate) => candidate.name === name);
    if (convCase === undefined) throw new Error(`testkit has no case "${name}"`);
    return { ...seededTrial(convCase, 1, ["exact", "real"]), passes: ["forward"] };
  });
}

function run(options: Partial<Parameters<typeof compare>[0]>): Promise<Findings> {
  return compare({ algorithms: [RIGHT], oracles: [RIGHT], trials: forward("odd kernel"), ledger: [], ...options });
}

/** Every second value of `array` in place of each pair's first: a tap read from its neighbour. */
function swapNeighbours(array: Float32Array): Float32Array {
  return array.map((_, i) => array[i % 2 === 0 && i + 1 < array.length ? i + 1 : i - (i % 2)]);
}

function flip(filter: Float32Array, { filterShape: [height, width, ...channels] }: ConvCase): Float32Array {
  const depth = channels[0] * channels[1];
  return filter.map((_, i) => filter[(height * width - 1 - Math.floor(i / depth)) * depth + (i % depth)]);
}

describe("compare sees", () => {
  const faults: readonly (Fault & { readonly case: string })[] = [
    {
      name: "a padding off by one",
      case: "padding differs on every side",
      convCase: (c) => ({
        ...c,
        padding: [
          [1, 1],
          [3, 1],
        ],
      }),
    },
    { name: "swapped strides", case: "stride differs by axis", convCase: (c) => ({ ...c, strides: [2, 3] }) },
    { name: "swapped dilations", case: "dilation differs by axis", convCase: (c) => ({ ...c, dilations: [2, 4] }) },
    { name: "a flipped kernel", case: "odd kernel", data: (d, c) => ({ ...d, filter: flip(d.filter, c) }) },
    { name: "neighbouring channels", case: "2 groups", data: (d) => ({ ...d, x: swapNeighbours(d.x) }) },
    { name: "no bias", case: "odd kernel", convCase: (c) => ({ ...c, bias: false }) },
    { name: "a dropped tap", case: "even kernel", data: (d) => ({ ...d, filter: d.filter.with(0, 0) }) },
    { name: "one wrong element", case: "prime sizes", result: (y) => y.with(y.length - 1, y[0]) },
    { name: "a result too short", case: "odd kernel", result: (y) => y.slice(1) },
    { name: "zeros", case: "odd kernel", result: (y) => y.fill(0) },
    { name: "rounding to float16", case: "many channels in, 1 out", result: (y) => y.map(toFloat16) },
  ];

  it.each(faults)("$name", async (fault) => {
    const { comparisons } = await run({ algorithms: [adapter(fault)], trials: forward(fault.case) });
    expect(comparisons.length).toBe(4);
    const wrong = comparisons.filter(({ verdict }) => verdict === "ours is wrong");
    expect(new Set(wrong.map(({ oracle }) => oracle))).toEqual(new Set([REFERENCE, "right"]));
    expect(wrong.every(({ reason }) => (reason ?? "") !== "")).toBe(true);
  });
});

/** 11 significant bits, as float16 has. */
function toFloat16(value: number): number {
  const scale = 2 ** (10 - Math.floor(Math.log2(Math.abs(value) || 1)));
  return Math.round(value * scale) / scale;
}

describe("compare", () => {
  it("agrees where everything is right, on both kinds of data, in every pass", async () => {
    const convCase = CASES.find(({ name }) => name === "groups, stride and dilation")!;
    const { comparisons, refusals, vanished } = await run({ trials: [seededTrial(convCase, 1)] });
    expect(comparisons.length).toBe(VALUE_CLASSES.length * 4 * 2);
    expect(comparisons.every(({ verdict }) => verdict === "agree")).toBe(true);
    expect([refusals, vanished]).toEqual([[], []]);
  });

  it("finds the oracle wrong where it is, and the reference never", async () => {
    const { comparisons } = await run({ oracles: [adapter({ name: "zeros", result: (y) => y.fill(0) })] });
    const byOracle = (name: string) => comparisons.filter(({ oracle }) => oracle === name);
    expect(byOracle("zeros").map(({ verdict }) => verdict)).toEqual(["tfjs is wrong", "tfjs is wrong"]);
    expect(byOracle(REFERENCE).map(({ verdict }) => verdict)).toEqual(["agree", "agree"]);
  });

  it("reports what cannot be asked with the reason, and compares nothing there", async () => {
    const picky = { ...RIGHT, name: "picky", supports: () => "even kernels only" };
    const { comparisons, refusals } = await run({ oracles: [picky] });
    expect(refusals).toEqual([{ case: "odd kernel", pass: "forward", by: "picky", reason: "even kernels only" }]);
    expect(comparisons.map(({ oracle }) => oracle)).toEqual([REFERENCE, REFERENCE]);
  });

  it("frees what it prepared, also after a failure, and reports the failure", async () => {
    let open = 0;
    const failing: ConvAdapter = {
      ...RIGHT,
      name: "failing",
      prepare() {
        open++;
        return {
          run: () => Promise.reject(new Error("out of memory")),
          read: () => new Float32Array(),
          dispose: () => {
            open--;
          },
        };
      },
    };
    const { comparisons } = await run({ algorithms: [failing] });
    expect(comparisons.map(({ verdict, reason }) => `${verdict}: ${reason}`)).toEqual(
      Array.from({ length: 4 }, () => "ours is wrong: threw: out of memory"),
    );
    expect(open).toBe(0);
  });

  it("asks for the same bits only where both promise the same sums", async () => {
    const nudge = (y: Float32Array) => y.map((value) => (value === 0 ? value : Math.fround(value * (1 + 2 ** -23))));
    const promise = { summation: { forward: "in order" } };
    const nudged = adapter({ name: "nudged", result: nudge }, promise);
    const real = forward("many channels in, 1 out").map((trial) => ({ ...trial, data: () => trial.data().slice(1) }));
    const verdictAgainst = async (oracle: ConvAdapter) =>
      (await run({ algorithms: [nudged], oracles: [oracle], trials: real })).comparisons.find(
        (comparison) => comparison.oracle === oracle.name,
      );
    expect(await verdictAgainst(RIGHT)).toMatchObject({ rung: "per-element bound", verdict: "agree" });
    expect(await verdictAgainst({ ...RIGHT, ...promise })).toMatchObject({
      rung: "bit-exact",
      verdict: "ours is wrong",
    });
  });
});

describe("compare holds an algorithm that promises less to what it promises", () => {
  /** Off by a millionth of the largest result, as a transform may be. */
  const transformed = adapter(
    {
      name: "transformed",
      result: (y) => y.map((v) => v + 1e-6 * y.reduce((most, w) => Math.max(most, Math.abs(w)), 0)),
    },
    { promises: () => ({ normwise: 1e-5 }) },
  );

  it("its normwise bound, on exact data too", async () => {
    const { comparisons } = await run({ algorithms: [transformed] });
    expect(comparisons.map(({ rung, verdict }) => `${rung}: ${verdict}`)).toEqual(
      Array.from({ length: 4 }, () => "normwise bound: agree"),
    );
    const strict = await run({ algorithms: [{ ...transformed, promises: () => ({ normwise: 1e-9 }) }] });
    expect(strict.comparisons.every(({ verdict }) => verdict === "ours is wrong")).toBe(true);
  });
});

describe("compare and the ledger", () => {
  const expectsZeros: Divergence = {
    id: "zeros",
    oracle: "zeros",
    version: "1",
    what: "returns zeros",
    why: "it was made to",
    issues: [],
    certain: true,
    applies: ({ name }) => name === "odd kernel",
  };
  const zeros = adapter({ name: "zeros", result: (y) => y.fill(0) });

  it("expects what the ledger expects, and nothing else", async () => {
    const trials = forward("odd kernel", "even kernel");
    const { comparisons, vanished } = await run({ oracles: [zeros], trials, ledger: [expectsZeros] });
    const wrong = comparisons.filter(({ verdict }) => verdict === "tfjs is wrong");
    expect(wrong.map((comparison) => [comparison.case, comparison.expected])).toEqual([
      ["odd kernel", "zeros"],
      ["odd kernel", "zeros"],
      ["even kernel", undefined],
      ["even kernel", undefined],
    ]);
    expect(vanished).toEqual([]);
  });

  it("reports a divergence that has vanished, unless it was left to chance", async () => {
    const mended = { ...RIGHT, name: "zeros" };
    const { vanished } = await run({ oracles: [mended], ledger: [expectsZeros] });
    expect(vanished).toEqual([{ id: "zeros", case: "odd kernel", pass: "forward" }]);
    const byChance = await run({ oracles: [mended], ledger: [{ ...expectsZeros, certain: false }] });
    expect(byChance.vanished).toEqual([]);
  });
});
