/** The manifests that start shards: by their schemas where there is one, and by the options that the command has. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Job } from "kubernetes-models/batch/v1";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { main } from "../src/command.ts";
import { shardOfEnvironment } from "../src/shard-environment.ts";

const FOLDER = new URL("../manifests/", import.meta.url);
const FILES = readdirSync(FOLDER);
const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), "utf8");

async function helpOf(command: string): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await main([command, "--help"]);
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

describe("the manifests", () => {
  it.each(FILES)("%s asks with options that there are, and tells how records are merged", async (file) => {
    // Lines that go on are one.
    const text = textOf(file).replaceAll(/\\?\n\s*(?=--)/g, " ");
    const commands = [...text.matchAll(/corr2d-parity (check|merge) ([^\n]*)/g)];
    expect(commands.map(([, command]) => command).sort()).toEqual(["check", "merge"]);
    for (const [, command, rest] of commands) {
      const help = await helpOf(command!);
      for (const [option] of rest!.matchAll(/--[a-z]+/g)) expect(help, command).toContain(`${option} `);
      if (command === "check") expect(rest).toMatch(/--shard auto .*--records/);
    }
  });

  it("are a Job as Kubernetes knows it, which tells its pods their share", () => {
    const manifest = parse(textOf("kubernetes.yaml"));
    const job = new Job(manifest);
    job.validate();
    const { completions, parallelism, template } = job.spec!;
    const [container] = template.spec!.containers;
    const environment = Object.fromEntries(container!.env!.map(({ name, value }) => [name, value]));
    expect(shardOfEnvironment({ ...environment, JOB_COMPLETION_INDEX: String(completions! - 1) })).toEqual({
      index: completions,
      count: completions,
    });
    expect(parallelism).toBeLessThanOrEqual(completions!);
    const wrong = structuredClone(manifest);
    wrong.spec.completions = "eight";
    expect(() => new Job(wrong).validate()).toThrow(/completions/);
  });

  it("are a script for Slurm, whose tasks are all shares there are", () => {
    const path = fileURLToPath(new URL("slurm.sh", FOLDER));
    execFileSync("bash", ["-n", path]);
    const [, first, last] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(textOf("slurm.sh"))!;
    const environment = { SLURM_ARRAY_TASK_MIN: first, SLURM_ARRAY_TASK_ID: last, SLURM_ARRAY_TASK_COUNT: "100" };
    expect(shardOfEnvironment(environment)).toEqual({ index: 100, count: Number(last) - Number(first) + 1 });
  });

  it.each([
    ["buildkite.yml", (text: string) => parse(text).steps[0].parallelism],
    ["gitlab-ci.yml", (text: string) => parse(text).parity.parallel],
  ])("%s starts several, and reports on them whatever they find", (file, parallel) => {
    expect(parallel(textOf(file))).toBe(8);
    const manifest = parse(textOf(file));
    if (file === "gitlab-ci.yml") {
      expect(manifest["parity report"].when).toBe("always");
      expect(manifest.stages).toEqual([manifest.parity.stage, manifest["parity report"].stage]);
    } else {
      const [shards, report] = manifest.steps;
      expect(report).toMatchObject({ depends_on: shards.key, allow_dependency_failure: true });
    }
  });
});
