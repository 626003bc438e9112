import { execFileSync } from "node:child_process";
import { CASES } from "@corr2d/testkit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Comparison } from "../compare.ts";
import { LEDGER } from "../ledger.ts";
import { makeReport, type OracleStatus, type ParityReport } from "../report.ts";
import { tallyTrial } from "../tally.ts";
import { escapeMarkdown, printable, shellWord, webAddress } from "./escape.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { alignedTable } from "./table.ts";
import { renderMarkdown, renderText } from "./text.ts";

/** A name with everything that XML and Markdown would take for their own. */
const AWKWARD = `<a & "b" ]]> 'c'>`;

function comparison(changes: Partial<Comparison>): Comparison {
  return {
    question: "a question",
    case: AWKWARD,
    data: "exact",
    seed: 7,
    pass: "forward",
    algorithm: "corr2d/naive",
    oracle: "tfjs-wasm",
    elements: 4,
    rung: "exact by data",
    verdict: "agree",
    ours: { mismatches: 0, worstRatio: 0, worstUlp: 0 },
    theirs: { mismatches: 0, worstRatio: 0, worstUlp: 0 },
    ...changes,
  };
}

const infinitelyWrong = { mismatches: 1, worstRatio: Number.POSITIVE_INFINITY, worstUlp: Number.POSITIVE_INFINITY };
const oracles: OracleStatus[] = [
  { name: "tfjs-wasm", ran: true, version: "4.22.0 with SIMD", threads: 1 },
  { name: "tfjs-node", ran: false, reason: "no C++ compiler" },
];
const report = (required: string[] = []): ParityReport =>
  makeReport({
    run: {
      seed: 7,
      cases: 10,
      trials: 3,
      path: undefined,
      shard: { index: 1, count: 2 },
      only: undefined,
      node: "v24.0.0",
      platform: "linux x64",
      started: "2026-01-01T00:00:00.000Z",
      seconds: 1.5,
    },
    oracles,
    required,
    algorithms: [{ name: "corr2d/naive", version: "0.1.0" }],
    tally: tallyTrial(
      {
        comparisons: [
          comparison({}),
          comparison({ verdict: "ours is wrong", reason: `off at ${AWKWARD}`, data: "real", ours: infinitelyWrong }),
          comparison({ case: "known", verdict: "tfjs is wrong", reason: "zeros", expected: LEDGER[0].id }),
        ],
        refusals: [
          { case: "x", pass: "filterGradient", by: "tfjs-wasm", reason: "no kernel" },
          { case: "y", pass: "filterGradient", by: "tfjs-wasm", reason: "no kernel" },
        ],
        vanished: [],
      },
      { convCase: CASES[0]!, passes: ["forward", "filterGradient"] },
    ),
    ledger: LEDGER,
  });

/** Names of the elements of a document, each opened and closed in order, with nothing but escaped text between. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const token = /<!\[CDATA\[[\s\S]*?\]\]>|<\?[^>]*\?>|<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|[^<]+|</g;
  for (const [text, closing, name, , empty] of xml.matchAll(token)) {
    if (text === "<") throw new Error(`not well-formed near ${open.join("/")}`);
    if (name === undefined) {
      if (!text.startsWith("<") && /&(?!(amp|lt|gt|quot|apos|#\w+);)|]]>/.test(text))
        throw new Error(`bare & in ${text}`);
      continue;
    }
    if (closing) {
      if (open.pop() !== name) throw new Error(`${name} closes what it did not open`);
      continue;
    }
    names.push(name);
    if (!empty) open.push(name);
  }
  if (open.length > 0) throw new Error(`${open} left open`);
  return names;
}

describe("renderJunit", () => {
  it("is well-formed whatever the names hold", () => {
    const names = elementsOf(renderJunit(report()));
    expect(names[0]).toBe("testsuites");
    expect(names.filter((name) => name === "testsuite")).toHaveLength(2);
    // Two oracles, the outcome, and two questions: the first was asked on two kinds of data.
    expect(names.filter((name) => name === "testcase")).toHaveLength(5);
  });

  it("fails what is wrong, passes what the ledger expects, skips an oracle that did not run, with the reason", () => {
    const xml = renderJunit(report());
    expect(xml).toContain('failures="2"');
    expect(xml).toContain('skipped="1"');
    expect(xml).toContain("tfjs-node did not run: no C++ compiler");
    expect(xml).toMatch(/<failure message="ours is wrong: corr2d\/naive against tfjs-wasm, forward of/);
  });

  it("fails an oracle that was required", () => {
    expect(renderJunit(report(["tfjs-node"]))).toContain('<failure message="no C++ compiler"');
  });
});

describe("renderJson", () => {
  it("is the report, with infinities as text", () => {
    const read = JSON.parse(renderJson(report()));
    expect(read).toMatchObject({ schema: "corr2d-parity/2", outcome: "disagree", run: { seed: 7 } });
    expect(read.disagreements[0].ours.worstRatio).toBe("Infinity");
    expect(read.summary).toHaveLength(1);
  });
});

describe("renderText and renderMarkdown", () => {
  it.each([renderText, renderMarkdown])(
    "say what ran, what did not and why, what was found and what follows",
    (render) => {
      const shown = (text: string): string => (render === renderMarkdown ? escapeMarkdown(text) : text);
      const text = render(report());
      expect(text).toContain("seed 7, 10 generated, shard 1/2");
      expect(text).toContain("tfjs-wasm 4.22.0 with SIMD, 1 thread");
      expect(text).toContain("tfjs-node did not run: no C++ compiler");
      expect(text).toContain(
        shown(`ours is wrong: corr2d/naive against tfjs-wasm, forward of "${AWKWARD}" on real data`),
      );
      expect(text).toContain("https://github.com/tensorflow/tfjs/issues/6629");
      expect(text).toContain("disagree: ours is wrong in 1 comparisons with an oracle");
    },
  );

  it("list refusals once, with how many cases they concern", () => {
    expect(renderMarkdown(report())).toContain("- no kernel: tfjs-wasm; filterGradient; 2 cases");
  });
});

it("alignedTable aligns words to the left and numbers to the right", () => {
  const table = alignedTable([
    ["oracle", "b", "c", "n"],
    ["x", "long", "c", "12"],
  ]);
  expect(table.split("\n")).toEqual([
    "| oracle | b    | c |  n |",
    "| ------ | ---- | - | -: |",
    "| x      | long | c | 12 |",
  ]);
});

describe("text of strangers", () => {
  const ORDER = "\u001b[2J\u001b]0;mine\u0007\r\nagree: all\u202e \ud800";

  it("gives a terminal, a summary and an XML reader no orders", () => {
    const hostile = JSON.parse(
      renderJson(report()).replaceAll(JSON.stringify(AWKWARD).slice(1, -1), "AWKWARD"),
    ) as object;
    const withOrders = JSON.parse(JSON.stringify(hostile).replaceAll("AWKWARD", JSON.stringify(ORDER).slice(1, -1)));
    for (const render of [renderText, renderMarkdown, renderJunit]) {
      const text = render(withOrders as ParityReport);
      expect(text).toContain("\\x1b");
      expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}|\p{Cs}/u);
      expect(text.split("\n").filter((line) => line.startsWith("agree: all"))).toEqual([]);
    }
  });

  it("cannot end a message of JUnit", () => {
    expect(renderJunit(report())).not.toMatch(/ 'c'>[^\]]*\]\]>[^<]*'c'/);
    expect(elementsOf(renderJunit(report())).length).toBeGreaterThan(0);
  });

  it("is one line and loses nothing that can be read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}/u);
        if (/^[ -~]*$/.test(text)) expect(shown).toBe(text);
      }),
    );
  });

  it("is one word of a shell, whatever it is", () => {
    const texts = ["$(id)", "`id`", "a'b", '"; id #', "-rf", "", "a b\nc", "$HOME", "3×3, stride 2"];
    const said = execFileSync("sh", ["-c", `printf '%s\\0' ${texts.map(shellWord).join(" ")}`], { encoding: "utf8" });
    expect(said.split("\0").slice(0, -1)).toEqual(texts);
  });

  it("is followed to the web only", () => {
    expect(webAddress("https://example.org/a?b=c")).toBe("https://example.org/a?b=c");
    for (const text of ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "x"]) {
      expect(webAddress(text)).toBeUndefined();
    }
  });
});
