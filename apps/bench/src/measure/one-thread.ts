/**
 * One thread for everyone: native libraries read this when they are loaded.
 *
 * @module
 */

/** Variables of a process that computes on one thread. */
export const ONE_THREAD: Readonly<Record<string, string>> = {
  OMP_NUM_THREADS: "1",
  TF_NUM_INTRAOP_THREADS: "1",
  TF_NUM_INTEROP_THREADS: "1",
  VIPS_CONCURRENCY: "1",
  TF_CPP_MIN_LOG_LEVEL: "2",
};
