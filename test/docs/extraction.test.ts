import { describe, expect, test } from "vitest";
import { approximates, equals, throws } from "./assertions.ts";
import { checkedModule, docstringExamples, markdownExamples } from "./examples.ts";

const compiled = (code: string): string =>
  checkedModule({ path: "a.md", line: 1, code }, "assertions").split("\n").slice(1).join("\n");

describe("blocks", () => {
  test("of Markdown: only those fenced as ts, with their line", () => {
    const text = "# a\n\n```ts\nf();\n```\n\n```sh\npnpm test\n```\n```ts\ng();\nh();\n```\n";
    expect(markdownExamples("a.md", text)).toEqual([
      { path: "a.md", line: 4, code: "f();\n" },
      { path: "a.md", line: 11, code: "g();\nh();\n" },
    ]);
  });

  test("of docstrings: without the asterisks", () => {
    const text = "/**\n * Says.\n *\n * ```ts\n * f({\n *   a: 1,\n * });\n * ```\n */\nexport const x = 1;\n";
    expect(docstringExamples("a.ts", text)).toEqual([{ path: "a.ts", line: 5, code: "f({\n  a: 1,\n});\n" }]);
  });

  test("that are never closed are refused", () => {
    expect(() => markdownExamples("a.md", "```ts\nf();\n")).toThrow("a.md:1: the code fence is never closed");
  });
});

describe("claims", () => {
  test("become calls, also after statements of several lines and at declarations", () => {
    expect(compiled("f(1).x; // → [1, 2]\n")).toBe(" equals(f(1).x, [1, 2]); // → [1, 2]\n");
    expect(compiled("f(\n  1,\n); // ≈ 0.50\n")).toBe(' approximates(f(\n  1,\n), "0.50"); // ≈ 0.50\n');
    expect(compiled("const y: number = f(1); // → 2\n")).toBe("const y: number = f(1); equals(y, 2); // → 2\n");
    expect(compiled("f(0); // throws RangeError: no\n")).toContain('await throws(async () => f(0), "RangeError: no");');
  });

  test("that no statement has are refused", () => {
    expect(() => compiled("for (const a of b) {\n  f(a); // → 1\n}\n")).toThrow("1 of 1 claims do not follow");
    expect(() => compiled("// → 1\nf();\n")).toThrow("1 of 1 claims do not follow");
  });
});

describe("assertions", () => {
  test("equals compares typed arrays as arrays, float32 after rounding", () => {
    equals(new Float32Array([0.1, -0]), [0.1, 0]);
    equals({ a: 1 }, { a: 1 });
    expect(() => equals(new Float32Array([0.1]), [0.100001])).toThrow();
    expect(() => equals([1, 2], [1])).toThrow();
  });

  test("approximates holds to the digits shown", () => {
    approximates(new Float32Array([0.996, -1.004]), "[1.00, -1.00]");
    expect(() => approximates([0.994], "[1.00]")).toThrow();
    expect(() => approximates([1, 2], "[1.0]")).toThrow();
  });

  test("throws compares name and message, and wants an error", async () => {
    await throws(async () => {
      throw new RangeError("no");
    }, "RangeError: no");
    await expect(throws(async () => 1, "RangeError: no")).rejects.toThrow();
  });
});
