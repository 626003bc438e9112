/**
 * Runs another program to its end, keeps the tail of what it printed, and ends it with all its children when told to or
 * when this process ends.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { basename } from "node:path";

/** Characters of output that are kept: enough for the error at the end of a compiler's or an installer's log. */
const KEPT_OUTPUT = 8192;

/** How a program ended. */
export interface CommandResult {
  /** Exit code; `undefined` if it never started or was ended from outside. */
  readonly code: number | undefined;
  /** The tail of standard output and error, interleaved as it came. */
  readonly output: string;
  /** Why it did not run to its end, if it did not. */
  readonly failure: string | undefined;
}

/** Runs `command` without a shell. Never rejects: a program that is missing or was ended is a result too. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<CommandResult> {
  const { cwd, env, signal } = options;
  const name = basename(command);
  return new Promise((resolve) => {
    // A group of its own, so that what the program starts ends with it.
    const ownGroup = process.platform !== "win32";
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: ownGroup,
      windowsHide: true,
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    const end = (): void => {
      if (child.pid === undefined) return;
      try {
        if (ownGroup) process.kill(-child.pid, "SIGKILL");
        else child.kill("SIGKILL");
      } catch {
        // It ended by itself in the meantime.
      }
    };
    const finish = (code: number | undefined, failure: string | undefined): void => {
      signal.removeEventListener("abort", end);
      process.off("exit", end);
      resolve({ code, output, failure });
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error: NodeJS.ErrnoException) =>
      finish(undefined, error.code === "ENOENT" ? `${name} was not found` : error.message),
    );
    child.once("close", (code, killedBy) => {
      if (signal.aborted) finish(undefined, `${name} was ended: ${describeAbort(signal)}`);
      else if (code === null) finish(undefined, `${name} was ended by ${killedBy}`);
      else finish(code, code === 0 ? undefined : `${name} ended with exit code ${code}`);
    });
    signal.addEventListener("abort", end, { once: true });
    process.once("exit", end);
    if (signal.aborted) end();
  });
}

function describeAbort(signal: AbortSignal): string {
  const { reason } = signal;
  if (reason instanceof Error) return reason.name === "TimeoutError" ? "it took too long" : reason.message;
  return String(reason);
}

/** The last lines of a log that say something, on one line: what fits into a reason. */
export function lastWords(output: string, lines = 3): string {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-lines)
    .join(" / ");
}
