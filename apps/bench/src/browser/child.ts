/**
 * Runs one job in a fresh worker, which is to a page what a process is to Node.
 *
 * @module
 */

import type { Job, Message } from "../measure/job.ts";
import { type Ending, type Watch, watch } from "../measure/watch.ts";

/** Starts a worker, gives it the job, and waits for its answer or its end. Never rejects. */
export function runInChild(job: Job, options: Watch): Promise<Ending> {
  return watch((ears) => {
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Message>) => ears.hears(data));
    worker.addEventListener("error", ({ message }) =>
      ears.isLost((doing) => `its worker failed while ${doing}${message ? `: ${message}` : ""}`),
    );
    worker.postMessage(job);
    const kill = () => worker.terminate();
    return { kill, ended: kill };
  }, options);
}
