/**
 * Anybody's implementation behind the contract: a module that exports `forward`, and as much more as it has.
 *
 *     export const name = "my-conv";                                    // default: the name of the file
 *     export const version = "1.0.0";                                   // default: "unknown"
 *     export const supports = (convCase, pass) => true;                 // or the reason why not, in words
 *     export function forward(convCase, { x, filter, bias }) {}         // gives y
 *     export function inputGradient(convCase, { filter, dy }) {}        // gives ∂x
 *     export function filterGradient(convCase, { x, dy }) {}            // gives ∂filter
 *     export function biasGradient(convCase, { dy }) {}                 // gives ∂bias
 *     export const reach = { ranks: [2], layouts: ["channels last"], roundings: ["floor"] };
 *     export const sharedMemory = false;                                // if it takes no arrays in a SharedArrayBuffer
 *     export const precision = "float64";                               // if all its arrays are Float64Array
 *
 * Each gives a Float32Array or a promise of one. `convCase` is testkit's, with `pads` and `outputShape` already worked out.
 * Or the default export is a {@link ConvAdapter}. What a module does that it must not, such as changing its arguments, is
 * an answer that failed.
 *
 * @module
 */

import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CASE_PASSES,
  type CaseData,
  type CasePass,
  type ConvCase,
  type Numbers,
  outputShapeOf,
  rankOf,
  resolveCase,
  type SpatialCase,
} from "@corr2d/testkit";
import type { ConvAdapter, Reach } from "../adapter.ts";
import { copied, placedAlike, requireUntouched, write } from "../interrogate.ts";
import { Keepsakes } from "../keepsakes.ts";
import { type Float64Adapter, float64Adapter } from "../precision/float64.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** A case as the functions of a module get it. */
export interface ModuleCase extends ConvCase {
  /** Cells before and after each axis, whatever `padding` says. */
  readonly pads: readonly (readonly [before: number, after: number])[];
  readonly outputShape: readonly number[];
}

/** A function of a module. */
export type ModulePass<A extends Numbers = Float32Array> = (convCase: ModuleCase, data: CaseData<A>) => A | Promise<A>;

/** What a module may export, its arrays being of one kind. */
export interface ConvModule<A extends Numbers = Float32Array> extends Partial<Record<CasePass, ModulePass<A>>> {
  readonly name?: string;
  readonly version?: string;
  readonly reach?: Reach;
  /** False where its arguments cannot lie in shared memory. Default: they can. */
  readonly sharedMemory?: boolean;
  /** What it computes in. Default: "float32". */
  readonly precision?: A extends Float32Array ? "float32" : "float64";
  /** True, or the reason why a case cannot be asked. Default: all can. */
  readonly supports?: (convCase: ConvCase, pass: CasePass) => true | string;
}

/**
 * Loads a module and puts it behind the contract.
 *
 * @throws Error if it cannot be loaded, TypeError for an export that is not what it must be; both say how to mend it.
 */
export async function loadModule(path: string): Promise<ConvAdapter> {
  let loaded: object;
  try {
    loaded = (await import(pathToFileURL(resolve(path)).href)) as object;
  } catch (error) {
    throw new Error(`check: ${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { default: preset } = loaded as { default?: unknown };
  if (isObject(preset) && "prepare" in preset) {
    const adapter = checkedAdapter(path, preset);
    return identified(path, "precision" in adapter ? float64Adapter(adapter) : adapter);
  }
  const module = (isObject(preset) && !("forward" in loaded) ? preset : loaded) as ConvModule;
  return identified(path, moduleAdapter(path, module));
}

/** The adapter, whose version tells its text from others; its methods keep the object that they are of. */
function identified(path: string, adapter: ConvAdapter): ConvAdapter {
  const { name, threads, summation, reach } = adapter;
  return {
    name,
    version: `${adapter.version} (${fingerprintOf(path)}${adapter.sharedMemory === false ? ", not in shared memory" : ""})`,
    threads,
    ...(summation !== undefined && { summation }),
    ...(reach !== undefined && { reach }),
    ...(adapter.computesIn !== undefined && { computesIn: adapter.computesIn }),
    ...(adapter.keepsNothing && { keepsNothing: true }),
    ...(adapter.sharedMemory === false && { sharedMemory: false }),
    ...(adapter.skipsPadding && { skipsPadding: true }),
    ...(adapter.promises !== undefined && { promises: (convCase, pass) => adapter.promises!(convCase, pass) }),
    ...(adapter.dispose !== undefined && { dispose: () => adapter.dispose!() }),
    supports: (convCase, pass) => adapter.supports(convCase, pass),
    prepare: (convCase, pass, data) => adapter.prepare(convCase, pass, data),
  };
}

/**
 * The adapter of a module that is loaded already.
 *
 * @param path its file, for its name and for errors.
 * @throws TypeError for an export that is not what it must be.
 */
export function moduleAdapter(path: string, module: ConvModule): ConvAdapter;
/** The adapter of one that computes in float64. */
export function moduleAdapter(path: string, module: ConvModule<Float64Array>): ConvAdapter;
export function moduleAdapter(path: string, module: ConvModule | ConvModule<Float64Array>): ConvAdapter {
  const { name = basename(path, extname(path)), version = "unknown", supports = () => true, reach } = module;
  const { sharedMemory = true, precision = "float32" } = module;
  if (module.forward === undefined) {
    const exported = Object.keys(module).join(", ") || "nothing";
    throw new TypeError(
      `check: ${path} exports ${exported}, but must export a function forward(convCase, { x, filter, bias }) that gives ` +
        `a ${precision === "float64" ? "Float64Array" : "Float32Array"}, or an adapter (prepare, supports, …) as its default`,
    );
  }
  for (const export_ of [...CASE_PASSES, "supports"] as const) {
    const value = module[export_];
    if (value !== undefined && typeof value !== "function") {
      throw new TypeError(`check: ${path}: ${export_} must be a function, got ${describe(value)}`);
    }
  }
  for (const [key, value] of Object.entries({ name, version })) {
    if (typeof value !== "string" || value === "") {
      throw new TypeError(`check: ${path}: ${key} must be a text, got ${describe(value)}`);
    }
  }
  if (typeof sharedMemory !== "boolean") {
    throw new TypeError(`check: ${path}: sharedMemory must be true or false, got ${describe(sharedMemory)}`);
  }
  if (precision !== "float32" && precision !== "float64") {
    throw new TypeError(`check: ${path}: precision must be "float32" or "float64", got ${describe(precision)}`);
  }
  const about = {
    name,
    version,
    threads: 1,
    keepsNothing: true,
    ...(reach !== undefined && { reach }),
    ...(!sharedMemory && { sharedMemory: false as const }),
    supports(convCase: ConvCase, pass: CasePass): true | string {
      if (module[pass] === undefined) return `it exports no ${pass}`;
      const answer: unknown = supports(convCase, pass);
      if (answer === true || (typeof answer === "string" && answer !== "")) return answer;
      throw new TypeError(`check: ${path}: supports must give true or the reason why not, got ${describe(answer)}`);
    },
  } as const;
  return precision === "float64"
    ? float64Adapter({ ...about, precision, prepare: calls(module as ConvModule<Float64Array>, name, Float64Array) })
    : { ...about, prepare: calls(module as ConvModule, name, Float32Array) };
}

type ArrayKind<A extends Numbers> = new () => A;

/** A layer is a call of the module, by arrays of one kind. */
function calls<A extends Numbers>(module: ConvModule<A>, name: string, kind: ArrayKind<A>) {
  const given = new Keepsakes();
  return (convCase: ConvCase, pass: CasePass, data: CaseData<A>) => {
    // The arrays of one caller, whatever is in them: what a module keeps about an array shows when others are written to it.
    const own = placedAlike(data, data);
    let left: CaseData<A> | undefined;
    let result: A | undefined;
    return {
      async run() {
        if (left !== undefined) requireUntouched(`after it had returned, ${pass}`, left, own);
        write(own, data);
        result = await callModule(module[pass]!, convCase, pass, { data: own, kind });
        requireUntouched(pass, data, own);
        left = copied(own);
      },
      read() {
        if (result === undefined) throw new Error(`${name}: read before run`);
        return result;
      },
      dispose() {
        const last = left;
        if (last === undefined) return;
        const about = `some time after it had returned, ${pass} of "${convCase.name}"`;
        given.keep(own.x.length + own.filter.length, () => requireUntouched(about, last, own));
      },
    };
  };
}

async function callModule<A extends Numbers>(
  compute: ModulePass<A>,
  convCase: ConvCase,
  pass: CasePass,
  { data, kind }: { readonly data: CaseData<A>; readonly kind: ArrayKind<A> },
): Promise<A> {
  const result: unknown = await compute(withGeometry(convCase), data);
  if (!(result instanceof kind)) throw new TypeError(`${pass} must give a ${kind.name}, got ${describe(result)}`);
  const shared = Object.values(data).find((array: A | undefined) => array?.buffer === result.buffer);
  if (shared !== undefined) throw new Error(`${pass} must give an array of its own, got the memory of an argument`);
  return result;
}

/** Frozen, since it is an argument as others are. Impossible cases have no geometry; they are for the module to refuse. */
export function withGeometry(convCase: SpatialCase): ModuleCase {
  const own = structuredClone(convCase) as ConvCase;
  try {
    const { depth, height, width } = resolveCase(convCase);
    const axes = [depth, height, width].slice(-rankOf(convCase));
    const pads = axes.map(({ before, after }) => [before, after] as const);
    return frozen({ ...own, pads, outputShape: outputShapeOf(convCase) });
  } catch {
    return frozen({ ...own, pads: [], outputShape: [] });
  }
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (isObject(part)) frozen(part);
  return Object.freeze(value);
}

function checkedAdapter(path: string, adapter: object): ConvAdapter | Float64Adapter {
  const must = { name: "string", version: "string", threads: "number", supports: "function", prepare: "function" };
  for (const [key, type] of Object.entries(must)) {
    const value: unknown = (adapter as Record<string, unknown>)[key];
    if (typeof value !== type) {
      throw new TypeError(
        `check: ${path}: its default export is an adapter, so ${key} must be a ${type}, got ${describe(value)}`,
      );
    }
  }
  if ("computesIn" in adapter) {
    throw new TypeError(`check: ${path}: its default export must be what float64Adapter takes, not what it gives`);
  }
  if ("precision" in adapter && adapter.precision !== "float64") {
    throw new TypeError(
      `check: ${path}: an adapter's precision can be "float64" only, got ${describe(adapter.precision)}`,
    );
  }
  return adapter as ConvAdapter | Float64Adapter;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  return typeof value === "object" || typeof value === "function"
    ? `a ${value === null ? "null" : typeof value}`
    : (JSON.stringify(value) ?? "undefined");
}
