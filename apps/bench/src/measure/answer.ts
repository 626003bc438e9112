/**
 * Does one job, wherever that is done.
 *
 * @module
 */

import { measureCeilings } from "./ceiling.ts";
import { measureFirstCalls } from "./first-call.ts";
import type { Job, Message } from "./job.ts";
import { measure } from "./measure.ts";

/** Does a job and says what came of it; `say` resolves when the runner has been told. */
export async function answerTo(job: Job, say: (message: Message) => Promise<void>): Promise<void> {
  try {
    await say(await answer(job, say));
  } catch (error) {
    await say({ kind: "refused", reason: error instanceof Error ? error.message : String(error) });
  }
}

async function answer(job: Job, say: (message: Message) => Promise<void>): Promise<Message> {
  switch (job.kind) {
    case "ceilings":
      return { kind: "ceilings", ceilings: measureCeilings() };
    case "first calls":
      return { kind: "first calls", aboveSteadyMs: await measureFirstCalls(job) };
    case "measure":
      // A step is on its way before it is begun: otherwise whoever dies could not be asked of what.
      return measure(job, (variant, doing) => say({ kind: "step", variant, doing }));
  }
}
