/**
 * Runs one job in a fresh process.
 *
 * @module
 */

import { fork } from "node:child_process";
import { NODE_ARGUMENTS, scriptBeside } from "../own-process.ts";
import type { Job, Message } from "./job.ts";
import { threadVariables } from "./thread-variables.ts";
import { type Ending, type Watch, watch } from "./watch.ts";

/** How long a process may take to end itself once it has answered. */
const GRACE = 10_000;

/**
 * What others end a process by: whoever interrupts a whole group of processes, a terminal that is closed, a system that has run
 * out of memory. Its own faults have other signals.
 */
const SENT_BY_OTHERS: ReadonlySet<NodeJS.Signals | null> = new Set(["SIGHUP", "SIGINT", "SIGKILL", "SIGTERM"]);

/**
 * Starts a process, gives it the job, and waits for its answer or its end. A process that somebody else has ended is no result:
 * the job is done again, once, unless this process is being ended, too. Never rejects.
 */
export async function runInChild(job: Job, options: Watch): Promise<Ending> {
  const ending = await attempt(job, options);
  if (ending.kind === "answered" || ending.cutOff !== true) return ending;
  const again = await attempt(job, options);
  if (again.kind === "answered" || again.cutOff !== true) return again;
  return { ...again, reason: `${again.reason}; so did the process before it, and neither ended itself` };
}

function attempt(job: Job, options: Watch): Promise<Ending> {
  return watch((ears) => {
    const child = fork(scriptBeside(import.meta.url, "worker"), {
      execArgv: [...NODE_ARGUMENTS],
      env: { ...process.env, ...threadVariables(job.kind === "measure" ? job.threads : 1) },
      // Not JSON, in which Infinity would arrive as null.
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    let lastWords = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      lastWords = (lastWords + text).slice(-2000);
    });
    child.on("message", (message: Message) => ears.hears(message));
    child.on("error", (error) => ears.isLost(() => error.message));
    child.on("close", (code, signal) => {
      process.off("exit", kill);
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const why = (doing: string) => `its process died (${how}) while ${doing}${lastLine(lastWords)}`;
      ears.isLost(why, SENT_BY_OTHERS.has(signal));
    });
    child.send(job, (error) => {
      if (error !== null) ears.isLost(() => `its process took no job: ${error.message}`);
    });
    return {
      kill,
      ended() {
        // A process has nothing to do any more; native libraries may see that differently.
        const grace = setTimeout(kill, GRACE);
        child.once("close", () => clearTimeout(grace));
      },
    };
  }, options);
}

/** The line of what a process wrote that says why, as a clause: the last one that speaks of an error, or the last. */
function lastLine(text: string): string {
  const lines = text.trimEnd().split("\n");
  const line = lines.findLast((candidate) => /error/i.test(candidate)) ?? lines.at(-1) ?? "";
  return line === "" ? "" : `: ${line.trim()}`;
}
