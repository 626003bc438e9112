import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readAccepted, staleNames } from "../../scripts/mutation/accepted.ts";
import { draw, folderOf, mutantsOf, mutate } from "../../scripts/mutation/mutants.ts";
import { type Reaches, testsFor } from "../../scripts/mutation/reach.ts";

const root = resolve(import.meta.dirname, "../..");

/** The lines of a text after each of its mutations. */
const after = (text: string): string[] => mutantsOf("a.ts", text).map((mutant) => mutant.after);

test.each([
  ["x = a + b - c;", [";", "x = a + b + c;", "x = a - b - c;"]],
  ["const x = a <= b;", ["const x = a < b;", "const x = a > b;"]],
  ["const x = a && !b;", ["const x = a || !b;", "const x = a && b;"]],
  ["const x = a ? 1 : 2.5;", ["const x = a ? 2.5 : 1;", "const x = a ? 2 : 2.5;", "const x = a ? 1 : 5;"]],
  ["if (a) f(-b, true);", ["if (!(a)) f(-b, true);", "if (a) ;", "if (a) f(b, true);", "if (a) f(-b, false);"]],
  ["if (a < b) return;", ["if (a <= b) return;", "if (a >= b) return;", "if (a < b) ;"]],
  ["if (!a) continue;", ["if (a) continue;", "if (!a) ;"]],
  ["const x = Math.min(...a);", ["const x = Math.max(...a);"]],
  ["const x = a.every(f);", ["const x = a.some(f);"]],
  [
    "for (let i = 0; i < n; i++) i--;",
    [
      "for (let i = 1; i < n; i++) i--;",
      "for (let i = 0; i <= n; i++) i--;",
      "for (let i = 0; i >= n; i++) i--;",
      "for (let i = 0; i < n; i++) ;",
      "for (let i = 0; i < n; i++) i++;",
    ],
  ],
  ["throw new RangeError(f(a + 1));", [";"]],
])("mistakes in %s", (text, expected) => {
  expect(after(text)).toEqual(expected);
});

test("types, imports, texts and names are left alone", () => {
  expect(after('import { a } from "./a.ts";\ntype T = 1 | true;\ninterface I { a: 2 }')).toEqual([]);
  expect(after("const x: 3 | -1 = { 4: `$" + '{a + 1}` }, y = "a" + b;')).toEqual([]);
});

test("a mutant is the text with one piece of it replaced, on the line it names", () => {
  const text = "// first\nconst x =\n  a +\n  1;\n";
  const [sum, number] = mutantsOf("folder/a.ts", text);
  expect(sum).toMatchObject({ line: 3, operator: "arithmetic", before: "a +", after: "a -" });
  expect(mutate(text, sum!)).toBe("// first\nconst x =\n  a -\n  1;\n");
  expect(mutate(text, number!)).toBe("// first\nconst x =\n  a +\n  2;\n");
});

test("a draw has some of each folder, and changes little when a file does", () => {
  const file = (path: string, lines: number) =>
    mutantsOf(path, Array.from({ length: lines }, (_, i) => `const x${i} = a;\nif (x${i}) f();`).join("\n"));
  const [large, small, other] = [file("large/a.ts", 500), file("small/a.ts", 5), file("large/b.ts", 500)];
  const drawn = draw([...large, ...small], 100, 1);
  expect(drawn).toHaveLength(100);
  expect(drawn.filter((one) => folderOf(one) === "small").length).toBeGreaterThanOrEqual(3);
  expect(draw([...large, ...small], 100, 1)).toEqual(drawn);
  expect(draw([...large, ...small], 100, 2)).not.toEqual(drawn);
  const changed = new Set(draw([...large, ...small, ...other.slice(0, 50)], 100, 1));
  expect(drawn.filter((one) => changed.has(one)).length).toBeGreaterThan(80);
});

test("mutants know the functions around them, as the engine names them", () => {
  const text =
    "class A { get b() { const c = () => d.map((e) => e < 1); return c; } constructor() { f(); } }\nfunction g() { h(); }";
  const around = (before: string) => mutantsOf("a.ts", text).find((mutant) => mutant.after.includes(before))!.functions;
  expect(around("e <= 1")).toEqual(["c", "get b"]);
  expect(around("constructor() { ; }")).toEqual(["A"]);
  expect(around("function g() { ; }")).toEqual(["g"]);
});

test("of the tests that call the function the quick ones come first, and those that stand beside it", () => {
  const [mutant] = mutantsOf("src/folder/a.ts", "function f() { return [].map((a) => a < 1); }");
  const reach = (seconds: number, ...names: string[]): Reaches[string] => ({
    hash: "",
    seconds,
    passes: true,
    called: { "src/folder/a.ts": names },
  });
  const reaches: Reaches = {
    "test/slow.test.ts": reach(9, "", "f", "g"),
    "test/elsewhere.test.ts": reach(1, "", "g"),
    "test/quick.test.ts": reach(2, "f"),
    "src/folder/beside.test.ts": { ...reach(4), called: {} },
    "test/broken.test.ts": { ...reach(1, "f"), passes: false },
  };
  const [slow, quick, beside] = ["test/slow.test.ts", "test/quick.test.ts", "src/folder/beside.test.ts"];
  expect(testsFor(mutant!, reaches, () => 0)).toEqual([beside, quick, slow]);
  expect(testsFor(mutant!, reaches, (file) => (file === slow ? 9 : 0))).toEqual([slow, beside, quick]);
  // Nobody is known to call it: then every test counts that loads its file.
  const orphan = mutantsOf("src/folder/a.ts", "function orphan() { h(); }")[0]!;
  expect(testsFor(orphan, reaches, () => 0)).toContain("test/elsewhere.test.ts");
});

test("what no test needs to notice is a mutant, has one reason, and is named once", () => {
  const accepted = readAccepted();
  for (const { kind, why, mutants } of accepted) {
    expect(["equivalent", "estimate"]).toContain(kind);
    expect(why.length).toBeGreaterThan(20);
    expect(mutants.length).toBeGreaterThan(0);
  }
  expect(staleNames(root, accepted)).toEqual([]);
  const stale: Parameters<typeof staleNames>[1] = [
    { kind: "equivalent", why: "", mutants: ["scripts/none.ts: a → b"] },
  ];
  expect(staleNames(root, stale)).toEqual(["scripts/none.ts: a → b"]);
});
