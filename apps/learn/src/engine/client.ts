/**
 * The page's ends of the two workers. Each begins to load when it is asked first.
 *
 * @module
 */

import { type Remote, wrap } from "comlink";
import type { Tasks } from "./worker.ts";
import type { WorkshopTasks } from "./workshop.ts";

let worker: Remote<Tasks> | undefined;
let secondWorker: Remote<WorkshopTasks> | undefined;

/** What has the picture, and small matrices. */
export function engine(): Remote<Tasks> {
  worker ??= wrap<Tasks>(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
  return worker;
}

/** What has layers, gradients and the derivation. */
export function workshop(): Remote<WorkshopTasks> {
  secondWorker ??= wrap<WorkshopTasks>(new Worker(new URL("./workshop.ts", import.meta.url), { type: "module" }));
  return secondWorker;
}

/**
 * Runs a task whenever asked, but never two at a time: what is asked for meanwhile waits, and only the last of it runs. So a
 * slider that moves faster than the worker computes does not leave a queue behind.
 */
export function latest<A extends readonly unknown[]>(
  task: (...parameters: A) => Promise<void>,
): (...parameters: A) => void {
  let running = false;
  let waiting: A | undefined;
  const run = async (parameters: A): Promise<void> => {
    running = true;
    try {
      await task(...parameters);
    } finally {
      running = false;
      const next = waiting;
      waiting = undefined;
      if (next !== undefined) void run(next);
    }
  };
  return (...parameters) => {
    if (running) waiting = parameters;
    else void run(parameters);
  };
}
