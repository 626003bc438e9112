/** The command: what it prints, writes and ends with. As a process where it compares, else as a function, which is quicker. */

import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { main } from "../src/command.ts";

const PROGRAM = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "corr2d-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): { code: number | null; out: string; err: string } {
  const result = spawnSync(process.execPath, ["--conditions=@corr2d/source", PROGRAM, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** The same without a process. */
async function call(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: string[][] = [[], []];
  const writes = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0),
  ];
  const code = await main(args).finally(() => {
    for (const write of writes) write.mockRestore();
  });
  return { code, out: out.join(""), err: err.join("") };
}

describe("corr2d-parity", () => {
  it("ends with 0 where everything agrees, and says what ran", () => {
    const { code, out, err } = run(["--oracle", "tfjs-cpu,tfjs-wasm", "--cases", "20", "--only", "generated"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("tfjs-cpu 4.22.0, 1 thread");
    expect(out).toContain("tfjs-wasm 4.22.0 with SIMD, 1 thread");
    expect(out).toMatch(/\| tfjs-cpu {2}\| corr2d\/naive +\| forward /);
    expect(out).toMatch(/^agree: \d+ comparisons with oracles, \d+ with the reference$/m);
  });

  it("compares a real photograph", () => {
    const { code, out } = run(["--oracle", "tfjs-wasm", "--algorithm", "tiled", "--only", "photograph"]);
    expect(code).toBe(0);
    expect(out).toContain("agree: 4 comparisons with oracles, 4 with the reference");
  });

  it("takes the name of its default command too", () => {
    const { code } = run(["run", "--oracle", "tfjs-cpu", "--only", "textbook"]);
    expect(code).toBe(0);
  });

  it("writes JSON, JUnit and Markdown, into folders that it makes", () => {
    const files = { json: "out/r.json", junit: "out/deep/r.xml", markdown: "r.md" };
    const args = Object.entries(files).flatMap(([name, file]) => [`--${name}`, file]);
    const { code } = run([
      ...["--oracle", "tfjs-cpu", "--algorithm", "tiled", "--seed", "9", "--cases", "2", "--shard", "1/4"],
      ...args,
    ]);
    expect(code).toBe(0);
    const read = (file: string): string => readFileSync(join(folder, file), "utf8");
    const report = JSON.parse(read(files.json));
    expect(report).toMatchObject({ schema: "corr2d-parity/2", outcome: "agree" });
    expect(report.run).toMatchObject({ seed: 9, cases: 2, shard: { index: 1, count: 4 } });
    expect(report.compared.withOracles + report.compared.withReference).toBe(
      report.summary.reduce((sum: number, row: { compared: number }) => sum + row.compared, 0),
    );
    expect(read(files.junit)).toContain('<testsuites name="corr2d-parity"');
    expect(read(files.markdown)).toMatch(/^# Parity with TensorFlow\.js: agree\n/);
  });

  it("explains itself", async () => {
    const { code, out } = await call(["--help"]);
    expect(code).toBe(0);
    for (const option of [
      "--oracle",
      "--require",
      "--algorithm",
      "--seed",
      "--cases",
      "--shard",
      "--json",
      "--junit",
    ]) {
      expect(out).toContain(option);
    }
    expect(out).toContain("setup-tfjs-node");
    expect(out).toContain("Exit codes:");
    expect((await call(["setup-tfjs-node", "--help"])).out).toContain("CORR2D_CACHE");
    expect((await call(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("corr2d-parity ends with 2", () => {
  it.each([
    [["--oracle", "tfjs-gpu"], '"tfjs-gpu" is unknown. Oracles are tfjs-cpu, tfjs-wasm, tfjs-node.'],
    [["--require", "torch"], '"torch" is unknown. Oracles are tfjs-cpu, tfjs-wasm, tfjs-node.'],
    [["--algorithm", "fft"], '"fft" is unknown. Algorithms are naive, im2col, tiled, '],
    [["--shard", "3/2"], "A shard is i/n with 1 ≤ i ≤ n ≤ 10000, such as 2/5."],
    [["--cases", "many"], "It must be an integer from 0 to 1000000."],
    [["--cases", "-1"], "It must be an integer from 0 to 1000000."],
    [["--seed", "1.5"], "It must be an integer from"],
    [["--json", ""], "A file needs a name."],
    [["compare"], "too many arguments"],
  ])("on bad arguments: %j", async (args, message) => {
    const { code, err } = await call(args);
    expect(err).toContain(message);
    expect(err).toContain("Run corr2d-parity --help for all options and examples.");
    expect(code).toBe(2);
  });

  it("as a process too", () => {
    expect(run(["--fast"])).toMatchObject({ code: 2, err: expect.stringContaining("unknown option '--fast'") });
  });

  it("where nothing was compared", () => {
    const { code, out } = run(["--oracle", "tfjs-cpu", "--only", "no such case"]);
    expect(out).toContain("could not run: nothing was compared with an oracle");
    expect(code).toBe(2);
  });

  it("where a report cannot be written", () => {
    const { code, err } = run(["--oracle", "tfjs-cpu", "--only", "textbook", "--json", join(PROGRAM, "report.json")]);
    expect(err).toMatch(/^corr2d-parity: (EEXIST|ENOTDIR)/);
    expect(code).toBe(2);
  });

  it("without a required oracle, with the reason, also in the reports", () => {
    const cache = { CORR2D_CACHE: join(folder, "empty cache") };
    const { code, out } = run(["--require", "tfjs-node", "--oracle", "tfjs-cpu", "--junit", "missing.xml"], cache);
    // Only the package's own installer could have brought it there, and pnpm does not run it.
    expect(out).toContain("required oracle tfjs-node did not run: tfjs-node is not set up");
    expect(readFileSync(join(folder, "missing.xml"), "utf8")).toContain("tfjs-node is not set up");
    expect(code).toBe(2);
  });

  it("where a part of it cannot be loaded", () => {
    const alone = join(folder, "cli.ts");
    copyFileSync(PROGRAM, alone);
    const { status, stderr } = spawnSync(process.execPath, [alone], { encoding: "utf8" });
    expect(stderr).toMatch(/^corr2d-parity: Cannot find module .*command\.ts/);
    expect(status).toBe(2);
  });

  it("where tfjs-node cannot be set up", () => {
    const { code, err } = run(["setup-tfjs-node"], {
      PATH: folder,
      CORR2D_CACHE: join(folder, "another cache"),
      TFJS_NODE_CDN_STORAGE: "http://127.0.0.1:9/",
    });
    expect(err).toContain("tfjs-node cannot be had natively here");
    expect(err).toContain("no C++ compiler");
    expect(code).toBe(2);
  });
});

describe("an interrupted command ends at once, quietly, with what a shell makes of the signal", () => {
  it.each([
    ["a run of its own", ["--jobs", "0"], "SIGINT", 130],
    ["a run in several processes", ["--jobs", "2"], "SIGTERM", 143],
    ["networks", ["networks"], "SIGINT", 130],
  ] as const)("%s", async (_, args, signal, expected) => {
    const cases = args[0] === "networks" ? [] : ["--cases", "100000"];
    const child = spawn(process.execPath, ["--conditions=@corr2d/source", PROGRAM, ...args, ...cases], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    let err = "";
    child.stderr.on("data", (text) => {
      err += text;
    });
    child.stdout.once("data", () => child.kill(signal)); // it says what it begins
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(expected);
    expect(err).toBe("");
  });
});
