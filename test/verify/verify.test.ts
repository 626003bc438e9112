import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const verify = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL("../../scripts/verify.ts", import.meta.url)), ...args], {
    encoding: "utf8",
  });

test("a run ends with one line that counts, and exit code 0", () => {
  const { status, stdout } = verify("workflows");
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("1 passed, 0 failed, 0 skipped");
  expect(status).toBe(0);
});

test("an unknown step is refused before anything runs", () => {
  const { status, stdout, stderr } = verify("workflows", "tets");
  expect(stderr).toContain("unknown step tets; steps are lint, build,");
  expect(stdout).toBe("");
  expect(status).toBe(2);
});
