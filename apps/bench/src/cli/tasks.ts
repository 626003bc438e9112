/**
 * Progress on the terminal: a list of tasks, each with a line of its own that says what it is doing. On stderr, so that
 * stdout holds nothing but results. Where nobody watches (a log, a pipe) there is a line for each beginning and end.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { stderr } from "node:process";
import { ANSI_ESCAPE_CODES, Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";

/** A task that says what it is doing. */
export interface ProgressTask {
  readonly title: string;
  /** Does it; the text it resolves to stands in the title afterwards. */
  run(say: (doing: string) => void): Promise<string>;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs tasks one after the other; the first that fails rejects. Who interrupts them ends the process. */
export async function runTasks(tasks: readonly ProgressTask[]): Promise<void> {
  const logger = new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(stderr, stderr) });
  const list = new Listr(
    tasks.map(({ title, run }) => ({
      title,
      task: async (_: unknown, task: { title: string; output: string }) => {
        const outcome = await run((doing) => {
          // A log keeps every line, so there the small steps are left out.
          if (stderr.isTTY) task.output = doing;
        });
        task.title = `${title}: ${outcome}`;
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
  for (const signal of SIGNALS) process.on(signal, endBySignal);
  try {
    await list.run();
  } finally {
    for (const signal of SIGNALS) process.off(signal, endBySignal);
  }
}

/** Ends with the code that a shell gives the signal. While a task is shown the cursor is not, and the stream is held back. */
function endBySignal(_: NodeJS.Signals, number: number): never {
  if (stderr.isTTY) writeSync(stderr.fd, `${ANSI_ESCAPE_CODES.CURSOR_SHOW}\n`);
  process.exit(128 + number);
}
