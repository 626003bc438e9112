/** Both languages say the same: every text has the same keys, lists have the same length, and nothing is left untranslated. */

import { glob } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

/** The paths of all texts of a tree. */
function pathsOf(value: unknown, path: string): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, `${path}.${key}`));
  }
  return [`${path}: ${typeof value}`];
}

test("texts have the same keys in English and Chinese", async () => {
  let trees = 0;
  for await (const file of glob(["texts.ts", "stages/*/texts.ts"], { cwd: SRC })) {
    const texts: Record<string, { en: unknown; zh: unknown }> = await import(SRC + file);
    for (const [name, { en, zh }] of Object.entries(texts)) {
      trees++;
      expect(pathsOf(zh, name), file).toEqual(pathsOf(en, name));
      expect(pathsOf(en, name).length).toBeGreaterThan(5);
    }
  }
  expect(trees).toBeGreaterThan(1);
});
