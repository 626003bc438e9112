/** `init` and the options of a first run: what they write and ask. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { runParity } from "../src/index.ts";
import { MODULE_TEMPLATE } from "../src/init/module-template.ts";

const PROGRAM = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "corr2d-init-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=@corr2d/source", PROGRAM, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return { code: status, out: stdout, err: stderr };
}

it("init writes a module that agrees and a workflow, and writes over nothing", () => {
  const { code, out } = run("init");
  expect([code, out]).toEqual([0, expect.stringContaining("Now: npx corr2d-parity check my-conv.mjs")]);
  const workflow = readFileSync(join(folder, ".github/workflows/parity.yml"), "utf8");
  expect(workflow).toMatch(/--package @corr2d\/parity@\d+\.\d+\.\d+ corr2d-parity check my-conv\.mjs --shard auto/);
  expect(readFileSync(new URL("../README.md", import.meta.url), "utf8")).toContain(MODULE_TEMPLATE);
  writeFileSync(
    join(folder, "cases.json"),
    '[{ "name": "mine", "inputShape": [1, 9, 9, 3], "filterShape": [3, 3, 3, 4] }]',
  );
  const checked = run("check", "my-conv.mjs", "--oracle", "tfjs-cpu", "--cases", "cases.json");
  expect(checked.out).toMatch(/^agree: \d+ comparisons/m);
  expect(checked.out).toContain("Trials: 1 (");
  writeFileSync(join(folder, "my-conv.mjs"), "mine");
  expect(run("init").out).toContain("my-conv.mjs is there already, and stays as it is");
  expect(readFileSync(join(folder, "my-conv.mjs"), "utf8")).toBe("mine");
  expect(existsSync(join(folder, "nowhere"))).toBe(false);
});

it("patterns choose cases, and leave them out", async () => {
  const asked = async (options: object): Promise<number> => {
    const only = { oracles: ["tfjs-cpu"], algorithms: ["naive"], cases: 0, only: "past the kernel" };
    return (await runParity({ ...only, ...options })).run.trials;
  };
  const all = await asked({});
  const included = await asked({ include: ["same, str*past"] });
  const without = await asked({ include: ["same, str*past"], exclude: ["vol*kernel"] });
  expect([all > included, included > without, without > 0]).toEqual([true, true, true]);
});

it("time that is up ends a run with what it has, and says what it left out", async () => {
  const report = await runParity({ oracles: ["tfjs-cpu"], algorithms: ["naive"], cases: 0, only: "e", seconds: 1e-3 });
  expect(report.run.left ?? 0).toBeGreaterThanOrEqual(0);
  expect(report.run.trials).toBeLessThan(40);
});
