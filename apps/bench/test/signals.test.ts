/** Correlations of signals beside others, with a program in the place of Python. */

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toText } from "../src/report/terminal.ts";
import { compareSignals, SIGNAL_CASES, type SignalCase, signalTable } from "../src/signals/compare.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "corr2d-signals-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Answers as `scipy/signals.py` does, `wrong` off in the last value. */
async function pretendPython(wrong: number): Promise<string> {
  const file = join(folder, `python-${wrong}.cjs`);
  const program = `#!${process.execPath}
    const { readFileSync, writeFileSync } = require("node:fs");
    console.log(JSON.stringify({ scipy: "1", numpy: "2" }));
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { data, dtype, length, result } = JSON.parse(line);
      if (result !== null) {
        const bytes = readFileSync(data);
        const all = new (dtype === "float32" ? Float32Array : Float64Array)(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        const [x, k] = [all.slice(0, length), all.slice(length)];
        const y = new Float64Array(x.length + k.length - 1);
        for (let i = 0; i < x.length; i++) for (let a = 0; a < k.length; a++) y[i + k.length - 1 - a] += x[i] * k[a];
        y[y.length - 1] += ${wrong};
        writeFileSync(result, new Uint8Array(y.buffer));
      }
      console.log(JSON.stringify({ median: 3, calls: 1 }));
    });`;
  await writeFile(file, program);
  await chmod(file, 0o755);
  return file;
}

const cases: readonly SignalCase[] = [
  { length: 50, kernel: 9, dtype: "float32" },
  { length: 40, kernel: 41, dtype: "float64" },
];
const args = { rounds: 2, time: 1, seed: 1 };

it("holds all against each other, times them, and tells", async () => {
  const told: SignalCase[] = [];
  const { versions, comparisons } = await compareSignals(await pretendPython(0), cases, args, (found) =>
    told.push(found),
  );
  expect(told).toEqual(cases);
  expect(versions).toBe("SciPy 1, NumPy 2");
  for (const { milliseconds, errors, ratios } of comparisons) {
    expect(milliseconds["scipy fftconvolve"]).toBe(3);
    expect(ratios["ml-convolution"].estimate).toBeGreaterThan(0);
    expect(Math.max(...Object.values(errors))).toBeLessThan(1e-6);
  }
  const text = toText(signalTable(versions, comparisons));
  expect(text).toContain("50 by 9, float32");
  expect(text).toMatch(/ml-convolution +[\d.]+ +\S+ +[\d.]+×/);
});

it("times nobody whose result is wrong", async () => {
  await expect(compareSignals(await pretendPython(1e-3), cases, args, () => {})).rejects.toThrow(
    /scipy fftconvolve: differs by .* of max\|x\| · Σ\|k\|/,
  );
});

it("asks for two long signals, and a long and a short one, of either type", () => {
  expect(SIGNAL_CASES).toHaveLength(8);
  expect(SIGNAL_CASES.every(({ kernel }) => kernel % 2 === 1)).toBe(true);
});
