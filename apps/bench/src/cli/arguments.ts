/**
 * Reads arguments of the command line; what is wrong is said in a message that names what is right.
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { InvalidArgumentError } from "commander";
import type { BenchPass } from "../report/results.ts";
import { FEWEST_PROCESSES } from "../statistics/ratio.ts";

const PASSES: readonly BenchPass[] = ["forward", "inputGradient", "filterGradient"];

/** Names by comma, or by repeating the option. */
export function collectNames(text: string, collected: readonly string[] | undefined): readonly string[] {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new InvalidArgumentError("Expected names, separated by commas.");
  return [...(collected ?? []), ...names];
}

/** Names of peers; `none` is none of them. */
export function collectPeers(text: string, collected: readonly string[] | undefined): readonly string[] {
  return text.trim() === "none" ? [] : collectNames(text, collected);
}

/** An integer. */
export function parseInteger(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value)) throw new InvalidArgumentError("Expected an integer.");
  return value;
}

/** An integer of at least 1. */
export function parseCount(text: string): number {
  const value = parseInteger(text);
  if (value < 1) throw new InvalidArgumentError("Expected an integer of at least 1.");
  return value;
}

/** How many processes: one alone says nothing of how the next will differ. */
export function parseProcesses(text: string): number {
  const value = parseInteger(text);
  if (value < FEWEST_PROCESSES) {
    throw new InvalidArgumentError(
      `Expected an integer of at least ${FEWEST_PROCESSES}: one process says nothing of how others differ.`,
    );
  }
  return value;
}

/** As many as core can have. */
const MOST_THREADS = 64;

/** Numbers of threads by comma, `all` being one for each core; one, with which everybody is timed in any case, is left out. */
export function parseThreads(text: string): readonly number[] {
  const numbers = collectNames(text, undefined).map((word) =>
    word === "all" ? availableParallelism() : parseCount(word),
  );
  if (numbers.some((threads) => threads > MOST_THREADS)) {
    throw new InvalidArgumentError(`Expected at most ${MOST_THREADS} threads.`);
  }
  return [...new Set(numbers)].filter((threads) => threads > 1).sort((a, b) => a - b);
}

/** A share: `5%` or `0.05`. */
export function parseShare(text: string): number {
  const [, digits = "", percent] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? [];
  const share = Number(digits) / (percent === "%" ? 100 : 1);
  if (digits === "" || share >= 1) throw new InvalidArgumentError("Expected a share, such as 5% or 0.05.");
  return share;
}

/** Odd integers of at least 1, by comma. */
export function parseOddCounts(text: string): readonly number[] {
  const counts = collectNames(text, undefined).map(parseCount);
  if (counts.some((count) => count % 2 === 0)) throw new InvalidArgumentError("Expected odd integers.");
  return counts;
}

/** Sizes of pictures, `640x480`, by comma. */
export function parseSizes(text: string): readonly (readonly [width: number, height: number])[] {
  return collectNames(text, undefined).map((size) => {
    const [, width, height] = /^(\d+)[x×](\d+)$/.exec(size) ?? [];
    if (width === undefined || height === undefined) {
      throw new InvalidArgumentError("Expected sizes such as 640x480, separated by commas.");
    }
    return [parseCount(width), parseCount(height)];
  });
}

/** A pass. */
export function parsePass(text: string): BenchPass {
  const pass = PASSES.find((candidate) => candidate === text);
  if (pass === undefined) throw new InvalidArgumentError(`Expected one of ${PASSES.join(", ")}.`);
  return pass;
}
