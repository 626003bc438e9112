/** The matrix: which points pass a filter, and where they stand. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PageData, PageQuestion } from "../render/page-data.ts";
import { type Filter, layOut } from "./points.ts";
import { detailOf, tooltipOf } from "./words.ts";

const ALL: Filter = { oracle: 0, kind: "", onlyWrong: false, byRatio: false, text: "" };
const HOSTILE = `<img src=x onerror="alert('1')">`;

function question(index: number, more: Partial<PageQuestion> = {}): PageQuestion {
  return {
    case: index % 3,
    kind: index % 2,
    pass: index % 4 === 3 ? "filterGradient" : "forward",
    seed: 7,
    elements: 12,
    algorithms: [
      [0, index / 100, index, "per-element bound"],
      ...(index % 5 === 0 ? [] : [[1, 0, 0, "exact by data"] as const]),
    ],
    oracles: [
      [0, 0.5, 1, "per-element bound"],
      ...(index % 2 === 0 ? [[1, 0.2, 0, "per-element bound"] as const] : []),
    ],
    ...(index === 4 && { exceptions: [[0, 1, "ours is wrong", "it is", ""] as const] }),
    ...(index === 6 && { exceptions: [[0, 1, "tfjs is wrong", "it is", "entry"] as const] }),
    ...more,
  };
}

function dataOf(questions: readonly PageQuestion[]): PageData {
  return {
    algorithms: ["corr2d/naive", "mine"],
    oracles: ["reference", "tfjs-cpu"],
    kinds: ["real", "exact"],
    cases: [
      { name: "stride 2", shape: "1×9 ∗ 3" },
      { name: HOSTILE, shape: "1×1 ∗ 1" },
      { name: "it's even", shape: "1×8 ∗ 2" },
    ],
    questions,
    total: questions.length,
  };
}

const data = dataOf(Array.from({ length: 40 }, (_, index) => question(index)));

describe("layOut", () => {
  it("gives every answer a place of its own, inside its block", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.2, max: 6, noNaN: true }), (count, aspect) => {
        const some = dataOf(Array.from({ length: count }, (_, index) => question(index)));
        const { points, passes, algorithms, columns, rows } = layOut(some, ALL, aspect);
        expect(new Set(points.map(({ x, y }) => `${x} ${y}`)).size).toBe(points.length);
        expect(points).toHaveLength(some.questions.reduce((sum, { algorithms: by }) => sum + by.length, 0));
        for (const { x, y, question: asked, algorithm } of points) {
          expect(passes[Math.floor(x)]).toBe(asked.pass);
          expect(algorithms[Math.floor(y)]).toBe(algorithm);
        }
        expect(columns * rows).toBeGreaterThanOrEqual(count / passes.length);
      }),
    );
  });

  it("puts a question at the same place in every block of its pass", () => {
    const { points } = layOut(data, ALL, 2);
    for (const asked of data.questions) {
      const [first, second] = points.filter((point) => point.question === asked);
      if (second === undefined) continue;
      expect(second.x).toBe(first.x);
      expect(second.y - first.y).toBeCloseTo(1, 12);
    }
  });

  it.each([
    [{ kind: "exact" }, 20],
    [{ oracle: 1 }, 20],
    [{ oracle: 1, onlyWrong: true }, 2],
    [{ onlyWrong: true }, 0],
    [{ text: "STRIDE" }, 14],
    [{ text: "even real" }, 7],
    [{ text: "even stride" }, 0],
  ])("passes what is asked for: %j", (filter, count) => {
    expect(layOut(data, { ...ALL, ...filter }, 2).questions).toBe(count);
  });

  it("says what is wrong, what is known to be, what is exact", () => {
    const tones = new Map(
      layOut(data, { ...ALL, oracle: 1 }, 2).points.map(({ question: asked, algorithm, tone }) => [
        `${data.questions.indexOf(asked)}/${algorithm}`,
        tone,
      ]),
    );
    expect([tones.get("4/0"), tones.get("6/0"), tones.get("8/0"), tones.get("8/1")]).toEqual([
      "wrong",
      "known",
      "bounded",
      "exact",
    ]);
  });

  it("puts the worst first where that is asked for", () => {
    const { points } = layOut(data, { ...ALL, byRatio: true }, 2);
    const ratios = points
      .filter(({ algorithm, question: { pass } }) => algorithm === 0 && pass === "forward")
      .map(({ ratio }) => ratio);
    expect(ratios).toEqual(ratios.toSorted((a, b) => b - a));
  });
});

describe("words", () => {
  const point = (index: number) => {
    const { points } = layOut(data, ALL, 2);
    return points.find((one) => one.question === data.questions[index] && one.algorithm === 0)!;
  };

  it("say everything about a point", () => {
    const text = detailOf(data, point(4), 1);
    expect(text).toContain("ours is wrong; it is");
    expect(text).toContain("corr2d/naive against tfjs-cpu");
    expect(tooltipOf(data, point(6), 1)).toContain("tfjs is wrong, as the ledger expects (entry)");
  });

  it("give a command that asks the same again", () => {
    const commandOf = (index: number) => /<code>(.*?)<\/code>/.exec(detailOf(data, point(index), 0))![1];
    expect(commandOf(0)).toBe("npx corr2d-parity --seed 7 --cases 0 --only &#39;stride 2&#39; --algorithm naive");
    expect(commandOf(2)).toContain("&#39;it&#39;\\&#39;&#39;s even&#39;");
    const ofModule = { ...data, modules: ["./my conv.js"] };
    expect(detailOf(ofModule, point(0), 0)).toContain(
      "npx corr2d-parity check &#39;./my conv.js&#39; --seed 7 --cases 0 --only &#39;stride 2&#39;</code>",
    );
    const found = dataOf([question(0, { path: "17:0:3", pathSeed: 1 })]);
    expect(detailOf(found, layOut(found, ALL, 1).points[0], 0)).toContain("--seed 1 --path 17:0:3 --algorithm naive");
  });

  it("let no name become a tag", () => {
    for (const html of [detailOf(data, point(1), 0), tooltipOf(data, point(1), 0)]) {
      expect(html).toContain("&lt;img src=x onerror=");
      expect(html).not.toContain("<img");
    }
  });
});
