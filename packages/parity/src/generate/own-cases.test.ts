import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readCases } from "./own-cases.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-cases-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(content: unknown): string {
  const path = join(folder, "cases.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

it("cases of one's own need shapes, and take every option", () => {
  const stem = {
    inputShape: [1, 32, 32, 3],
    filterShape: [7, 7, 3, 16],
    strides: [2, 2],
    padding: "same",
    bias: false,
  };
  const [first, second] = readCases(
    written([
      { inputShape: [1, 5, 2], filterShape: [2, 2, 4] },
      { name: "stem", ...stem },
    ]),
  );
  expect(first).toMatchObject({
    name: "own 1: 1×5×2 ∗ 2×2×4, bias",
    strides: [1],
    dilations: [1],
    groups: 1,
    padding: "valid",
  });
  expect(second).toEqual({ ...stem, name: "own 2: stem", dilations: [1, 1], groups: 1 });
});

it("a case that cannot be is named", () => {
  expect(() => readCases(join(folder, "nowhere.json"))).toThrow(/nowhere\.json cannot be read as JSON/);
  expect(() => readCases(written("[}"))).toThrow("cannot be read as JSON");
  expect(() => readCases(written([]))).toThrow(/cases\.json: /);
  expect(() => readCases(written([{ inputShape: [1, 5, 2], filter: [2] }]))).toThrow(/filterShape/);
  const fine = { inputShape: [1, 5, 2], filterShape: [2, 2, 4] };
  expect(() => readCases(written([fine, { ...fine, filterShape: [9, 2, 4] }]))).toThrow(/cases\.json, case 2: /);
});
