/**
 * The process in which one case is measured: it is started fresh, takes one job, answers and ends. Whatever a variant
 * does to it, the runner survives.
 *
 * @module
 */

import { measureCeilings } from "./ceiling.ts";
import { measureFirstCalls } from "./first-call.ts";
import type { Job, Message } from "./job.ts";
import { measure } from "./measure.ts";

/** Ends where there is nobody to tell: whoever gave it its job is gone. */
function say(message: Message): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : process.exit()));
  });
}
process.once("disconnect", () => process.exit());

async function answer(job: Job): Promise<Message> {
  switch (job.kind) {
    case "ceilings":
      return { kind: "ceilings", ceilings: measureCeilings() };
    case "first calls":
      return { kind: "first calls", aboveSteadyMs: await measureFirstCalls(job) };
    case "measure":
      // A step is on its way before it is begun: otherwise a process that dies could not be asked what it died of.
      return measure(job, (variant, doing) => say({ kind: "step", variant, doing }));
  }
}

process.once("message", async (job: Job) => {
  try {
    await say(await answer(job));
  } catch (error) {
    await say({ kind: "refused", reason: error instanceof Error ? error.message : String(error) });
  }
  // Native libraries may keep threads; there is nothing left to wait for.
  process.exit(0);
});
