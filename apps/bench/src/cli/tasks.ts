/**
 * Progress on the terminal: a list of tasks, each with a line of its own that says what it is doing. On stderr, so that
 * stdout holds nothing but results. Where nobody watches (a log, a pipe) there is a line for each beginning and end.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { stderr } from "node:process";
import { ANSI_ESCAPE_CODES, Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";
import { duration } from "../report/number-format.ts";

/** A task that says what it is doing. */
export interface ProgressTask {
  readonly title: string;
  /** Does it; the text it resolves to stands in the title afterwards. */
  run(say: (doing: string) => void): Promise<string>;
}

const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/** What to do beside the tasks. */
export interface Meanwhile {
  /** Called when a task has ended well. */
  readonly afterEach?: () => Promise<void>;
  /** Called when somebody interrupts; what it resolves to is said before the process ends. */
  readonly onInterrupt?: () => Promise<string>;
}

/** Runs tasks one after the other; the first that fails is the last, and what it failed of is what this resolves to. */
export async function runTasks(
  tasks: readonly ProgressTask[],
  { afterEach, onInterrupt }: Meanwhile = {},
): Promise<{ readonly ended?: Error }> {
  const logger = new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(stderr, stderr) });
  const start = performance.now();
  const list = new Listr(
    tasks.map(({ title, run }, index) => ({
      title,
      task: async (_: unknown, task: { title: string; output: string }) => {
        const outcome = await run((doing) => {
          // A log keeps every line, so there the small steps are left out.
          if (stderr.isTTY) task.output = `${doing}${timeLeft(start, index, tasks.length)}`;
        });
        await afterEach?.();
        task.title = `${title}: ${outcome}${timeLeft(start, index + 1, tasks.length)}`;
      },
    })),
    {
      // Its own listener waits for the task to end, and exits with 127.
      registerSignalListeners: false,
      fallbackRenderer: "simple",
      fallbackRendererCondition: !stderr.isTTY,
      rendererOptions: { logger, timer: PRESET_TIMER },
      fallbackRendererOptions: { logger, timer: PRESET_TIMER },
    },
  );
  let interrupted = false;
  const interrupt = async (_: NodeJS.Signals, number: number): Promise<void> => {
    // Who does not want to wait for the report interrupts again.
    const words = interrupted ? "" : await saved(onInterrupt, () => (interrupted = true));
    endBySignal(number, words);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    await list.run();
    return {};
  } catch (error) {
    return { ended: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/** What is left, where enough is done to tell: tasks take about as long as those before them. */
function timeLeft(start: number, done: number, all: number): string {
  if (done < 2 || done === all) return "";
  const seconds = ((performance.now() - start) / 1000 / done) * (all - done);
  return seconds < 5 ? "" : ` (about ${duration(seconds)} left)`;
}

/** What saving says; that it failed, where it does. */
async function saved(onInterrupt: Meanwhile["onInterrupt"], begin: () => void): Promise<string> {
  begin();
  try {
    return (await onInterrupt?.()) ?? "";
  } catch (error) {
    return `What was measured could not be kept: ${(error as Error).message}`;
  }
}

/** Ends with the code that a shell gives the signal. While a task is shown the cursor is not, and the stream is held back. */
function endBySignal(number: number, words: string): never {
  const cursor = stderr.isTTY ? `${ANSI_ESCAPE_CODES.CURSOR_SHOW}\n` : "";
  if (cursor !== "" || words !== "") writeSync(stderr.fd, `${cursor}${words === "" ? "" : `${words}\n`}`);
  process.exit(128 + number);
}
