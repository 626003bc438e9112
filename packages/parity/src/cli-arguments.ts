/**
 * What the command line accepts, and what it says where it does not.
 *
 * @module
 */

import { InvalidArgumentError } from "commander";
import { corr2dNames } from "./corr2d.ts";
import { KNOWN_ORACLES } from "./oracles/known.ts";
import { shardOfEnvironment } from "./shard-environment.ts";
import type { Shard } from "./trials.ts";

/** A run asks each case dozens of questions: more cases than this is a slip of the finger, or a matter of shards. */
const MAX_CASES = 1_000_000;
const MAX_SHARDS = 10_000;
const MAX_JOBS = 256;
const MAX_SECONDS = 86_400;

/** Any integer that a float64 holds exactly. */
export function parseSeed(text: string): number {
  return parseInteger(text, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/** How many cases to generate. */
export function parseCases(text: string): number | string {
  // A file of one's own cases.
  if (text.endsWith(".json")) return text;
  return parseInteger(text, 0, MAX_CASES);
}

/** `2/5`: the second of five shares. */
export function parseShard(text: string): Shard {
  if (text === "auto") {
    try {
      return shardOfEnvironment(process.env);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  }
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count && shard.count <= MAX_SHARDS)) {
    throw new InvalidArgumentError(`A shard is i/n with 1 ≤ i ≤ n ≤ ${MAX_SHARDS}, such as 2/5.`);
  }
  return shard;
}

/** Adds one or more oracles, separated by commas, to those named before. */
export function collectOracles(text: string, before: readonly string[] | undefined): readonly string[] {
  const known = KNOWN_ORACLES.map(({ name }) => name);
  return collect(text, before, known, "Oracles are");
}

/** Adds one or more of core's algorithms, separated by commas, to those named before. */
export function collectAlgorithms(text: string, before: readonly string[] | undefined): readonly string[] {
  return collect(text, before, corr2dNames(), "Algorithms are");
}

/** How many processes; more than this is a slip of the finger. */
export function parseJobs(text: string): number {
  return parseInteger(text, 0, MAX_JOBS);
}

/** A number of seconds. */
export function parseSeconds(text: string): number {
  return parseInteger(text, 1, MAX_SECONDS);
}

/** A time: `90`, `90s`, `2m` or `1h`. */
export function parseTime(text: string): number {
  const [, number, unit = "s"] = /^(\d{1,5})([smh]?)$/.exec(text) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3600, "": 1 }[unit as "s"];
  if (!(seconds >= 1 && seconds <= MAX_SECONDS)) {
    throw new InvalidArgumentError(
      "A time is a number of seconds, minutes or hours up to a day, such as 60s, 2m or 1h.",
    );
  }
  return seconds;
}

/** Adds one or more patterns, separated by commas, to those named before. */
export function collectPatterns(text: string, before: readonly string[] = []): readonly string[] {
  return [
    ...before,
    ...text
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== ""),
  ];
}

/** A share of a whole. */
export function parseShare(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be from 0 to 1.");
  return value;
}

/** A path that is not empty. */
export function parsePath(text: string): string {
  if (text === "") throw new InvalidArgumentError("A file needs a name.");
  return text;
}

function collect(
  text: string,
  before: readonly string[] = [],
  known: readonly string[],
  are: string,
): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!known.includes(name)) {
      throw new InvalidArgumentError(`${JSON.stringify(name)} is unknown. ${are} ${known.join(", ")}.`);
    }
  }
  return [...new Set([...before, ...names])];
}

function parseInteger(text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !(value >= minimum && value <= maximum)) {
    throw new InvalidArgumentError(`It must be an integer from ${minimum} to ${maximum}.`);
  }
  return value;
}
