import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as core from "@corr2d/core";
import * as derivation from "@corr2d/core/derivation";
import * as internals from "@corr2d/core/internals";
import * as layers from "@corr2d/core/layers";
import * as pictures from "@corr2d/core/pictures";
import * as signals from "@corr2d/core/signals";
import * as weights from "@corr2d/core/weights";
import * as parity from "@corr2d/parity";
import * as testkit from "@corr2d/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { checkedModule, docstringExamples, type Example, markdownExamples } from "./examples.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const files = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: ["**/node_modules", "**/dist"] }).sort();

const documents = files("*.md", "docs/**/*.md", "packages/*/README.md", "apps/*/README.md");
const inDocuments = documents.flatMap((path) => markdownExamples(path, read(path)));

/** The entry points of the packages that docstrings speak of, by folder, the main one first. */
const PACKAGES: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  core: {
    "@corr2d/core": core,
    "@corr2d/core/layers": layers,
    "@corr2d/core/signals": signals,
    "@corr2d/core/weights": weights,
    "@corr2d/core/derivation": derivation,
    "@corr2d/core/internals": internals,
    "@corr2d/core/pictures": pictures,
  },
  parity: { "@corr2d/parity": parity },
  testkit: { "@corr2d/testkit": testkit },
  tfjs: { "@corr2d/tfjs": namesOfTfjs() },
};

/**
 * What `@corr2d/tfjs` exports, asked of another process: importing it puts kernels into TensorFlow.js's wasm backend, which is
 * then no oracle for the examples of parity.
 */
function namesOfTfjs(): object {
  const program = 'console.log(Object.keys(await import("@corr2d/tfjs")).join())';
  const args = ["--conditions=@corr2d/source", "--input-type=module", "--eval", program];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`@corr2d/tfjs cannot be imported: ${stderr}`);
  return Object.fromEntries(
    stdout
      .trim()
      .split(",")
      .map((name) => [name, undefined]),
  );
}

/** An import of each name of a package that `code` does not import or declare itself, from the first entry that has it. */
function importsOf(folder: string, code: string): string {
  const own = [...code.matchAll(/^import \{ ([^}]+) \} from/gm)].flatMap(([, names]) => names!.split(", "));
  const declared = [...code.matchAll(/^(?:const|let|function|class) (\w+)/gm)].map(([, name]) => name!);
  const taken = new Set([...own, ...declared]);
  return Object.entries(PACKAGES[folder]!)
    .map(([specifier, entry]) => {
      const names = Object.keys(entry).filter((name) => !taken.has(name));
      for (const name of names) taken.add(name);
      return `import { ${names.join(", ")} } from "${specifier}";\n`;
    })
    .join("");
}

const docstringsOf = (folder: string): Example[] =>
  files(`packages/${folder}/src/**/*.ts`).flatMap((path) => docstringExamples(path, read(path)));
const inDocstrings = Object.keys(PACKAGES).flatMap(docstringsOf);

// Beside this file, so that the examples find the packages of the workspace and are transformed like its sources.
const modules = mkdtempSync(join(root, "test", "docs", ".examples-"));
afterAll(() => rmSync(modules, { recursive: true }));

const written: { readonly where: string; readonly path: string }[] = [];
const importsTfjs = ({ path, code }: Example): boolean =>
  path.startsWith("packages/tfjs/") || code.includes("@corr2d/tfjs");
const examples = [...inDocuments, ...inDocstrings];
for (const example of [...examples.filter((found) => !importsTfjs(found)), ...examples.filter(importsTfjs)]) {
  const name = `${example.path.replaceAll(/[/.]/g, "-")}-${example.line}`;
  // Docstrings speak of the package they stand in, but for what they import; everything else says what it imports.
  const folder = inDocstrings.includes(example) ? example.path.split("/")[1]! : undefined;
  const imports = folder === undefined ? "" : importsOf(folder, example.code);
  const path = join(modules, name, "example.ts");
  mkdirSync(join(modules, name));
  writeFileSync(path, imports + checkedModule(example, "../../assertions.ts"));
  written.push({ where: `${example.path}:${example.line}`, path });
}

test("the documents that people open first have examples", () => {
  for (const path of ["README.md", "packages/core/README.md", "packages/testkit/README.md"]) {
    expect(inDocuments.filter((example) => example.path === path).length, path).toBeGreaterThan(0);
  }
});

describe("every function and class of the core is shown in a docstring of its own package", () => {
  const code = docstringsOf("core")
    .map((example) => example.code)
    .join("\n");
  const entries = Object.values(PACKAGES.core!).flatMap((entry) => Object.entries(entry));
  const names = new Set(entries.flatMap(([name, value]) => (typeof value === "function" ? name : [])));
  // One is had from `residentArray` only.
  test.each([...names].filter((name) => name !== "ResidentArray"))("%s", (name) => {
    expect(code).toMatch(new RegExp(`\\b${name}\\(`));
  });
});

describe("examples run and give what they claim", { timeout: 120_000 }, () => {
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
  writeFileSync(join(modules, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", modules], { encoding: "utf8" });
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
