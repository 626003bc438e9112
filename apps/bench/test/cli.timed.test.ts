import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../src/cli/program.ts";
import { parseBenchReport } from "../src/report/schema.ts";
import { sampleReport } from "./fixtures/reports.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "corr2d-bench-"));
});
afterAll(() => rm(folder, { recursive: true }));

let printed: string;
beforeEach(() => {
  printed = "";
  for (const stream of [stdout, stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("bad arguments end with 2 and name what is right", () => {
  it.each([
    [["--suite", "alexnet"], /unknown suite "alexnet"; known suites are quick, classes, lenet5, vgg16, resnet50/],
    [
      ["--variants", "fast"],
      /unknown variant "corr2d\/fast"; known variants are corr2d\/function, corr2d\/simd-function, corr2d\/simd-plan, corr2d\/revectorized/,
    ],
    [
      ["--peers", "tfjs"],
      /unknown peer "tfjs"; did you mean "tfjs-cpu"\?; known peers are tfjs-cpu, tfjs-wasm, tfjs-node/,
    ],
    [["--subject", "sharp", "--peers", "none"], /the subject "sharp" takes no part; it must be one of corr2d/],
    [["--filter", "nothing"], /no case matches --filter nothing; the cases are lenet5/],
    [["--pass", "backward"], /'backward' is invalid. Expected one of forward, inputGradient, filterGradient/],
    [["--threads", "0"], /'0' is invalid. Expected an integer of at least 1/],
    [["--threads", "2,65"], /'2,65' is invalid. Expected at most 64 threads/],
    [["--time", "0"], /'0' is invalid. Expected an integer of at least 1/],
    [["--processes", "1"], /'1' is invalid. Expected an integer of at least 2: one process says nothing/],
    [["--peers", "tfjs-wsm"], /unknown peer "tfjs-wsm"; did you mean "tfjs-wasm"\?/],
    [["--suite", "resnet"], /unknown suite "resnet"; did you mean "resnet50"\?/],
    [["--filter", "conv2_1-3x4"], /no case matches --filter conv2_1-3x4/],
    [["--seed", "1.5"], /'1.5' is invalid. Expected an integer/],
    [["--suite", ","], /Expected names, separated by commas/],
    [["--adapter", "nowhere.js"], /cannot load the adapter module nowhere.js/],
    [["--quick", "--out", `${fileURLToPath(import.meta.url)}/report`], /cannot write to .*report: ENOTDIR/],
    [["--quik"], /unknown option '--quik'[\s\S]*Did you mean --quick/],
    [["measure"], /too many arguments[\s\S]*Run bench --help/],
    [["footprnt"], /Did you mean "footprint"\? Run bench --help/],
    [["list", "everything"], /Allowed choices are suites, variants, peers, cases/],
    [["edges", "nowhere.png"], /cannot read the picture nowhere.png/],
    [["scipy", "--python", "nowhere"], /no SciPy in nowhere; make a place for it by .* --python/],
    [["scipy", "--kernels", "3,4"], /'3,4' is invalid. Expected odd integers/],
    [["render", "nowhere.json"], /cannot read the report nowhere.json/],
  ])("%j", async (args, message) => {
    expect(await runCli(args)).toBe(2);
    expect(printed).toMatch(message);
  });
});

it("asks for a later Node under one it does not run in", async () => {
  const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
  const old = 'data:text/javascript,Object.defineProperty(process, "version", { value: "v20.20.2" })';
  const run = promisify(execFile)(process.execPath, ["--import", old, cli, "--help"]);
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^bench: needs Node 22 .* v20.20.2/),
  });
});

describe("help", () => {
  it("has every option, suite, variant and peer, the exit codes and examples", async () => {
    expect(await runCli(["--help"])).toBe(0);
    const options =
      "--suite --filter --variants --peers --adapter --subject --pass --fresh --threads --quick --time --rounds --processes";
    const names = "resnet50 images all corr2d/tiled tfjs-node onnxruntime-web opencv.js sharp image-js";
    const rest = "--seed --out --json Examples: Exit list edges showcase render";
    for (const word of `${options} ${names} ${rest}`.split(" ")) expect(printed).toContain(word);
  });

  it.each(["list", "edges", "showcase", "render"])("of %s", async (command) => {
    expect(await runCli([command, "--help"])).toBe(0);
    expect(printed).toContain(`Usage: bench ${command}`);
  });
});

it.each([
  ["suites", "mobilenetv2"],
  ["variants", "corr2d/im2col"],
  ["peers", "onnxruntime-node"],
  ["cases", "resnet50/conv2_1-3x3"],
])("lists %s", async (what, name) => {
  expect(await runCli(["list", what])).toBe(0);
  expect(printed).toContain(name);
});

it("says in a sentence where it cannot write", async () => {
  expect(await runCli(["edges", "--out", folder])).toBe(2);
  expect(printed).toMatch(/^bench: cannot write .*: EISDIR/);
  expect(printed.trim().split("\n")).toHaveLength(1);
});

it("writes the edges of a picture", async () => {
  const out = join(folder, "new", "edges.png");
  expect(await runCli(["edges", "--out", out])).toBe(0);
  expect((await readFile(out)).subarray(1, 4).toString()).toBe("PNG");
  expect(printed).toContain("edges of 512×512 pixels");
});

it("renders a report anew from its JSON, and refuses another version", async () => {
  const file = join(folder, "report.json");
  await writeFile(file, JSON.stringify(sampleReport()));
  expect(await runCli(["render", file, "--out", join(folder, "again")])).toBe(0);
  expect(await readFile(join(folder, "again", "index.html"), "utf8")).toContain("resnet50");
  await writeFile(file, JSON.stringify({ ...sampleReport(), schemaVersion: 99 }));
  expect(await runCli(["render", file])).toBe(2);
  expect(printed).toContain("it is of schema version 99, and this bench reads version 2: use the bench that wrote it");
  await writeFile(file, JSON.stringify({ ...sampleReport(), schemaVersion: 1 }));
  expect(await runCli(["render", file])).toBe(2);
  expect(printed).toContain("measure anew: bench --suite quick,scaling --quick");
  await writeFile(file, '{ "kind": "something else" }');
  expect(await runCli(["render", file])).toBe(2);
  expect(printed).toContain("it is no benchmark report");
});

describe("a small run", () => {
  const small = "--filter lenet5/C3 --variants naive,tiled --peers none --quick --time 20 --processes 2".split(" ");

  it("measures, writes the report and prints every figure", async () => {
    const out = join(folder, "run");
    expect(await runCli([...small, "--rounds", "5", "--out", out])).toBe(0);
    const report = parseBenchReport(JSON.parse(await readFile(join(out, "report.json"), "utf8")));
    expect(report.settings).toMatchObject({
      suites: ["quick"],
      filter: "lenet5/C3",
      subject: "corr2d/tiled",
      rounds: 5,
    });
    const [{ results, twin }] = report.cases;
    expect(twin!.noiseFloor).toBeGreaterThanOrEqual(1);
    expect(twin!.rounds).toHaveLength(2);
    expect(report).toMatchObject({
      complete: true,
      remarks: [],
      environment: { command: expect.stringMatching(/^bench /) },
    });
    for (const { outcome, timing, agreement } of results) {
      expect(outcome).toBe("timed");
      expect(agreement!.worstErrorOverBound).toBeLessThan(1);
      expect(timing!.gflops).toBeGreaterThan(0);
      expect(timing!.ceilingShare).toBeGreaterThan(0);
    }
    expect(results[0].ratio!.high).toBeGreaterThanOrEqual(results[0].ratio!.low);
    expect(printed).toContain("corr2d/tiled");
    expect(printed).toContain("The report is");
  });

  it("goes on with a run that was interrupted, and with that run only", async () => {
    const out = join(folder, "resumed");
    const lenet = ["--suite", "lenet5", "--filter", "/C[13]$/", ...small.slice(2), "--rounds", "2", "--out", out];
    expect(await runCli(lenet)).toBe(0);
    const file = join(out, "report.json");
    const whole = parseBenchReport(JSON.parse(await readFile(file, "utf8")));
    const partial = { ...whole, complete: false, cases: whole.cases.slice(0, 1), remarks: ["Somebody interrupted."] };
    await writeFile(file, JSON.stringify(partial));
    expect(await runCli([...lenet, "--seed", "2", "--resume"])).toBe(2);
    expect(printed).toContain("cannot go on with a run of something else: seed was 1 and is 2");
    expect(await runCli([...lenet, "--resume"])).toBe(0);
    const resumed = parseBenchReport(JSON.parse(await readFile(file, "utf8")));
    expect(resumed.cases.map(({ convCase }) => convCase.name)).toEqual(
      whole.cases.map(({ convCase }) => convCase.name),
    );
    expect(resumed.cases[0].twin).toEqual(whole.cases[0].twin);
    expect(resumed.cases[1].twin).not.toEqual(whole.cases[1].twin);
    expect(resumed).toMatchObject({ complete: true, created: whole.created, remarks: ["Somebody interrupted."] });
    expect(await runCli([...lenet, "--resume"])).toBe(2);
    expect(printed).toContain("came to its end; leave --resume away");
  });

  it("ends with 1 where somebody is wrong, and prints JSON alone on stdout when asked", async () => {
    const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
    const fixtures = fileURLToPath(new URL("fixtures/adapters.ts", import.meta.url));
    const args = [...small, "--adapter", fixtures, "--rounds", "5", "--json", "--out", join(folder, "wrong")];
    const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
      execFile(process.execPath, ["--conditions=@corr2d/source", cli, ...args], { maxBuffer: 1e8 }, (error, output) =>
        resolve({ code: error?.code ?? 0, output }),
      );
    });
    expect(code).toBe(1);
    const [{ results }] = parseBenchReport(JSON.parse(output)).cases;
    const outcomes = Object.fromEntries(results.map(({ variant, outcome }) => [variant, outcome]));
    expect(outcomes).toMatchObject({
      "corr2d/tiled": "timed",
      wrong: "disagrees",
      crashing: "failed",
      absent: "unavailable",
    });
  });

  it.each([
    ["alone", 130, "SIGINT"],
    ["with all its processes", 143, "SIGTERM"],
    ["with all its processes", 129, "SIGHUP"],
  ] as const)("ends when it is interrupted, %s, keeps what there is, exit code %i", async (how, code, signal) => {
    const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
    const out = join(folder, `interrupted-${code}-${how.length}`);
    const args = ["--conditions=@corr2d/source", cli, ...small, "--time", "60000", "--out", out];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    let said = "";
    child.stderr.on("data", (text) => {
      const isFirst = said === ""; // it says what it begins
      said += text;
      if (isFirst) process.kill(how === "alone" ? child.pid! : -child.pid!, signal);
    });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(code);
    expect(said).toMatch(/What was measured is in .*index\.html; the same command with --resume goes on\./);
    const kept = parseBenchReport(JSON.parse(await readFile(join(out, "report.json"), "utf8")));
    // What was under way is no result: neither a failure nor a remark.
    expect(kept).toMatchObject({ complete: false, cases: [], remarks: [] });
  });
});
