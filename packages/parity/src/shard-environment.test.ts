import { describe, expect, it } from "vitest";
import { shardOfEnvironment } from "./shard-environment.ts";

describe("--shard auto", () => {
  it.each<[string, Record<string, string>, number, number]>([
    ["a GitHub matrix", { CORR2D_SHARD_INDEX: "2", CORR2D_SHARD_COUNT: "4" }, 3, 4],
    ["GitLab", { CI_NODE_INDEX: "1", CI_NODE_TOTAL: "3" }, 1, 3],
    ["Buildkite", { BUILDKITE_PARALLEL_JOB: "0", BUILDKITE_PARALLEL_JOB_COUNT: "2" }, 1, 2],
    ["CircleCI", { CIRCLE_NODE_INDEX: "1", CIRCLE_NODE_TOTAL: "2" }, 2, 2],
    ["Azure", { SYSTEM_JOBPOSITIONINPHASE: "2", SYSTEM_TOTALJOBSINPHASE: "5" }, 2, 5],
    [
      "Slurm",
      {
        SLURM_ARRAY_TASK_ID: "30",
        SLURM_ARRAY_TASK_MIN: "10",
        SLURM_ARRAY_TASK_STEP: "10",
        SLURM_ARRAY_TASK_COUNT: "4",
      },
      3,
      4,
    ],
    ["AWS Batch", { AWS_BATCH_JOB_ARRAY_INDEX: "9", AWS_BATCH_JOB_ARRAY_SIZE: "10" }, 10, 10],
    ["Kubernetes", { JOB_COMPLETION_INDEX: "4", JOB_COMPLETIONS: "6" }, 5, 6],
  ])("reads %s", (_, environment, index, count) => {
    expect(shardOfEnvironment(environment)).toEqual({ index, count });
  });

  it("takes what a user sets before what a system does", () => {
    const environment = { CI_NODE_INDEX: "1", CI_NODE_TOTAL: "3", CORR2D_SHARD_INDEX: "5", CORR2D_SHARD_COUNT: "6" };
    expect(shardOfEnvironment(environment)).toEqual({ index: 6, count: 6 });
  });

  it("says what is missing, and what cannot be", () => {
    expect(() => shardOfEnvironment({})).toThrow(
      /has none of CORR2D_SHARD_INDEX and CORR2D_SHARD_COUNT .*; say --shard i\/n/,
    );
    expect(() => shardOfEnvironment({ JOB_COMPLETION_INDEX: "4" })).toThrow(
      'JOB_COMPLETIONS must be a whole number, got "nothing"',
    );
    expect(() => shardOfEnvironment({ CI_NODE_INDEX: "4", CI_NODE_TOTAL: "3" })).toThrow(
      "CI_NODE_INDEX 4 and CI_NODE_TOTAL 3 are no share (GitLab)",
    );
  });
});
