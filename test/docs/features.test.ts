/** docs/features.md says what is true: what it names is exported, and the proofs use it. */

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const docs = new URL("../../docs/", import.meta.url);
const page = readFileSync(new URL("features.md", docs), "utf8");
const index = readFileSync(new URL("../packages/core/src/index.ts", docs), "utf8");

const rows = page.split("\n").flatMap((line) => {
  const [feature, names = "", proofs = ""] = line.split("|").slice(1);
  if (feature === undefined || !proofs.includes("](")) return [];
  return {
    feature: feature.trim(),
    names: [...names.matchAll(/\[`(\w+)`\]\(([^#]+)#(\w+)\)/g)].map(([, name, path, anchor]) => ({
      name: name!,
      path: path!,
      anchor: anchor!,
    })),
    proofs: [...proofs.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!),
  };
});

test("has a row for each feature", () => expect(rows.length).toBeGreaterThan(15));

test.each(rows)("$feature", ({ names, proofs }) => {
  expect(names.length).toBeGreaterThan(0);
  const proof = proofs.map((path) => {
    expect(existsSync(new URL(path, docs)), path).toBe(true);
    return readFileSync(new URL(path, docs), "utf8");
  });
  for (const { name, path, anchor } of names) {
    expect(anchor).toBe(name);
    expect(index, `${name} is exported`).toMatch(new RegExp(`\\b${name}\\b`));
    expect(readFileSync(new URL(path, docs), "utf8"), `${name} is defined in ${path}`).toMatch(
      new RegExp(`export (?:const|function|class|interface|type) ${name}\\b`),
    );
    // Options are proved by the operations that take them.
    const isFunction = new RegExp(`export (?:function|class|const) ${name}\\b`);
    if (!isFunction.test(readFileSync(new URL(path, docs), "utf8"))) continue;
    expect(
      proof.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
      `a proof uses ${name}`,
    ).toBe(true);
  }
});
