/** Modules that answer something else than convolutions in float32: pooling, and convolutions in float64. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CASES } from "@corr2d/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { float64Adapter, loadModule, type ParityReport, runParity } from "../src/index.ts";
import { faultIn } from "../src/shrink/reduce.ts";

const folder = mkdtempSync(join(tmpdir(), "corr2d-others-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
}

/** The program of a report's first reduction, run beside the module. */
function runProgram(
  { reductions: [reduction] }: ParityReport,
  name: string,
): { status: number | null; stdout: string } {
  const text = reduction!.program.replaceAll(new RegExp(`from "[^"]*${name}\\.mjs"`, "g"), `from "./${name}.mjs"`);
  const path = write(`${name}-failure`, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  expect(stderr).toBe("");
  return { status, stdout };
}

const POOL = `
const size = (shape) => shape.reduce((a, b) => a * b);
export const reach = { ranks: [2], layouts: ["channels last"], roundings: ["floor"], operations: ["average pool", "max pool"] };
export function forward({ inputShape, filterShape, outputShape, strides, dilations, pads, pool }, { x }) {
  const [, height, width, channels] = inputShape;
  const [, rows, columns] = outputShape;
  return Float32Array.from({ length: size(outputShape) }, (_, at) => {
    const [c, j] = [at % channels, Math.floor(at / channels) % columns];
    const [i, n] = [Math.floor(at / channels / columns) % rows, Math.floor(at / channels / columns / rows)];
    const seen = [];
    for (let a = 0; a < filterShape[0]; a++) {
      for (let b = 0; b < filterShape[1]; b++) {
        const [h, w] = [i * strides[0] + a * dilations[0] - pads[0][0], j * strides[1] + b * dilations[1] - pads[1][0]];
        if (h >= 0 && h < height && w >= 0 && w < width) seen.push(x[((n * height + h) * width + w) * channels + c]);
      }
    }
    return pool === "max" ? Math.max(...seen) : seen.reduce((a, b) => a + b, 0) / seen.length;
  });
}
`;

describe("a module that pools", () => {
  const cases = { oracles: ["tfjs-cpu"], cases: 0, include: ["*×9×7×*pool", "*5×6×*pool"] };

  it("agrees with TensorFlow.js, and is asked for nothing else", async () => {
    const report = await runParity({ ...cases, adapters: [await loadModule(write("pools", POOL))] });
    expect(report.reasons).toEqual([]);
    expect(report.outcome).toBe("agree");
    for (const feature of ["average pool", "max pool"]) {
      const { answered, wrong } = report.support.find((row) => row.feature === feature && row.pass === "forward")!;
      expect([answered > 1, wrong]).toEqual([true, 0]);
    }
    expect(report.support.filter(({ answered, feature }) => answered > 0 && feature === "transposed")).toEqual([]);
  });

  it("and counts the cells of padding is shown by a program", async () => {
    const path = write("counts", POOL.replace("/ seen.length", "/ (filterShape[0] * filterShape[1])"));
    const report = await runParity({ ...cases, include: ["*5×6×*average pool"], modules: [path], jobs: 1 });
    expect(report.outcome).toBe("disagree");
    const { status, stdout } = runProgram(report, "counts");
    expect(stdout).toMatch(/forward at \[0,\d+,\d+,\d+\]: got /);
    expect(status).toBe(1);
  });
});

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, RIGHT] = /```js\n(\/\/ my-conv\.js.*?)```/s.exec(README)!;
const DOUBLE = `export const precision = "float64";\n${RIGHT!.replace("return Float32Array", "return Float64Array")}`;
const problem = { convCase: CASES[0]!, values: "real", seed: 1 } as const;

describe("a module that computes in float64", () => {
  const cases = { oracles: ["tfjs-cpu"], cases: 40, include: ["generated: 1×*bias"], coverage: 0 };

  it("agrees where it is right", async () => {
    const report = await runParity({ ...cases, adapters: [await loadModule(write("double", DOUBLE))] });
    expect(report.reasons).toEqual([]);
    expect(report.outcome).toBe("agree");
    expect(report.algorithms[0]!.version).toMatch(/^unknown, float64 \(/);
  });

  it("and rounds its weights to float32 is shown by a program in float64", async () => {
    const path = write("narrow", DOUBLE.replace("sum += tap", "sum += Math.fround(tap)"));
    const report = await runParity({ ...cases, cases: 0, include: ["textbook*"], modules: [path], jobs: 1 });
    expect(report.outcome).toBe("disagree");
    expect(report.reductions[0]!.reason).toContain("errors of float64 are told 2²⁹ times as large");
    const { status, stdout } = runProgram(report, "narrow");
    const [, got, right, bound] = /got (\S+), right (\S+), bound (\S+)/.exec(stdout)!.map(Number);
    expect(Math.abs(got! - right!)).toBeLessThan(2 ** -24 * Math.max(1, Math.abs(right!)));
    expect(bound).toBeLessThan(2 ** -45 * Math.max(1, Math.abs(right!)));
    expect(status).toBe(1);
  });

  it.each([
    ["weights", "sum += tap", "sum += Math.fround(tap)"],
    ["the image", "* x[((", "* Math.fround(x[(("],
    ["the result", "return sum;", "return Math.fround(sum);"],
    ["every sum", "sum += tap * x[", "sum = Math.fround(sum + tap * x["],
    ["the bias", "bias ? bias[o] : 0", "bias ? Math.fround(bias[o]) : 0"],
    ["the last five bits", "return sum;", "return sum * (1 + 2 ** -47);"],
  ])("is caught when it rounds %s", async (what, from, to) => {
    const text = DOUBLE.replace(from, to);
    const isOpen = to.includes("Math.fround(x[") || to.includes("Math.fround(sum + tap");
    const path = write(
      `rounds-${what.replaceAll(" ", "-")}`,
      isOpen ? text.replace("channels + c];", "channels + c]);") : text,
    );
    const right = await loadModule(write("double-alone", DOUBLE));
    expect((await faultIn(right, problem, "forward"))?.reason).toBeUndefined();
    const adapter = await loadModule(path);
    const convCase = { ...problem.convCase, bias: true };
    expect((await faultIn(adapter, { ...problem, convCase }, "forward"))?.reason).toMatch(
      /miss their bound|less than float32/,
    );
  });

  it("must give a Float64Array, and changes no argument", async () => {
    const float32 = await loadModule(write("float32", `export const precision = "float64";\n${RIGHT}`));
    expect((await faultIn(float32, problem, "forward"))?.reason).toContain(
      "must give a Float64Array, got a Float32Array",
    );
    const clears = DOUBLE.replace("const fits", "x.fill(0);\n  const fits");
    const rude = await loadModule(write("rude", clears));
    expect((await faultIn(rude, problem, "forward"))?.reason).toContain("forward changed its argument x");
    await expect(loadModule(write("third", DOUBLE.replace("float64", "float16")))).rejects.toThrow(
      'precision must be "float32" or "float64", got "float16"',
    );
  });

  it("as an adapter of layers is told apart from one that keeps its result's memory", async () => {
    const shared = new Float64Array(1000);
    const adapter = float64Adapter({
      ...{ name: "shares", version: "1", threads: 1, precision: "float64", supports: () => true },
      prepare: (_case, _pass, { dy }) => ({ run() {}, read: () => shared.subarray(0, dy.length), dispose() {} }),
    });
    expect((await faultIn(adapter, problem, "forward"))?.reason).toMatch(/miss their bound/);
  });
});
