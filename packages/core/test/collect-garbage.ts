/**
 * Garbage collection at will, in Node.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Collects what nothing refers to. */
export const collectGarbage = runInNewContext("gc") as () => void;

/** Collects until `done`, or many times; finalizers run, and memory is swept, in tasks of their own, some time after. */
export async function collectUntil(done: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100 && !done(); attempt++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
