/**
 * What is committed is of no particular machine: it names no host that packages are fetched from, which is everybody's own
 * setting, and no folder of somebody's computer.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  "a registry": /https?:\/\/[\w.:@-]*(?:registry|npmmirror|artifactory|nexus|jfrog|pypi|pythonhosted)[\w.-]*/i,
  // The home of GitHub's runners is the same for everybody.
  "a home folder": /(?<![\w.-])\/(?:home\/(?!runner\/)|Users\/|root\/|work\/)\w+|\b[A-Z]:\\Users\\/,
};

/** What of a text names a registry or a home folder. */
function findings(text: string): string[] {
  return Object.entries(FORBIDDEN).flatMap(([what, pattern]) => {
    const found = pattern.exec(text);
    return found === null ? [] : [`${what}: ${found[0]}`];
  });
}

test("no file names a registry or a folder of somebody's computer", () => {
  // Without git (a tarball of the sources) there is no list of what is committed.
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  expect(files.length).toBeGreaterThan(100);
  const texts = files.filter((path) => !/\.(png|jpg|wasm|safetensors|bin)$/.test(path));
  const named = texts.flatMap((path) =>
    findings(readFileSync(join(root, path), "utf8")).map((what) => `${path}: ${what}`),
  );
  expect(named).toEqual([]);
});

test("the patterns know a registry and a home folder when they see one", () => {
  const [slash, scheme] = ["/", "https://"];
  expect(findings(`${scheme}registry.example.org/corr2d`)).toHaveLength(1);
  expect(findings(`${scheme}user:secret@pypi.example.org/simple`)).toHaveLength(1);
  expect(findings(`see ${slash}home${slash}ada/corr2d`)).toHaveLength(1);
  expect(findings(`file://${slash}Users${slash}ada`)).toHaveLength(1);
  expect(findings("https://www.npmjs.com/package/x, /home/runner/.cache, test/root/x, a/work/b")).toEqual([]);
});
