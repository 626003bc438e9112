/**
 * Which share of a run is this machine's, as what started it says: `--shard auto`.
 *
 * @module
 */

import type { Shard } from "./trials.ts";

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Where a system tells a job its place among its like. */
interface Source {
  readonly system: string;
  readonly index: string;
  readonly count: string;
  /** Number of the first job: 0, 1, or what a variable says. */
  readonly first: number | string;
  /** Variable with the distance from one job to the next. Default: 1. */
  readonly step?: string;
}

/** The first whose variables are there counts; what a user sets comes before what a system does. */
const SOURCES: readonly Source[] = [
  { system: "CORR2D_SHARD_*", index: "CORR2D_SHARD_INDEX", count: "CORR2D_SHARD_COUNT", first: 0 },
  { system: "GitLab", index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", first: 1 },
  { system: "Buildkite", index: "BUILDKITE_PARALLEL_JOB", count: "BUILDKITE_PARALLEL_JOB_COUNT", first: 0 },
  { system: "CircleCI", index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", first: 0 },
  { system: "Azure Pipelines", index: "SYSTEM_JOBPOSITIONINPHASE", count: "SYSTEM_TOTALJOBSINPHASE", first: 1 },
  {
    system: "Slurm (array)",
    index: "SLURM_ARRAY_TASK_ID",
    count: "SLURM_ARRAY_TASK_COUNT",
    first: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
  },
  { system: "Slurm (tasks)", index: "SLURM_PROCID", count: "SLURM_NTASKS", first: 0 },
  { system: "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE", first: 0 },
  // An Indexed Job does not tell its pods how many there are; its manifest has to say JOB_COMPLETIONS, too.
  { system: "Kubernetes (Indexed Job)", index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS", first: 0 },
];

/**
 * The share that the environment names.
 *
 * @throws RangeError if it names none, or one that cannot be, with the variables that would.
 */
export function shardOfEnvironment(environment: Environment): Shard {
  const number = (name: string): number => {
    const text = environment[name];
    if (text === undefined || !/^\d+$/.test(text)) {
      throw new RangeError(`--shard auto: ${name} must be a whole number, got ${JSON.stringify(text ?? "nothing")}`);
    }
    return Number(text);
  };
  const source = SOURCES.find(({ index }) => environment[index] !== undefined && environment[index] !== "");
  if (source === undefined) {
    const known = SOURCES.map(({ system, index, count }) => `${index} and ${count} (${system})`).join(", ");
    throw new RangeError(`--shard auto: the environment has none of ${known}; say --shard i/n`);
  }
  const { index, count, first, step } = source;
  const begin = typeof first === "number" ? first : number(first);
  const distance = step === undefined || environment[step] === undefined ? 1 : number(step);
  const shard = { index: (number(index) - begin) / distance + 1, count: number(count) };
  if (!Number.isInteger(shard.index) || shard.index < 1 || shard.index > shard.count) {
    throw new RangeError(
      `--shard auto: ${index} ${environment[index]} and ${count} ${environment[count]} are no share (${source.system})`,
    );
  }
  return shard;
}
