import { existsSync } from "node:fs";
import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheDirectory, nativeDirectory, tfjsNodePackage, writeManifest } from "./native-library.ts";
import { findTfjsNode, setupTfjsNode, TfjsNodeUnavailableError } from "./setup.ts";

let folder: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "corr2d-setup-"));
  cache = join(folder, "cache");
});
afterEach(() => rm(folder, { recursive: true }));

/** A folder to be the whole PATH, with these shell scripts in it. */
async function commands(scripts: Readonly<Record<string, string>>): Promise<NodeJS.ProcessEnv> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return { PATH: bin };
}

/** A set-up that must fail; its message and what it reported. */
async function failure(options: Parameters<typeof setupTfjsNode>[0]): Promise<{ message: string; reports: string[] }> {
  const reports: string[] = [];
  const error = await setupTfjsNode({ cache, report: (text) => reports.push(text), ...options }).then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(TfjsNodeUnavailableError);
  return { message: error.message, reports };
}

/** Something that looks like a finished set-up. */
async function fakeLibrary(): Promise<string> {
  const directory = nativeDirectory(cache);
  await mkdir(join(directory, "lib/napi-v8"), { recursive: true });
  await writeFile(join(directory, "lib/napi-v8/tfjs_binding.node"), "an add-on");
  await writeManifest(directory, {
    source: "wheel",
    tfjsNode: tfjsNodePackage().version,
    provenance: "made by a test",
    addon: "lib/napi-v8/tfjs_binding.node",
  });
  return directory;
}

describe("cacheDirectory", () => {
  it("is what CORR2D_CACHE says, or the operating system's place", () => {
    expect(cacheDirectory({ CORR2D_CACHE: "elsewhere" })).toBe(resolve("elsewhere"));
    expect(cacheDirectory({ CORR2D_CACHE: "" })).toContain("corr2d");
  });
});

describe("findTfjsNode", () => {
  it("finds what was set up, its hashes checked", async () => {
    const directory = await fakeLibrary();
    expect(await findTfjsNode(cache)).toEqual({
      addonPath: join(directory, "lib/napi-v8/tfjs_binding.node"),
      source: "wheel",
      provenance: "made by a test",
    });
  });

  it("refuses a library that is not the one that was set up", async () => {
    const directory = await fakeLibrary();
    await appendFile(join(directory, "lib/napi-v8/tfjs_binding.node"), "!");
    await expect(findTfjsNode(cache)).rejects.toThrow(
      /tfjs_binding\.node is not the file that was set up: SHA-256 [0-9a-f]{64}, recorded [0-9a-f]{64}; to set it up anew/,
    );
  });

  it("refuses a library of which a file is missing, and a manifest that is none", async () => {
    const directory = await fakeLibrary();
    await rm(join(directory, "lib/napi-v8/tfjs_binding.node"));
    await expect(findTfjsNode(cache)).rejects.toThrow("SHA-256 no such file");
    await writeFile(join(directory, "manifest.json"), "{}");
    await expect(findTfjsNode(cache)).rejects.toThrow("is not a manifest of this version");
    await writeFile(join(directory, "manifest.json"), "{");
    await expect(findTfjsNode(cache)).rejects.toThrow(TfjsNodeUnavailableError);
  });

  it("says how to install a package that is installed for nobody who does not ask", () => {
    const missing = (): never => {
      throw new Error("Cannot find module");
    };
    expect(() => tfjsNodePackage(missing)).toThrow(
      /^@tensorflow\/tfjs-node is not installed; npm install --ignore-scripts @tensorflow\/tfjs-node@4\.22\.0, then/,
    );
  });

  // The installed package may bring a library of its own; then there is one whatever the cache holds.
  it.skipIf(existsSync(join(tfjsNodePackage().directory, "lib")))("says what to do where there is none", async () => {
    await expect(findTfjsNode(cache)).rejects.toThrow(
      "tfjs-node is not set up; to set it up: corr2d-parity setup-tfjs-node",
    );
  });
});

const onLinuxX64 = process.platform === "linux" && process.arch === "x64";
const installed = existsSync(join(tfjsNodePackage().directory, "lib"));

describe.skipIf(installed)("setupTfjsNode", () => {
  it("uses what is there, and asks nobody", async () => {
    await fakeLibrary();
    const reports: string[] = [];
    const library = await setupTfjsNode({ cache, env: {}, report: (text) => reports.push(text) });
    expect([library.provenance, reports]).toEqual(["made by a test", []]);
  });

  it("names everything that is missing, at once, and keeps the reasons for later reports", async () => {
    const { message, reports } = await failure({ env: await commands({}), routes: ["wheel"] });
    expect(message).toContain("no pip (tried python3 -m pip, python -m pip, pip3, pip)");
    expect(message).toContain("no C++ compiler (tried $CXX, c++, g++, clang++)");
    if (!onLinuxX64) expect(message).toContain("the wheel is for linux x64");
    expect(reports.at(-1)).toContain("no C++ compiler");
    await expect(findTfjsNode(cache)).rejects.toThrow("no C++ compiler");
  });

  it("leaves nothing behind but the reasons", async () => {
    await failure({ env: await commands({}), routes: ["wheel"] });
    const left = await readdir(join(cache, "tfjs-node"));
    expect(left).toEqual([expect.stringMatching(/\.unavailable\.txt$/)]);
  });

  it("makes way for a new set-up where a library is damaged", async () => {
    const directory = await fakeLibrary();
    await appendFile(join(directory, "lib/napi-v8/tfjs_binding.node"), "!");
    const { reports } = await failure({ env: await commands({}), routes: ["wheel"] });
    expect(reports[0]).toContain("is not the file that was set up");
    expect(existsSync(directory)).toBe(false);
  });

  it("tries the package's installer in a copy: where its host cannot be reached, the package is as it was", async () => {
    const before = await readdir(tfjsNodePackage().directory);
    // Nobody listens there.
    const env = { ...process.env, TFJS_NODE_CDN_STORAGE: "http://127.0.0.1:9/" };
    const { message } = await failure({ env, routes: ["prebuilt"] });
    expect(message).toMatch(/its installer failed: .*(ECONNREFUSED|Unsupported system)/);
    expect(await readdir(tfjsNodePackage().directory)).toEqual(before);
  });

  describe.runIf(onLinuxX64)("from the wheel", () => {
    const compiler = 'echo "c++ 1.0"';

    it("refuses a wheel of another hash", async () => {
      const pip = `
case "$*" in
  *--version*) echo "pip 1.0" ;;
  *download*) while [ "$1" != --dest ]; do shift; done; /bin/mkdir -p "$2"; echo "not it" > "$2/tensorflow_cpu.whl" ;;
esac`;
      const { message } = await failure({ env: await commands({ python3: pip, "c++": compiler }), routes: ["wheel"] });
      expect(message).toMatch(/tensorflow_cpu\.whl has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}: refused/);
    });

    it("says what pip said where it could not download", async () => {
      const pip = 'case "$*" in *--version*) ;; *) echo "ERROR: No matching distribution" >&2; exit 1 ;; esac';
      const { message } = await failure({ env: await commands({ pip3: pip, "g++": compiler }), routes: ["wheel"] });
      expect(message).toContain("pip could not download tensorflow-cpu==2.12.0");
      expect(message).toContain("ERROR: No matching distribution");
    });
  });
});
