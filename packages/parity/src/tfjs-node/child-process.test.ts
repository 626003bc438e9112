import { describe, expect, it } from "vitest";
import { lastWords, runCommand } from "./child-process.ts";

const run = (program: string, signal = AbortSignal.timeout(20_000)) =>
  runCommand(process.execPath, ["-e", program], { env: process.env, signal });

describe("runCommand", () => {
  it("keeps what was printed to either stream", async () => {
    const result = await run("console.log('out'); console.error('err')");
    expect(result).toMatchObject({ code: 0, failure: undefined });
    expect(result.output.split("\n").sort().join("")).toBe("errout");
  });

  it("keeps the tail of a long log", async () => {
    const { output } = await run("for (let i = 0; i < 20000; i++) console.log('line ' + i)");
    expect(output.length).toBeLessThanOrEqual(8192);
    expect(output.endsWith("line 19999\n")).toBe(true);
  });

  it("says how a program failed", async () => {
    expect(await run("process.exit(3)")).toMatchObject({ code: 3, failure: "node ended with exit code 3" });
    const missing = await runCommand("no-such-program", [], { env: {}, signal: AbortSignal.timeout(1000) });
    expect(missing).toMatchObject({ code: undefined, failure: "no-such-program was not found" });
  });

  it("ends a program that takes too long, with its children", async () => {
    const started = Date.now();
    const child = "require('child_process').spawnSync(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])";
    const { failure } = await run(child, AbortSignal.timeout(500));
    expect(failure).toBe("node was ended: it took too long");
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});

it("lastWords are the last lines that say something", () => {
  expect(lastWords("a\n\n b \nc\nd\n\n")).toBe("b / c / d");
  expect(lastWords("")).toBe("");
});
