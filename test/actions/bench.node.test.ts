/**
 * The action `.github/actions/bench`, executed: what it compares, says, comments and fails for. It is given reports that are
 * there, and so measures nothing; npm and GitHub's own program are replaced by ones that write down what they are asked for.
 *
 * @module
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleReport } from "../../apps/bench/test/fixtures/reports.ts";
import { type ActionResult, readAction, runAction } from "./composite.ts";

vi.setConfig({ testTimeout: 180_000 });

const action = readAction(new URL("../../.github/actions/bench/action.yml", import.meta.url));
const program = fileURLToPath(new URL("../../apps/bench/src/cli.ts", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corr2d action ")); // a space, as file names have
  const asked = join(folder, "asked.txt");
  script("bin/npm", `echo "npm $*" >> "${asked}"`);
  script(
    "bin/gh",
    `echo "gh $*" >> "${asked}"\nif [[ "$*" == *--jq* ]] && [ -f "${folder}/known" ]; then cat "${folder}/known"; fi`,
  );
  // In the place of the Node of the checkout, and of what is built there.
  script(
    "root/node_modules/.bin/node",
    `shift\nexec "${process.execPath}" --conditions=@corr2d/source "${program}" "$@"`,
  );
  mkdirSync(join(folder, "root/.github/actions/bench"), { recursive: true });
  for (const [name, factor] of [
    ["base", 1],
    ["slower", 1.3],
  ] as const) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(reportOf(factor)));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function script(name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(file, 0o755);
}

/** A report whose subject takes so many times as long. */
function reportOf(factor: number): object {
  const report = structuredClone(sampleReport());
  const processes = (ms: number) => Array.from({ length: 8 }, (_, n) => [ms * (1 + 0.002 * n)]);
  for (const { results } of report.cases) {
    for (const { variant, timing } of results) {
      const own = variant === report.settings.subject ? factor : 1;
      if (timing !== null) Object.assign(timing, { rounds: processes(timing.medianMs * own) });
    }
  }
  return report;
}

const asked = (): string => readFileSync(join(folder, "asked.txt"), "utf8");

/** A run; an earlier one in the same place has left its files. */
const run = (inputs: Readonly<Record<string, string>>, ref = "refs/pull/42/merge"): ActionResult => {
  rmSync(join(folder, "runner-temp"), { recursive: true, force: true });
  return runAction(action, inputs, {
    folder,
    path: join(folder, "bin"),
    env: {
      GITHUB_ACTION_PATH: join(folder, "root/.github/actions/bench"),
      GITHUB_REF: ref,
      GITHUB_REPOSITORY: "somebody/something",
    },
  });
};

const exitCodes = ({ steps }: ActionResult) => steps.map(({ exitCode }) => exitCode);

test("what is as fast as before passes, in the summary and in a new comment", () => {
  const result = run({ base: "base.json", head: "base.json" });
  expect(exitCodes(result), result.steps.map(({ output }) => output).join("\n")).toEqual([0, 0, 0, 0]);
  expect(result.summary).toMatch(/^<!-- corr2d-bench-comparison -->\nNo difference of 4 layers is more than chance\./);
  expect(asked()).toContain("npm run --silent pnpm -- install --frozen-lockfile");
  expect(asked()).toMatch(/gh api --silent repos\/somebody\/something\/issues\/42\/comments -F body=@.*bench\.md/);
});

test("what is slower by more than the threshold fails, and the comment that is there is brought up to date", () => {
  writeFileSync(join(folder, "known"), "1234\n");
  const result = run({ base: "base.json", head: "slower.json", threshold: "5%" });
  expect(exitCodes(result)).toEqual([0, 1, 0, 0]);
  expect(result.summary).toMatch(/Head is faster on 0 and slower on 4 of 4 layers/);
  expect(asked()).toContain("gh api --silent -X PATCH repos/somebody/something/issues/comments/1234");
  expect(exitCodes(run({ base: "base.json", head: "slower.json", threshold: "50%" }))).toEqual([0, 0, 0, 0]);
});

test("nobody is written to where there is no pull request, or no wish for it", () => {
  expect(exitCodes(run({ base: "base.json", head: "base.json" }, "refs/heads/main"))).toEqual([0, 0, 0, 0]);
  expect(exitCodes(run({ base: "base.json", head: "base.json", comment: "false" }))).toEqual([0, 0, 0, 0]);
  expect(asked()).not.toContain("gh ");
});
