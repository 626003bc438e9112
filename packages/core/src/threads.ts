/**
 * Threads: plans and layers computed by several cores. It takes workers and memory that they share, which not every host and
 * no ordinary page has; so it is an opt-in by name, in an entry of its own:
 *
 *     import { startThreads } from "@corr2d/core/threads";
 *     const { active, threads, reason } = await startThreads();
 *
 * From then on plans that are large enough run on all threads, with the same `run` that returns when it is done, and to the same
 * bits. Small ones stay on one, where they are sooner done.
 *
 * @module
 */

export { startThreads, stopThreads, type Threads, type ThreadsOptions } from "./threads/start.ts";
