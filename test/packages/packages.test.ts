import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type PackedPackage, packAll, run } from "./pack.ts";
import { PUBLISHED } from "./published.ts";

vi.setConfig({ testTimeout: 60_000 });

const { project, packages } = packAll();
afterAll(() => rmSync(project, { recursive: true }));

/** Runs `code` as a module in the project, under plain node. */
const runModule = (code: string): string => run(project, process.execPath, "--input-type=module", "--eval", code);

describe.each(PUBLISHED)("@corr2d/%s as published", (name) => {
  const { manifest, tarball, folder, files } = packages.get(name) as PackedPackage;
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");

  test("publint has nothing to say", async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test("its types are right for every module resolution that can import ES modules", () => {
    const attw = join(
      dirname(fileURLToPath(import.meta.resolve("@arethetypeswrong/cli/package.json"))),
      "dist",
      "index.js",
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [attw, tarball, "--profile", "esm-only"], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  });

  test("carries its licence and a README", () => {
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md"]));
  });

  test("carries no tests and nothing that has lost its source", () => {
    expect(files.filter((path) => /\.test\.|^test\//.test(path))).toEqual([]);
    // Bundles have many sources, to which their maps lead.
    const modules = files.filter((path) => /^dist\/(?!bundle\/).*\.js$/.test(path));
    expect(modules.length).toBeGreaterThan(0);
    const sources = modules.map((path) => path.replace(/^dist/, "src").replace(/\.js$/, ".ts"));
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
  const { folder, manifest } = packages.get("parity") as PackedPackage;
  expect(run(project, process.execPath, join(folder, manifest.bin!["corr2d-parity"]!), "--help")).toContain("--oracle");
});

test("core has no dependency of any kind and no script that runs at installation", () => {
  const { folder } = packages.get("core") as PackedPackage;
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
  const { tarball } = packages.get("core") as PackedPackage;
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

test.each(["index", "scalar", "revectorize"])(
  "Node reads core's %s from at most five files, and finds there what others find in modules",
  async (entry) => {
    const { folder, manifest } = packages.get("core") as PackedPackage;
    const { node, default: modules } = manifest.exports[entry === "index" ? "." : `./${entry}`] as Record<
      string,
      string
    >;
    const entryPoint = join(folder, node!);
    const options = { bundle: true, format: "esm", platform: "node", metafile: true, write: false } as const;
    const { metafile } = await build({ ...options, entryPoints: [entryPoint] });
    expect(Object.keys(metafile.inputs).length).toBeLessThanOrEqual(5);
    const namesIn = (path: string): string =>
      runModule(`console.log(Object.keys(await import(${JSON.stringify(path)})).sort().join())`);
    expect(namesIn(entryPoint)).toBe(namesIn(join(folder, modules!)));
  },
);

/** What must never stand in a bundle: it would tie core to one runtime, or be refused by a content security policy. */
const NOWHERE = ["node:", "require(", "eval(", "new Function", "process."];

/** What core weighs in an application: minified and gzipped, with what must have been shaken off. */
const BUNDLES = [
  {
    what: "corr2d in plain JavaScript alone",
    code: 'export { corr2d } from "@corr2d/core/scalar"',
    // By plain sums or by rows and columns; checks and messages.
    maxBytes: 4096,
    mustNotAppear: ["im2col", "tiled", "NCHW", "gradient", "glorot", "WebAssembly"],
  },
  {
    what: "conv2d alone",
    code: 'export { conv2d } from "@corr2d/core"',
    // Geometry and every algorithm, since the choice is made when shapes are known: 18 kB with the scalar ones, 20 kB of the
    // SIMD engine, which emits its WebAssembly itself; no layers.
    maxBytes: 39_936,
    mustNotAppear: ["glorot", "learningRate"],
  },
  {
    what: "corr2d alone",
    code: 'export { corr2d } from "@corr2d/core"',
    // The scalar algorithms, which it falls back on, the assembler and three microkernels, and both gradients, which any operation
    // carries; no layers, no geometry.
    maxBytes: 21_504,
    mustNotAppear: ["im2col", "winograd", "glorot"],
  },
  {
    what: "everything",
    code: 'export * from "@corr2d/core"',
    maxBytes: 68_608,
    mustNotAppear: [],
  },
];

/** Leaves modules of core's SIMD engine out: what they export is a number, and what they import is not asked for. */
const WITHOUT_ENGINE: Plugin = {
  name: "without the SIMD engine",
  setup({ onLoad }) {
    onLoad({ filter: /core[/\\](?:.*[/\\])?dist[/\\]simd[/\\]/ }, ({ path }) => {
      const names = readFileSync(path, "utf8").matchAll(/^export (?:const|let|class|(?:async )?function\*?) (\w+)/gm);
      return { contents: [...names].map(([, name]) => `export const ${name} = 0;`).join("\n") };
    });
  },
};

/** An application, minified. */
async function bundled(contents: string, plugins: Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: project },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    write: false,
    plugins,
  });
  return outputFiles[0]!.text;
}

describe("bundle of core", () => {
  test.each(BUNDLES)(
    "$what: at most $maxBytes bytes gzipped, without what it does not use",
    async ({ code, maxBytes, mustNotAppear }) => {
      const text = await bundled(code);
      expect(gzipSync(text).length).toBeLessThanOrEqual(maxBytes);
      expect([...NOWHERE, ...mustNotAppear].filter((word) => text.includes(word))).toEqual([]);
    },
  );

  test.each([
    ["conv2d", 20_000],
    ["*", 26_000],
  ])("the SIMD engine adds to that of { %s } at most %i bytes gzipped", async (names, most) => {
    const code = names === "*" ? 'export * from "@corr2d/core"' : `export { ${names} } from "@corr2d/core"`;
    const [whole, without] = [await bundled(code), await bundled(code, [WITHOUT_ENGINE])];
    expect(without).not.toContain("WebAssembly");
    expect(gzipSync(whole).length - gzipSync(without).length).toBeLessThanOrEqual(most);
  });
});
