/** READING.md, held against the source: its tree, and every file and function that it names. */

import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");
const reading = readFileSync(join(import.meta.dirname, "../READING.md"), "utf8");
const [, tree] = /```\n([\s\S]*?)```/.exec(reading)!;

/** The folders in the order of the list. */
const folders = tree!
  .trim()
  .split("\n")
  .map((line) => line.split(/\s/)[0]!.replace(/\/$/, ""));

/** The files of the source but tests, by their paths in it. */
const files = globSync("**/*.ts", { cwd: source })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !file.endsWith(".test.ts"));

const folderOf = (file: string): string => dirname(file).replace(/^\.$/, "");

it("lists every folder of the source", () => {
  expect(new Set(files.map(folderOf).filter(Boolean))).toEqual(new Set(folders));
  expect(files.length).toBeGreaterThan(100);
});

it("lists folders in an order in which they import only from those above", () => {
  const upward: string[] = [];
  for (const file of files.filter((file) => folderOf(file) !== "")) {
    for (const [, path] of readFileSync(join(source, file), "utf8").matchAll(/ from "(\.[^"]+)"/g)) {
      const imported = normalize(join(dirname(file), path!)).replaceAll("\\", "/");
      if (folders.indexOf(folderOf(imported)) > folders.indexOf(folderOf(file))) upward.push(`${file} → ${imported}`);
      expect(folders, `${file} imports ${imported}`).toContain(folderOf(imported));
    }
  }
  expect(upward).toEqual([]);
});

it("names files that there are", () => {
  const named = [...reading.matchAll(/`([a-z0-9/-]+\/[a-z0-9-]+\.ts)`/g)].map(([, file]) => file!);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((file) => !existsSync(join(source, file)))).toEqual([]);
});

it("names functions that stand in the files it says", () => {
  const named = [...reading.matchAll(/`([a-z0-9/-]+\/[a-z0-9-]+\.ts)`\s+`(\w+)`/g)];
  expect(named.length).toBeGreaterThan(25);
  const missing = named.filter(([, file, name]) => {
    const text = readFileSync(join(source, file!), "utf8");
    return !new RegExp(`(function|const|class) ${name}\\b|^ +${name}[(<]`, "m").test(text);
  });
  expect(missing.map(([, file, name]) => `${file} ${name}`)).toEqual([]);
});
