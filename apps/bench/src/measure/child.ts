/**
 * Runs one job in a fresh process, and notices when that process dies or falls silent.
 *
 * @module
 */

import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Job, Message } from "./job.ts";

/** How a job ended. */
export type Ending =
  | { readonly kind: "answered"; readonly answer: Exclude<Message, { kind: "step" | "refused" }> }
  /** It threw, died or hung while it did something for `variant` (null: for all of them). */
  | { readonly kind: "failed"; readonly variant: string | null; readonly reason: string };

/** How to watch a process. */
export interface Watch {
  /** A process that says nothing for this many milliseconds is ended. */
  readonly silenceLimit: number;
  readonly onStep?: (variant: string | null, doing: string) => void;
}

/** Starting takes half a second; on a machine that is busy with other things, many times that. */
const START_LIMIT = 60_000;

/** How long a process may take to end itself once it has answered. */
const GRACE = 10_000;

/** One thread for everyone: native libraries read this when they are loaded. */
const ONE_THREAD = {
  OMP_NUM_THREADS: "1",
  TF_NUM_INTRAOP_THREADS: "1",
  TF_NUM_INTEROP_THREADS: "1",
  VIPS_CONCURRENCY: "1",
  TF_CPP_MIN_LOG_LEVEL: "2",
};

/** As this file runs from source or built, so does the worker. */
const EXTENSION = extname(fileURLToPath(import.meta.url));
const WORKER = fileURLToPath(new URL(`worker${EXTENSION}`, import.meta.url));
const NODE_OPTIONS = EXTENSION === ".ts" ? ["--conditions=@corr2d/source"] : [];

/** Starts a process, gives it the job, and waits for its answer or its end. Never rejects. */
export function runInChild(job: Job, { silenceLimit, onStep }: Watch): Promise<Ending> {
  return new Promise((resolve) => {
    const child = fork(WORKER, {
      execArgv: NODE_OPTIONS,
      env: { ...process.env, ...ONE_THREAD },
      // Not JSON, in which Infinity would arrive as null.
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    let current: { variant: string | null; doing: string } = { variant: null, doing: "starting" };
    let lastWords = "";
    let ended = false;
    const end = (ending: Ending) => {
      if (ended) return;
      ended = true;
      clearTimeout(silence);
      // A process has nothing to do any more; native libraries may see that differently.
      const grace = setTimeout(kill, GRACE);
      child.once("close", () => clearTimeout(grace));
      resolve(ending);
    };
    const fail = (reason: string) => end({ kind: "failed", variant: current.variant, reason });
    const endAfter = (limit: number) =>
      setTimeout(() => {
        fail(`no sign of life for ${limit / 1000} s while ${current.doing}`);
        kill();
      }, limit);
    let silence = endAfter(START_LIMIT);

    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      lastWords = (lastWords + text).slice(-2000);
    });
    child.on("message", (message: Message) => {
      if (ended) return;
      clearTimeout(silence);
      silence = endAfter(silenceLimit);
      if (message.kind === "step") {
        current = message;
        onStep?.(message.variant, message.doing);
      } else if (message.kind === "refused") {
        fail(message.reason);
      } else {
        end({ kind: "answered", answer: message });
      }
    });
    child.on("error", (error) => fail(error.message));
    child.on("close", (code, signal) => {
      process.off("exit", kill);
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      fail(`its process died (${how}) while ${current.doing}${lastLine(lastWords)}`);
    });
    child.send(job, (error) => {
      if (error !== null) fail(`its process took no job: ${error.message}`);
    });
  });
}

/** The line of what a process wrote that says why, as a clause: the last one that speaks of an error, or the last. */
function lastLine(text: string): string {
  const lines = text.trimEnd().split("\n");
  const line = lines.findLast((candidate) => /error/i.test(candidate)) ?? lines.at(-1) ?? "";
  return line === "" ? "" : `: ${line.trim()}`;
}
