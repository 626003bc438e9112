import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as core from "@corr2d/core";
import { afterAll, describe, expect, test } from "vitest";
import { checkedModule, docstringExamples, markdownExamples } from "./examples.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const files = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: ["**/node_modules", "**/dist"] }).sort();

const documents = files("*.md", "docs/**/*.md", "packages/*/README.md", "apps/*/README.md");
const inDocuments = documents.flatMap((path) => markdownExamples(path, read(path)));
const inDocstrings = files("packages/core/src/**/*.ts").flatMap((path) => docstringExamples(path, read(path)));

// Beside this file, so that the examples find the packages of the workspace and are transformed like its sources.
const folder = mkdtempSync(join(root, "test", "docs", ".examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const written: { readonly where: string; readonly path: string }[] = [];
for (const example of [...inDocuments, ...inDocstrings]) {
  const name = `${example.path.replaceAll(/[/.]/g, "-")}-${example.line}`;
  // Docstrings speak of the package they stand in; everything else says what it imports.
  const imports = inDocstrings.includes(example)
    ? `import { ${Object.keys(core).join(", ")} } from "@corr2d/core";\n`
    : "";
  const path = join(folder, name, "example.ts");
  mkdirSync(join(folder, name));
  writeFileSync(path, imports + checkedModule(example, "../../assertions.ts"));
  written.push({ where: `${example.path}:${example.line}`, path });
}

test("the documents that people open first have examples", () => {
  for (const path of ["README.md", "packages/core/README.md", "packages/testkit/README.md"]) {
    expect(inDocuments.filter((example) => example.path === path).length, path).toBeGreaterThan(0);
  }
  expect(inDocstrings.length).toBeGreaterThan(0);
});

describe("examples run and give what they claim", { timeout: 60_000 }, () => {
  test.each(written)("$where", async ({ path }) => {
    await import(/* @vite-ignore */ pathToFileURL(path).href);
  });
});

test("examples type-check", { timeout: 60_000 }, () => {
  const config = {
    extends: "../../../tsconfig.base.json",
    compilerOptions: {
      noEmit: true,
      customConditions: ["@corr2d/source"],
      types: ["node"],
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      noUnusedLocals: false,
    },
    include: ["*/*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

describe("commands in documents exist", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const commands = documents.flatMap((path) =>
    [...read(path).matchAll(/^(?:\$ )?(?:npm run|pnpm(?: run)?) ([a-z][a-z:]*)/gm)].map(([, name]) => ({
      path,
      name: name!,
    })),
  );

  test("there are some", () => expect(commands.length).toBeGreaterThan(0));
  test.each(commands)("$path: pnpm $name", ({ name }) => {
    expect(["install", "test", ...Object.keys(scripts)]).toContain(name);
  });
});
