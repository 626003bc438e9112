import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toText } from "../src/report/terminal.ts";
import { comparisonTable, type ImageRequest, type KernelComparison } from "../src/scipy/compare.ts";
import { Scipy } from "../src/scipy/python.ts";

describe("Scipy, with a program in the place of Python", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "corr2d-scipy-test-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const pretend = async (name: string, body: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, `#!${process.execPath}\n${body}\n`);
    await chmod(file, 0o755);
    return file;
  };
  const request = { function: "ndimage", side: 8, size: 3, data: "", milliseconds: 1, result: null } as const;

  it("reads versions, then an answer for each request, on one thread", async () => {
    const program = await pretend(
      "answers.cjs",
      `console.log(JSON.stringify({ scipy: process.env.OMP_NUM_THREADS, numpy: process.argv[2].split("/").at(-1) }));
       require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
         console.log(JSON.stringify({ median: JSON.parse(line).side / 2, calls: 1 }));
       });`,
    );
    const scipy = new Scipy<ImageRequest>(program, "correlate.py");
    expect(await scipy.versions()).toEqual({ scipy: "1", numpy: "correlate.py" });
    expect(await scipy.time(request)).toBe(4);
    expect(await scipy.time({ ...request, side: 20 })).toBe(10);
    scipy.stop();
  });

  it("says so when it ends too soon", async () => {
    const scipy = new Scipy<ImageRequest>(await pretend("ends.cjs", ""), "correlate.py");
    await expect(scipy.versions()).rejects.toThrow("SciPy's process has ended");
  });
});

it("the table has a row for everybody and ratios for the peers", () => {
  const peers = <T>(value: T) => ({
    "opencv.js": value,
    "scipy correlate2d": value,
    "scipy ndimage": value,
    "scipy fftconvolve": value,
  });
  const all = (value: number) => ({ corr2d: value, "corr2d/simd": value, ...peers(value) });
  const ratio = { estimate: 12, low: 11, high: 13 };
  const measured: KernelComparison = {
    size: 5,
    milliseconds: all(1.5),
    errors: all(1e-7),
    ratios: { corr2d: peers(ratio), "corr2d/simd": peers(ratio) },
  };
  const text = toText(comparisonTable("SciPy 1", [measured]));
  expect(text).toContain("5×5");
  expect(text).toMatch(/corr2d\/simd +1\.5\d? +1\.0e-7\n/);
  expect(text).toMatch(/scipy ndimage +1\.5\d? +1\.0e-7 +12.*\(11.*13.*\) +12.*\(11.*13/);
});
