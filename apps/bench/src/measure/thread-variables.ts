/**
 * As many threads for everyone: native libraries read this when they are loaded.
 *
 * @module
 */

/** Variables of a process that computes on so many threads. */
export function threadVariables(threads: number = 1): Readonly<Record<string, string>> {
  return {
    OMP_NUM_THREADS: String(threads),
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: "1",
    VIPS_CONCURRENCY: String(threads),
    TF_CPP_MIN_LOG_LEVEL: "2",
  };
}
