/**
 * Progress of a long job on the terminal: one line that says what it is doing. Where nobody watches (a log, a pipe) each
 * thing that is said is a line.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { stdout } from "node:process";
import { ANSI_ESCAPE_CODES, Listr } from "listr2";

/** What is said of a job: before and after it, and while it runs. */
export interface ProgressLine {
  title: string;
  output: string;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs a job, whose line says `title` until it says something else. Who interrupts it ends the process. */
export async function withProgress<T>(title: string, run: (line: ProgressLine) => Promise<T>): Promise<T> {
  const results: T[] = [];
  const tasks = new Listr(
    { title, task: async (_, line) => void results.push(await run(line)) },
    // Its own listener waits for the job to end, and exits with 127.
    { fallbackRenderer: "simple", registerSignalListeners: false },
  );
  for (const signal of SIGNALS) process.on(signal, endBySignal);
  try {
    await tasks.run();
  } finally {
    for (const signal of SIGNALS) process.off(signal, endBySignal);
  }
  return results[0]!;
}

/** Ends with the code that a shell gives the signal. While a line is shown the cursor is not, and the stream is held back. */
function endBySignal(_: NodeJS.Signals, number: number): never {
  if (stdout.isTTY) writeSync(stdout.fd, `${ANSI_ESCAPE_CODES.CURSOR_SHOW}\n`);
  process.exit(128 + number);
}
