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

/** Bytes of all typed arrays that something refers to: garbage has been collected, and its memory swept. */
export async function arrayBytesHeld(): Promise<number> {
  let [held, repeats] = [Number.NaN, 0];
  await collectUntil(() => {
    const now = process.memoryUsage().arrayBuffers;
    repeats = now === held ? repeats + 1 : 0;
    held = now;
    return repeats === 2;
  });
  return held;
}
