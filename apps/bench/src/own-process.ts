/**
 * Scripts of this package that run in processes of their own. As this file runs from source or built, so do they.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { threadVariables } from "./measure/thread-variables.ts";

const EXTENSION = extname(fileURLToPath(import.meta.url));

/** Conditions by which packages of the workspace are found as this one is. */
export const CONDITIONS: readonly string[] = EXTENSION === ".ts" ? ["@corr2d/source"] : [];

/** Arguments of Node for such a script. */
export const NODE_ARGUMENTS: readonly string[] = CONDITIONS.map((condition) => `--conditions=${condition}`);

/** The file of the script `name`, which lies beside the module at `base`. */
export function scriptBeside(base: string, name: string): string {
  return fileURLToPath(new URL(`${name}${EXTENSION}`, base));
}

/** Runs a script in a fresh process that has one thread: what it prints as its last line, which is JSON. */
export async function lastLineOf<Answer>(script: string, args: readonly string[]): Promise<Answer> {
  const { stdout } = await promisify(execFile)(process.execPath, [...NODE_ARGUMENTS, script, ...args], {
    env: { ...process.env, ...threadVariables() },
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Answer;
}

/** Why such a process failed, in one line. */
export function whyItFailed(error: unknown): string {
  const lines = (error as Error).message.split("\n");
  return (lines.find((line) => /^\w*Error/.test(line)) ?? lines[0]!).trim();
}
