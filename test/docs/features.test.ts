/** docs/features.md says what is true: what it names is exported by the core, and the proofs use it. */

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const docs = new URL("../../docs/", import.meta.url);
const core = new URL("../packages/core/", docs);
const page = readFileSync(new URL("features.md", docs), "utf8");

/** The entry points of the core: as text, since types leave nothing to import, and what can be imported of them. */
const { exports } = JSON.parse(readFileSync(new URL("package.json", core), "utf8")) as {
  exports: Record<string, string | { "@corr2d/source"?: string }>;
};
const paths = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : entry["@corr2d/source"]!));
const entries = paths.map((path) => readFileSync(new URL(path, core), "utf8"));
const modules = await Promise.all(paths.map((path) => import(/* @vite-ignore */ new URL(path, core).href)));
const values = new Set(modules.flatMap((module) => Object.keys(module)));

/** The sections of features: a heading, names, proofs. */
const features = page
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const [, names = ""] = /^- Names: ((?:.|\n {2}(?=`))*)/m.exec(section) ?? [];
    const [, proofs = ""] = /^- Proofs?:((?:.|\n {2})*)/m.exec(section) ?? [];
    return {
      feature: section.split("\n", 1)[0]!,
      names: [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
      proofs: [...proofs.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!),
    };
  });

test("has a section for each feature", () => expect(features.length).toBeGreaterThan(15));

test.each(features)("$feature", ({ names, proofs }) => {
  expect(names.length).toBeGreaterThan(0);
  const proof = proofs.map((path) => {
    expect(existsSync(new URL(path, docs)), path).toBe(true);
    return readFileSync(new URL(path, docs), "utf8");
  });
  for (const name of names) {
    const whole = new RegExp(`\\b${name}\\b`);
    expect(
      entries.some((entry) => whole.test(entry)),
      `${name} is exported`,
    ).toBe(true);
    // Types are proved by the operations that take or give them.
    if (!values.has(name)) continue;
    expect(
      proof.some((text) => whole.test(text)),
      `a proof uses ${name}`,
    ).toBe(true);
  }
});
