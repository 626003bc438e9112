/**
 * The process in which one case is measured: it is started fresh, takes one job, answers and ends. Whatever a variant
 * does to it, the runner survives.
 *
 * @module
 */

import { answerTo } from "./answer.ts";
import type { Job, Message } from "./job.ts";

/** Ends where there is nobody to tell: whoever gave it its job is gone. */
function say(message: Message): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : process.exit()));
  });
}
process.once("disconnect", () => process.exit());

process.once("message", async (job: Job) => {
  await answerTo(job, say);
  // Native libraries may keep threads; there is nothing left to wait for.
  process.exit(0);
});
