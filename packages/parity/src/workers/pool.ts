/**
 * A run in several processes. Each does a share of the trials; none knows of another. The death of one (a crash, an `exit`
 * in a module that is checked, silence for too long) is noticed, told with what it was about to do, and leaves what it told
 * before.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Comparison } from "../compare.ts";
import type { RequestFinding } from "../negative/check.ts";
import { IMPOSSIBLE_REQUESTS } from "../negative/requests.ts";
import type { Steps } from "../shrink/crash.ts";
import type { Reduction } from "../shrink/reduce.ts";
import type { RunTask } from "./task.ts";
import type { Work, WorkerMessage } from "./worker.ts";

/** How a process ended. */
export type End =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly name: string; readonly message: string }
  | { readonly kind: "died"; readonly reason: string };

/** Built it is JavaScript, in this repository TypeScript: the worker is what this file is. */
const WORKER = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));

const running = new Set<ChildProcess>();

// One that hangs would not see that there is nobody to tell.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a process, gives it its work and listens until it ends. */
export function runWorker(work: Work, onMessage: (message: WorkerMessage) => void, silenceMs: number): Promise<End> {
  const child = fork(WORKER, {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    // The sources of this repository's packages are found under a condition of their own.
    ...(WORKER.endsWith(".ts") && { execArgv: ["--conditions=@corr2d/source"] }),
  });
  running.add(child);
  return new Promise((resolve, reject) => {
    let last = "it started";
    let end: End | undefined;
    let isSilent = false;
    const watch = setTimeout(() => {
      isSilent = true;
      child.kill("SIGKILL");
    }, silenceMs);
    child.on("message", (message: WorkerMessage) => {
      watch.refresh();
      if (message.kind === "request") last = `it was asked for ${message.finding.what}`;
      else if (message.kind === "asking") last = `it asked ${message.what}`;
      else if (message.kind === "found") last = `trial ${message.done} of its ${message.total}, "${message.trial}"`;
      if (message.kind === "done" || message.kind === "failed") end = message;
      else {
        try {
          onMessage(message);
        } catch (error) {
          // Whoever listens cannot go on: a record that cannot be written, a run of somebody else.
          child.kill("SIGKILL");
          reject(error as Error);
        }
      }
    });
    child.on("error", (error) => {
      end ??= { kind: "died", reason: error.message };
    });
    child.on("close", (code, signal) => {
      clearTimeout(watch);
      running.delete(child);
      const how = isSilent
        ? `it said nothing for ${silenceMs / 1000} s`
        : signal === null
          ? `it ended with code ${code}`
          : `it was ended by ${signal}`;
      resolve(end ?? { kind: "died", reason: `${how} after ${last}` });
    });
    child.send(work);
  });
}

/** Processes that may be broken to make the case smaller that breaks them, how long that may take, and one of them be silent. */
const BROKEN = { most: 32, milliseconds: 60_000, silence: 5_000 };

/** The smallest problem that still breaks the process which asks a module, as far as a few processes lead. */
export async function reduceCrash(
  task: RunTask,
  disagreement: Comparison,
  silenceMs: number,
): Promise<Reduction | undefined> {
  const until = Date.now() + BROKEN.milliseconds;
  const silence = Math.min(silenceMs, BROKEN.silence);
  let steps: Steps;
  let tried = 0;
  while (tried === 0 || (steps !== undefined && steps.length < BROKEN.most && Date.now() < until)) {
    let last: number | undefined;
    const note = (message: WorkerMessage): void => {
      if (message.kind !== "trying") return;
      last = message.step;
      tried++;
    };
    const end = await runWorker({ kind: "break", task, disagreement, steps }, note, silence);
    if (last === undefined || end.kind !== "died") break;
    steps = steps === undefined ? [] : [...steps, last];
  }
  let reduction: Reduction | undefined;
  const keep = (message: WorkerMessage): void => {
    if (message.kind === "reduced") reduction = message.reduction;
  };
  await runWorker({ kind: "tell broken", task, disagreement, steps, tried }, keep, silenceMs);
  return reduction;
}

/**
 * Puts every impossible request to an oracle. What breaks it breaks a process: a new one goes on with the next request.
 */
export async function requestsOf(oracle: string, silenceMs: number): Promise<readonly RequestFinding[]> {
  const findings: RequestFinding[] = [];
  while (findings.length < IMPOSSIBLE_REQUESTS.length) {
    const first = findings.length;
    const collect = (message: WorkerMessage): void => {
      if (message.kind === "request") findings.push(message.finding);
    };
    const end = await runWorker({ kind: "requests", oracle, first }, collect, silenceMs);
    if (end.kind === "failed") throw new Error(end.message);
    if (findings.length > first) continue;
    // It did not live to tell: that is no refusal.
    const { id: request, what } = IMPOSSIBLE_REQUESTS[first];
    const reason = `${oracle} is killed by ${what}: ${end.kind === "died" ? end.reason : "it said nothing"}`;
    findings.push({ request, what, by: oracle, refused: false, reason });
  }
  return findings;
}
