/**
 * One answer of an implementation, and whether it stands by it. A layer is prepared once and run many times, beside others, on
 * arrays that are parts of larger ones; what goes wrong only then is asked here:
 *
 *     views       every array given is the middle of a larger one, with NaN around it
 *     again       the second and the third run give the bits of the first
 *     beside      another layer prepared and run in between changes nothing
 *     results     a result that was handed out stays what it was
 *     arguments   nothing of the caller's is changed, not even beside the views
 *
 * @module
 */

import type { CaseData, CasePass, ConvCase, SpatialCase } from "@corr2d/testkit";
import type { ConvAdapter, PreparedCase } from "./adapter.ts";

/** Elements around each array. */
const MARGIN = 3;

const ARRAYS = ["x", "filter", "bias", "dy"] as const;

/** One result of an adapter; frees what was prepared, also after a failure. */
export async function compute(
  adapter: ConvAdapter,
  convCase: SpatialCase,
  pass: CasePass,
  data: CaseData,
): Promise<Float32Array> {
  const prepared = await adapter.prepare(convCase as ConvCase, pass, data);
  try {
    return await runOnce(prepared);
  } finally {
    prepared.dispose();
  }
}

/**
 * The first result of an adapter, which it stands by.
 *
 * @throws Error that names how it does not.
 */
export async function interrogate(
  adapter: ConvAdapter,
  convCase: SpatialCase,
  pass: CasePass,
  data: CaseData,
): Promise<Float32Array> {
  const views = inLargerArrays(data);
  const prepare = (values: CaseData): Promise<PreparedCase> =>
    Promise.resolve(adapter.prepare(convCase as ConvCase, pass, values));
  const one = await prepare(views);
  let other: PreparedCase | undefined;
  try {
    const handedOut = await runOnce(one);
    const first = handedOut.slice();
    requireSame(first, await runOnce(one), "its second run differs from its first");
    other = await prepare(negated(data));
    await runOnce(other);
    requireSame(first, handedOut, "a result that it handed out changed when another layer was run");
    requireSame(first, await runOnce(one), "it gives something else after another layer was prepared and run");
    requireSame(first, handedOut, "a result that it handed out changed when it ran again");
    requireUntouched(pass, data, views);
    return first;
  } finally {
    one.dispose();
    other?.dispose();
  }
}

async function runOnce(prepared: PreparedCase): Promise<Float32Array> {
  await prepared.run();
  return prepared.read();
}

/** The same values as parts of larger arrays. */
export function inLargerArrays(data: CaseData): CaseData {
  return mapArrays(data, (array) => {
    const larger = new Float32Array(array.length + 2 * MARGIN).fill(Number.NaN);
    larger.set(array, MARGIN);
    return larger.subarray(MARGIN, MARGIN + array.length);
  });
}

/** Other values of the same kind, for another layer. */
function negated(data: CaseData): CaseData {
  return mapArrays(data, (array) => array.map((value) => -value));
}

function mapArrays({ x, filter, bias, dy }: CaseData, change: (array: Float32Array) => Float32Array): CaseData {
  return { x: change(x), filter: change(filter), bias: bias && change(bias), dy: change(dy) };
}

function requireSame(expected: Float32Array, given: Float32Array, complaint: string): void {
  if (given.length !== expected.length) {
    throw new Error(`${complaint}: ${given.length} elements, ${expected.length} before`);
  }
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(expected[i], given[i])) continue;
    throw new Error(`${complaint}: at ${i} it gave ${expected[i]}, now ${given[i]}`);
  }
}

/** Throws if values, or what lies around them, were changed. */
export function requireUntouched(pass: CasePass, data: CaseData, views: CaseData): void {
  for (const name of ARRAYS) {
    const [given, view] = [data[name], views[name]];
    if (given === undefined || view === undefined) continue;
    const changed = given.findIndex((value, i) => !Object.is(value, view[i]));
    if (changed >= 0) throw new Error(`${pass} changed its argument ${name}, at ${changed}`);
    const around = new Float32Array(view.buffer);
    const isOutside = (i: number): boolean => i < MARGIN || i >= MARGIN + view.length;
    if (!around.every((value, i) => !isOutside(i) || Number.isNaN(value))) {
      throw new Error(`${pass} wrote beside its argument ${name}`);
    }
  }
}
