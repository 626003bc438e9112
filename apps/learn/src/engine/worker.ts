/**
 * The worker: core, and all that the page asks of it, apart from the page so that this never waits. What the first stage does
 * not need is loaded when it is asked for.
 *
 * @module
 */

import { expose } from "comlink";
import * as matrices from "./matrices.ts";
import * as picture from "./picture.ts";

/** The same function, with its result promised. */
type Promised<F> = F extends (...parameters: infer A) => infer R ? (...parameters: A) => Promise<Awaited<R>> : never;

/** A function of a module that is loaded when it is called first. */
function later<K extends PropertyKey, M extends Readonly<Record<K, unknown>>>(
  name: K,
  load: () => Promise<M>,
): Promised<M[K]> {
  const call = async (...parameters: unknown[]): Promise<unknown> =>
    await ((await load())[name] as (...parameters: unknown[]) => unknown)(...parameters);
  return call as Promised<M[K]>;
}

/** Loads once: what is asked for first is then done first. */
function once<M>(load: () => Promise<M>): () => Promise<M> {
  let loading: Promise<M> | undefined;
  return () => (loading ??= load());
}

const arithmetic = once(() => import("./arithmetic.ts"));
const derivation = once(() => import("./derivation.ts"));
const digits = once(() => import("./digits.ts"));
const field = once(() => import("./field.ts"));
const kernelSize = once(() => import("./kernel-size.ts"));
const lesson = once(() => import("./lesson.ts"));
const machine = once(() => import("./machine.ts"));
const shift = once(() => import("./shift.ts"));

const tasks = {
  ...matrices,
  ...picture,
  weightsBetween: later("weightsBetween", derivation),
  shiftLayer: later("shiftLayer", shift),
  beginLesson: later("beginLesson", lesson),
  continueLesson: later("continueLesson", lesson),
  outputSizeOf: later("outputSizeOf", arithmetic),
  fieldOf: later("fieldOf", field),
  errorOfSize: later("errorOfSize", kernelSize),
  loadDigits: later("loadDigits", digits),
  forgetDigits: later("forgetDigits", digits),
  trainDigits: later("trainDigits", digits),
  readDigit: later("readDigit", digits),
  heldOutDigit: later("heldOutDigit", digits),
  centredDigit: later("centredDigit", digits),
  measure: later("measure", machine),
};

/** What the page can ask for. */
export type Tasks = typeof tasks;

expose(tasks);
