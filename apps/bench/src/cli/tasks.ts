/**
 * Progress on the terminal: a list of tasks, each with a line of its own that says what it is doing. On stderr, so that
 * stdout holds nothing but results. Where nobody watches (a log, a pipe) there is a line for each beginning and end.
 *
 * @module
 */

import { stderr } from "node:process";
import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";

/** A task that says what it is doing. */
export interface ProgressTask {
  readonly title: string;
  /** Does it; the text it resolves to stands in the title afterwards. */
  run(say: (doing: string) => void): Promise<string>;
}

/** Runs tasks one after the other; the first that fails rejects. */
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
      fallbackRenderer: "simple",
      fallbackRendererCondition: !stderr.isTTY,
      rendererOptions: { logger, timer: PRESET_TIMER },
      fallbackRendererOptions: { logger, timer: PRESET_TIMER },
    },
  );
  await list.run();
}
