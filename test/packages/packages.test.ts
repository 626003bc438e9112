import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, inject, test } from "vitest";
import { type PackedPackage, run, type Target } from "./pack.ts";
import { PUBLISHED } from "./published.ts";

const [project, packages] = [inject("project"), inject("packages")];

/** Runs `code` as a module in the project, under plain node. */
const runModule = (code: string): string => run(project, process.execPath, "--input-type=module", "--eval", code);

describe.each(PUBLISHED)("@corr2d/%s as published", (name) => {
  const { manifest, tarball, folder, files } = packages[name] as PackedPackage;
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");

  test("publint has nothing to say", async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test("its types are right for every module resolution, of Node 10 and CommonJS too", () => {
    const attw = join(
      dirname(fileURLToPath(import.meta.resolve("@arethetypeswrong/cli/package.json"))),
      "dist",
      "index.js",
    );
    // `require` is given the ES module: Node can from 22.12 on, and TypeScript knows.
    const options = ["--profile", "strict", "--ignore-rules", "cjs-resolves-to-esm"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [attw, tarball, ...options], { encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
  });

  test("says to those who do not read exports what exports say", () => {
    const subpaths = Object.entries(manifest.exports).flatMap(([path, target]) =>
      typeof target === "string" || path === "." ? [] : [{ path, name: path.slice(2), target }],
    );
    const root = manifest.exports["."] as Target;
    const { main, module, types, typesVersions } = manifest;
    expect({ main, module, types }).toEqual({ main: root.default, module: root.default, types: root.types });
    expect(typesVersions?.["*"] ?? {}).toEqual(
      Object.fromEntries(subpaths.map(({ name, target }) => [name, [target.types]])),
    );
    for (const { path, target } of subpaths) expect(read(`${path}.js`)).toBe(`export * from "${target.default}";\n`);
  });

  test("says where it comes from and which Node it needs", () => {
    const { homepage, bugs, repository, engines } = JSON.parse(read("package.json")) as Record<string, unknown>;
    expect({ homepage, bugs, repository, engines }).toEqual({
      homepage: `https://github.com/corr2d/corr2d/tree/main/packages/${name}#readme`,
      bugs: "https://github.com/corr2d/corr2d/issues",
      repository: { type: "git", url: "git+https://github.com/corr2d/corr2d.git", directory: `packages/${name}` },
      engines: { node: ">=22" },
    });
  });

  test("carries its licence and a README", () => {
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md"]));
  });

  test("carries no tests and nothing that has lost its source", () => {
    expect(files.filter((path) => /\.test\.|^test\//.test(path))).toEqual([]);
    const modules = files.filter((path) => /^dist\/.*\.d\.ts$/.test(path));
    expect(modules.length).toBeGreaterThan(0);
    const sources = modules.map((path) => path.replace(/^dist/, "src").replace(/\.d\.ts$/, ".ts"));
    expect(
      sources.filter((path) => !files.includes(path)),
      "dist holds what src no longer has: pnpm verify build",
    ).toEqual([]);
  });

  test("every export and command names files it carries", () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    for (const target of [...targets, ...Object.values(manifest.bin ?? {})]) {
      expect(files).toContain(target.replace(/^\.\//, ""));
    }
  });

  test("names released versions only", () => {
    expect(
      Object.values(manifest.dependencies ?? {}).filter((range) => /^(workspace|catalog|file|link):/.test(range)),
    ).toEqual([]);
  });

  test("every export can be imported under plain node, with nothing but the declared dependencies", () => {
    const specifiers = Object.keys(manifest.exports)
      .filter((path) => path !== "./package.json")
      .map((path) => manifest.name + path.slice(1));
    for (const specifier of specifiers) {
      // A module that only registers something (vitest's matchers) exports no value; then importing it must have an effect.
      const names = runModule(
        `console.log(Object.keys(await import(${JSON.stringify(specifier)})).join() || "effect")`,
      );
      expect(names.trim(), specifier).not.toBe("");
      if (names.trim() === "effect")
        expect(manifest.sideEffects, specifier).toContainEqual(expect.stringMatching(/\.js$/));
    }
  });

  test("source maps lead to sources it carries", () => {
    for (const path of files.filter((file) => file.endsWith(".js.map"))) {
      const { sources } = JSON.parse(read(path)) as { sources: string[] };
      for (const source of sources) expect(files).toContain(join(dirname(path), source));
    }
  });
});

describe("@corr2d/tfjs as published, in a program of TensorFlow.js", () => {
  const program = `
import * as tf from "@tensorflow/tfjs-core";
import "@corr2d/tfjs";
await tf.setBackend("corr2d");
const x = tf.tensor4d([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 3, 1]);
const y = tf.conv2d(x, tf.tensor4d([0, 1, 2, 3], [2, 2, 1, 1]), 1, "valid");
console.log(tf.getBackend(), y.dataSync().join());
`;

  test("under Node", () => {
    expect(runModule(program)).toBe("corr2d 19,25,37,43\n");
  });

  test("in a bundle, which keeps what only registers something", async () => {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: project },
      bundle: true,
      format: "esm",
      platform: "node",
      mainFields: ["module", "main"],
      treeShaking: true,
      minify: true,
      write: false,
      // TensorFlow.js asks for modules of Node in CommonJS.
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    const bundle = join(project, "program.mjs");
    writeFileSync(bundle, outputFiles[0]!.contents);
    expect(run(project, process.execPath, bundle)).toContain("corr2d 19,25,37,43\n");
  });
});

test("the command corr2d-parity starts", () => {
  const { folder, manifest } = packages.parity as PackedPackage;
  expect(run(project, process.execPath, join(folder, manifest.bin!["corr2d-parity"]!), "--help")).toContain("--oracle");
});

test("core has no dependency of any kind and no script that runs at installation", () => {
  const { folder } = packages.core as PackedPackage;
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies"]) {
    expect(Object.keys(manifest[kind] ?? {}), kind).toEqual([]);
  }
  expect(Object.keys(manifest.scripts ?? {}).filter((name) => /install|prepare/.test(name))).toEqual([]);
});

test("core installs from its tarball without a network, and computes", () => {
  const { tarball } = packages.core as PackedPackage;
  const folder = join(project, "installed");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  run(folder, "npm", "install", "--offline", "--no-audit", "--no-fund", tarball);
  const code = `
    import { corr2d, tensor } from "@corr2d/core";
    const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    console.log(corr2d(x, tensor([2, 2], [0, 1, 2, 3])).data.join());
  `;
  expect(run(folder, process.execPath, "--input-type=module", "--eval", code).trim()).toBe("19,25,37,43");
});

test("core is read from at most three files, whichever entry is imported", () => {
  const { folder, manifest } = packages.core as PackedPackage;
  const entries = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? [] : [target.default],
  );
  expect(entries.length).toBeGreaterThan(2);
  for (const entry of entries) {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const [, imported] of readFileSync(join(folder, path), "utf8").matchAll(
        /^(?:im|ex)port .*from "(.+)";$/gm,
      )) {
        visit(join(dirname(path), imported!));
      }
    };
    visit(entry);
    expect([...seen].length, entry).toBeLessThanOrEqual(3);
  }
});
