/** What libraries cost before and beside computing, measured by the command. */

import { stderr, stdout } from "node:process";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { footprintTable } from "../src/cli/footprint-command.ts";
import { runCli } from "../src/cli/program.ts";
import type { LibraryFootprint, measureFootprints } from "../src/footprint/measure.ts";
import { toText } from "../src/report/terminal.ts";

let printed: { out: string; err: string };
beforeEach(() => {
  printed = { out: "", err: "" };
  vi.spyOn(stdout, "write").mockImplementation((text) => {
    printed.out += String(text);
    return true;
  });
  vi.spyOn(stderr, "write").mockImplementation((text) => {
    printed.err += String(text);
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

it("measures getting ready, first and later results, memory and what a page downloads", async () => {
  expect(await runCli(["footprint", "--libraries", "corr2d,tfjs-wasm", "--processes", "1", "--json"])).toBe(0);
  const found = JSON.parse(printed.out) as Awaited<ReturnType<typeof measureFootprints>>;
  expect(found.missing).toEqual([]);
  const [ours, theirs] = found.footprints as readonly [LibraryFootprint, LibraryFootprint];
  expect([ours.library, theirs.library]).toEqual(["corr2d", "tfjs-wasm"]);
  for (const { readyMs, firstMs, laterMs, memoryBytes, scriptBytes } of [ours, theirs]) {
    for (const [median] of [readyMs, firstMs, laterMs]) expect(median).toBeGreaterThan(0.1);
    expect(memoryBytes[0]).toBeGreaterThan(1e6);
    expect(scriptBytes).toBeGreaterThan(20_000);
  }
  expect(ours.wasmBytes).toBe(0);
  expect(theirs.wasmBytes).toBeGreaterThan(100_000);
});

it("names a library that there is none of, and one that cannot be had", async () => {
  expect(await runCli(["footprint", "--libraries", "tfjs-wasn"])).toBe(2);
  expect(printed.err).toMatch(/unknown library "tfjs-wasn"; did you mean "tfjs-wasm"/);
  expect(toText(footprintTable([], [{ library: "tfjs-node", reason: "Error: not here" }]))).toContain(
    "tfjs-node could not be had: Error: not here",
  );
});
