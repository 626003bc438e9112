/**
 * One answer of an implementation, and whether it stands by it. A layer is prepared once and run many times, beside others, on
 * arrays that are parts of larger ones and that are written anew between runs; what goes wrong only then is asked here:
 *
 *     views       every array given is a part of a larger one, with NaN around it, at places that differ; of another layer all
 *                 arrays are parts of one
 *     shared      arrays in shared memory are arrays as others are, unless the adapter says that it does not take them
 *     again       every further run gives the bits of the first
 *     twice       a layer of the very arrays of another may be disposed of without taking anything from it
 *     beside      other layers, prepared and run in between or at the same time, get answers of their own, and change nothing,
 *                 alive or disposed of
 *     anew        other values written to the same arrays count in the next run
 *     results     a result that was handed out stays what it was, also while others are asked for, and is nobody else's memory
 *     arguments   nothing of the caller's is changed, not even beside the views, or after the call has returned
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { CaseData, CasePass, ConvCase, Numbers, SpatialCase } from "@corr2d/testkit";
import type { ConvAdapter, PreparedCase } from "./adapter.ts";
import { keepsakesFor } from "./keepsakes.ts";

/** Elements around each array: one after the other lies at another part of a vector's length. */
const MARGINS = [3, 1, 2, 4] as const;

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

/** How an answer is asked for. */
export interface Interrogation {
  /** What is wrong with a result for other values of the same kind; undefined if nothing is, or it is not known. */
  readonly judge?: (data: CaseData, result: Float32Array) => string | undefined;
  /** Whether the first result is right. If not, that is answer enough. */
  readonly accepts?: (first: Float32Array) => boolean;
  /** How often it runs in all; from the third run on also beside others. Default: 9. */
  readonly runs?: number;
}

const DEFAULT_RUNS = 9;

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
  { judge, accepts = () => true, runs = DEFAULT_RUNS }: Interrogation = {},
): Promise<Float32Array> {
  const views = inLargerArrays(data);
  const open: PreparedCase[] = [];
  const prepare = async (values: CaseData): Promise<PreparedCase> => {
    const prepared = await adapter.prepare(convCase as ConvCase, pass, values);
    open.push(prepared);
    return prepared;
  };
  const close = (prepared: PreparedCase): void => {
    open.splice(open.indexOf(prepared), 1);
    prepared.dispose();
  };
  try {
    const one = await prepare(views);
    const handedOut = await runOnce(one);
    const first = handedOut.slice();
    requireOwn(handedOut, views);
    if (!accepts(first)) return first;
    requireSame(first, await runOnce(one), "its second run differs from its first");
    keepsakesFor(adapter).keep(first.length + data.x.length + data.filter.length, () => {
      const about = `${pass} of "${convCase.name}"`;
      requireSame(first, handedOut, `a result that it handed out for ${about} changed while others were asked for`);
      requireUntouched(`some time after it had answered, ${about}`, data, views);
    });
    if (runs <= 2) {
      requireUntouched(pass, data, views);
      return first;
    }
    const [negative, reversed] = inOneArray(negated(data), turned(data)) as [CaseData, CaseData];
    for (const [others, which] of [
      [negative, "the values of which are negative"],
      [reversed, "the values of which lie in another order"],
    ] as const) {
      const other = await prepare(others);
      const result = await runOnce(other);
      const fault = judge?.(others, result);
      if (fault !== undefined) throw new Error(`another layer, ${which}, is wrong beside the first: ${fault}`);
      requireSame(first, handedOut, "a result that it handed out changed when another layer was run");
      requireSame(first, await runOnce(one), "it gives something else after another layer was prepared and run");
      close(other);
      requireSame(first, await runOnce(one), "it gives something else after another layer was disposed of");
      if (runs < DEFAULT_RUNS) break;
    }
    if (runs >= DEFAULT_RUNS && !adapter.keepsNothing) {
      const twin = await prepare(views);
      requireSame(first, await runOnce(twin), "another layer of the same arrays gives something else");
      close(twin);
      requireSame(
        first,
        await runOnce(one),
        "it gives something else after a layer of the same arrays was disposed of",
      );
    }
    if (runs >= DEFAULT_RUNS) {
      const other = await prepare(negated(data));
      const alone = await runOnce(other);
      const [again, result] = await Promise.all([runOnce(one), runOnce(other)]);
      requireSame(first, again, "it gives something else while another layer runs");
      requireSame(alone, result, "it gives something else while another layer runs");
      close(other);
    }
    if (runs >= DEFAULT_RUNS && adapter.sharedMemory !== false) {
      const shared = inLargerArrays(data, SharedArrayBuffer);
      const other = await prepare(shared);
      requireSame(first, await runOnce(other), "it gives something else when its arguments lie in shared memory");
      requireUntouched(pass, data, shared);
      close(other);
    }
    if (runs >= DEFAULT_RUNS && judge !== undefined)
      await requireRead(one, { keepsNothing: adapter.keepsNothing, data, views, first, handedOut, judge });
    // What was put off has its turn.
    await setImmediate();
    for (let run = 7; run <= runs; run++) requireSame(first, await runOnce(one), `run ${run} differs from the first`);
    requireSame(first, handedOut, "a result that it handed out changed when it ran again");
    requireUntouched(pass, data, views);
    return first;
  } finally {
    for (const prepared of open) prepared.dispose();
  }
}

/** Writes other values to the arrays that were given, looks whether the next run takes them, and puts the first ones back. */
async function requireRead(
  one: PreparedCase,
  about: {
    readonly keepsNothing: true | undefined;
    readonly data: CaseData;
    readonly views: CaseData;
    readonly first: Float32Array;
    readonly handedOut: Float32Array;
    readonly judge: NonNullable<Interrogation["judge"]>;
  },
): Promise<void> {
  const { keepsNothing, data, views, first, handedOut, judge } = about;
  for (const change of [negated, turned]) {
    const { x, filter, bias, dy } = change(data);
    // Weights are prepared once, unless nothing is.
    const anew = keepsNothing ? { x: data.x, filter, bias, dy } : { ...data, x, dy };
    write(views, anew);
    const fault = judge(anew, await runOnce(one));
    write(views, data);
    if (fault !== undefined)
      throw new Error(`it is wrong after other values were written to the arrays that it was given: ${fault}`);
    requireSame(first, handedOut, "a result that it handed out changed when it ran on other values");
  }
}

async function runOnce(prepared: PreparedCase): Promise<Float32Array> {
  await prepared.run();
  return prepared.read();
}

/** What arrays may lie in. */
type Memory = typeof ArrayBuffer | typeof SharedArrayBuffer;

/** The kind of memory that arrays lie in. */
export function memoryOf({ x }: Pick<CaseData<Numbers>, "x">): Memory {
  return x.buffer instanceof SharedArrayBuffer ? SharedArrayBuffer : ArrayBuffer;
}

/** The same values as parts of larger arrays, in memory of some kind. */
export function inLargerArrays<A extends Numbers>(data: CaseData<A>, memory: Memory = ArrayBuffer): CaseData<A> {
  let count = 0;
  return mapArrays(data, (array) => {
    const margin = marginOf(count++);
    const larger = arrayOver(array, new memory((array.length + 2 * margin) * array.BYTES_PER_ELEMENT)).fill(Number.NaN);
    return partOf(larger, margin, array, [margin, margin]);
  });
}

/** The same values as parts of one array, as programs have them that read all weights from one file. */
export function inOneArray<A extends Numbers>(...layers: readonly CaseData<A>[]): CaseData<A>[] {
  const arrays = layers.flatMap((layer) => ARRAYS.flatMap((name) => layer[name] ?? []));
  const length = arrays.reduce((sum, array, i) => sum + marginOf(i) + array.length, marginOf(arrays.length));
  const alike: Numbers = layers[0]!.x;
  const larger = arrayOver(alike, new ArrayBuffer(length * alike.BYTES_PER_ELEMENT)).fill(Number.NaN);
  let [place, count] = [0, 0];
  return layers.map((layer) =>
    mapArrays(layer, (array) => {
      const margins = [marginOf(count), marginOf(++count)] as const;
      const part = partOf(larger, place + margins[0], array, margins);
      place += margins[0] + array.length;
      return part;
    }),
  );
}

/** Values in memory of their own that is laid out as that of other arrays; of those that fill theirs, as parts of larger ones. */
export function placedAlike<A extends Numbers>(values: CaseData<A>, alike: CaseData<Numbers>): CaseData<A> {
  if (!margins.has(alike.x)) return inLargerArrays(values, memoryOf(alike));
  const memories = new Map<ArrayBufferLike, Numbers>();
  return mapArrays(values, (array, name) => {
    const model = alike[name]!;
    const elements = model.buffer.byteLength / model.BYTES_PER_ELEMENT;
    const larger =
      memories.get(model.buffer) ??
      arrayOver(array, new (memoryOf(alike))(elements * array.BYTES_PER_ELEMENT)).fill(Number.NaN);
    memories.set(model.buffer, larger);
    return partOf(larger, model.byteOffset / model.BYTES_PER_ELEMENT, array, margins.get(model) ?? [0, 0]);
  });
}

type Margins = readonly [before: number, after: number];

/** Elements before and after each array that is a part of a larger one: nobody else's. */
const margins: WeakMap<Numbers, Margins> = new WeakMap();

function marginOf(count: number): number {
  return MARGINS[count % MARGINS.length]!;
}

function partOf<A extends Numbers>(larger: Numbers, place: number, values: A, around: Margins): A {
  larger.set(values, place);
  const part = larger.subarray(place, place + values.length) as A;
  margins.set(part, around);
  return part;
}

/** All of a memory, by arrays of the same kind. */
function arrayOver<A extends Numbers>(alike: A, memory: ArrayBufferLike): A {
  return (alike instanceof Float32Array ? new Float32Array(memory) : new Float64Array(memory)) as A;
}

/** The same values in arrays of their own. */
export function copied<A extends Numbers>(data: CaseData<A>): CaseData<A> {
  return mapArrays(data, (array) => array.slice() as A);
}

/** Puts values into arrays that are there. */
export function write(arrays: CaseData<Numbers>, values: CaseData<Numbers>): void {
  for (const name of ARRAYS) arrays[name]?.set(values[name]!);
}

/** Other values of the same kind, for another layer. */
export function negated(data: CaseData): CaseData {
  return mapArrays(data, (array) => array.map((value) => -value));
}

/** The same values in another order, but for the first and the last: the same length, sum and ends. */
export function turned(data: CaseData): CaseData {
  return mapArrays(data, (array) => {
    const result = array.slice();
    result.subarray(1, -1).reverse();
    return result;
  });
}

/** Something else in the place of each array. */
export function mapArrays<A extends Numbers, B extends Numbers>(
  { x, filter, bias, dy }: CaseData<A>,
  change: (array: A, name: keyof CaseData) => B,
): CaseData<B> {
  return {
    x: change(x, "x"),
    filter: change(filter, "filter"),
    bias: bias && change(bias, "bias"),
    dy: change(dy, "dy"),
  };
}

/** Throws a complaint if two results are not the same. */
export function requireSame(expected: Numbers, given: Numbers, complaint: string): void {
  if (given.length !== expected.length) {
    throw new Error(`${complaint}: ${given.length} elements, ${expected.length} before`);
  }
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(expected[i], given[i])) continue;
    throw new Error(`${complaint}: at ${i} it gave ${expected[i]}, now ${given[i]}`);
  }
}

/** Throws if a result is the memory of an argument. */
export function requireOwn(result: Numbers, views: CaseData<Numbers>): void {
  const shared = ARRAYS.find((name) => views[name]?.buffer === result.buffer);
  if (shared !== undefined) throw new Error(`its result lies in the memory of its argument ${shared}`);
}

/** Throws if values, or what lies around them, were changed. */
export function requireUntouched<A extends Numbers>(who: string, data: CaseData<A>, views: CaseData<A>): void {
  for (const name of ARRAYS) {
    const [given, view] = [data[name], views[name]];
    if (given === undefined || view === undefined) continue;
    const changed = firstChange(given, view);
    if (changed >= 0) throw new Error(`${who} changed its argument ${name}, at ${changed}`);
    const [before, after] = margins.get(view) ?? [0, 0];
    const around = arrayOver(view, view.buffer);
    const start = view.byteOffset / view.BYTES_PER_ELEMENT;
    const end = start + view.length;
    if (!isEmpty(around, start - before, start) || !isEmpty(around, end, end + after)) {
      throw new Error(`${who} wrote beside its argument ${name}`);
    }
  }
}

function isEmpty(around: Numbers, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!Number.isNaN(around[i])) return false;
  return true;
}

/** The first place in which two arrays differ; −1 if there is none. */
function firstChange(a: Numbers, b: Numbers): number {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}
