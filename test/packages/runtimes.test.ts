/**
 * The packed core where JavaScript runs: required by CommonJS, in Jest, in ts-node, in Deno, Bun and workerd.
 */

import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, test } from "vitest";
import digests from "../../packages/core/test/bits.json" with { type: "json" };
import { run } from "./pack.ts";

const project = inject("project");
const root = fileURLToPath(new URL("../..", import.meta.url));

const ARGUMENTS = "tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]), tensor([2, 2], [0, 1, 2, 3])";
const IMPORTS = `
import { corr2d, tensor } from "@corr2d/core";
import { corr2d as inPlainJavaScript } from "@corr2d/core/scalar";
`;
const SHOW = `console.log(corr2d(${ARGUMENTS}).data.join(), inPlainJavaScript(${ARGUMENTS}).data.join());`;
const SHOWN = "19,25,37,43 19,25,37,43\n";

/** A new folder of the project with these files. */
function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(project, name);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

test("CommonJS can require it, with its subpaths", () => {
  const folder = folderOf("commonjs", {
    "program.cjs": `
      const { corr2d, tensor } = require("@corr2d/core");
      const { corr2d: inPlainJavaScript } = require("@corr2d/core/scalar");
      ${SHOW}`,
  });
  expect(run(folder, process.execPath, "program.cjs")).toBe(SHOWN);
});

test("Jest tests with it, told of modules by one flag, whether tests import or require", () => {
  const check = `test("it computes", () => expect(corr2d(${ARGUMENTS}).data.join()).toBe("19,25,37,43"));`;
  const folder = folderOf("jest", {
    "package.json": JSON.stringify({ private: true, type: "module" }),
    "imports.test.js": `import { corr2d, tensor } from "@corr2d/core";\n${check}`,
    "requires.test.cjs": `const { corr2d, tensor } = require("@corr2d/core");\n${check}`,
  });
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  const report = run(folder, process.execPath, "--experimental-vm-modules", jest, "--json", "--no-cache");
  expect(JSON.parse(report)).toMatchObject({ success: true, numPassedTests: 2 });
});

test("ts-node runs it, with the module resolution of Node 10", () => {
  const compilerOptions = { module: "commonjs", moduleResolution: "node", target: "es2022", strict: true, types: [] };
  const folder = folderOf("ts-node", {
    "package.json": JSON.stringify({ private: true }),
    "tsconfig.json": JSON.stringify({ compilerOptions }),
    "program.ts": `${IMPORTS}declare const console: { log(...words: string[]): void };\n${SHOW}`,
  });
  const [tsNode, compiler] = ["ts-node/dist/bin.js", "typescript-5.9"].map((path) => join(root, "node_modules", path));
  expect(run(folder, process.execPath, tsNode!, "--compiler", compiler!, "program.ts")).toBe(SHOWN);
});

/** Runtimes that npm has as programs: of which package, where in it, and how they are asked to run a file. */
const RUNTIMES = [
  { name: "deno", program: "@deno/linux-x64-glibc/deno", args: ["run", "--no-lock", "--node-modules-dir=manual"] },
  { name: "bun", program: "@oven/bun-linux-x64/bin/bun", args: ["run"] },
];

/** The program itself, which is in a package that only the package of its name depends on. */
function executableOf({ name, program }: (typeof RUNTIMES)[number]): string {
  const manifest = realpathSync(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const executable = join(dirname(manifest), "..", program);
  expect(existsSync(executable)).toBe(true);
  return executable;
}

describe.runIf(process.platform === "linux" && process.arch === "x64")("other runtimes", () => {
  test.each(RUNTIMES)("$name", (runtime) => {
    const folder = folderOf(runtime.name, { "program.mjs": IMPORTS + SHOW });
    expect(run(folder, executableOf(runtime), ...runtime.args, "program.mjs")).toBe(SHOWN);
  });

  // Deno multiplies and adds in one rounding where the processor does; Bun's JavaScriptCore never.
  test.each(RUNTIMES)("$name gives the bits that other hosts give", (runtime) => {
    const program = join(root, "test", "runtimes", "bits.ts");
    const { scalar, simd, matrices } = JSON.parse(run(root, executableOf(runtime), ...runtime.args, program));
    const fuses = runtime.name === "deno" && simd.direct === digests.fused.direct;
    const kind = fuses ? "fused" : "separate";
    expect({ scalar, simd, matrices }).toEqual({
      scalar: digests.scalar,
      simd: digests[kind],
      matrices: digests.matrices[kind],
    });
  });

  test("workerd, which compiles no WebAssembly at run time, as `explain` says", () => {
    const manifest = realpathSync(createRequire(import.meta.url).resolve("workerd/package.json"));
    const executable = join(dirname(manifest), "..", "@cloudflare/workerd-linux-64/bin/workerd");
    const folder = folderOf("workerd", {
      "worker.js": `
        import { corr2d, explain, tensor, zeros } from "./dist/index.js";
        export default {
          test() {
            const y = corr2d(${ARGUMENTS}).data.join();
            const { engine, reason } = explain(corr2d, zeros([64, 64]), zeros([3, 3]));
            if (y !== "19,25,37,43") throw new Error(y);
            if (engine !== "scalar" || !reason.includes("refuses to compile WebAssembly")) throw new Error(reason);
          },
        };`,
    });
    cpSync(join(inject("packages").core!.folder, "dist"), join(folder, "dist"), { recursive: true });
    const modules = ["worker.js", ...readdirSync(join(folder, "dist"), "utf8").map((name) => `dist/${name}`)]
      .filter((path) => path.endsWith(".js"))
      .map((path) => `(name = "${path}", esModule = embed "${path}")`);
    writeFileSync(
      join(folder, "config.capnp"),
      `using Workerd = import "/workerd/workerd.capnp";
       const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
       const worker :Workerd.Worker = (compatibilityDate = "2026-01-01", modules = [${modules.join(", ")}]);`,
    );
    run(folder, executable, "test", "config.capnp");
  });
});
