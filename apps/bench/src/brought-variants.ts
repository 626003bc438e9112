/**
 * Variants that are brought from outside: by modules whose default export is an adapter or several, and by built checkouts of
 * corr2d. Either may be given a name: `old=./old-adapter.js`, `base=../checkout-of-main`.
 *
 * @module
 */

import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AdapterSource, ConvAdapter } from "@corr2d/parity";
import { ENGINES, type Engine } from "./report/results.ts";
import { UsageError } from "./usage-error.ts";
import type { Variant } from "./variant.ts";
import { isOurs, OURS } from "./variant-names.ts";

/** What a module may say of an adapter beside the contract; what it leaves out is reported as not said. */
export interface BroughtSource extends AdapterSource {
  /** What executes the arithmetic; with it the speed is held against the ceiling of that engine. */
  readonly engine?: Engine;
  /** What is inside the clock. */
  readonly clock?: string;
  /** What it takes for cells outside the image. */
  readonly border?: string;
}

/**
 * What `specs` bring.
 *
 * @throws UsageError for a module that brings no adapter, and for a name that `known` or another of these has.
 */
export async function broughtVariants(
  specs: readonly string[],
  known: readonly Variant[],
): Promise<readonly Variant[]> {
  const variants: Variant[] = [];
  for (const spec of specs) {
    for (const source of await sourcesOf(spec)) variants.push(variantOf(source, spec, [...known, ...variants]));
  }
  return variants;
}

const NAMED = /^([\w.-]+)=(.+)$/s;

async function sourcesOf(spec: string): Promise<readonly BroughtSource[]> {
  const [, name, path = spec] = NAMED.exec(spec) ?? [];
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return [checkoutSource(name ?? path, path)];
  const sources = await moduleSources(path);
  if (name === undefined) return sources;
  if (sources.length > 1)
    throw new UsageError(`${path} brings ${sources.length} adapters, which cannot all be "${name}"`);
  return [{ ...sources[0], name }];
}

async function moduleSources(path: string): Promise<readonly BroughtSource[]> {
  let brought: unknown;
  try {
    ({ default: brought } = await import(pathToFileURL(resolve(path)).href));
  } catch (error) {
    throw new UsageError(`cannot load the adapter module ${path}: ${(error as Error).message}`);
  }
  const sources = Array.isArray(brought) ? brought : [brought];
  if (sources.length === 0 || !sources.every(isBroughtSource)) {
    throw new UsageError(`${path} must export by default { name, summary, load() }, or an array of these`);
  }
  return sources;
}

function isBroughtSource(value: unknown): value is BroughtSource {
  const { name, summary, load } = (value ?? {}) as Partial<BroughtSource>;
  return typeof name === "string" && name !== "" && typeof summary === "string" && typeof load === "function";
}

/** What a checkout of corr2d computes with if no algorithm is named, by its own core. */
function checkoutSource(name: string, folder: string): BroughtSource {
  const entry = resolve(join(folder, "packages/parity/dist/index.js"));
  if (!existsSync(entry)) {
    throw new UsageError(`${folder} is no built checkout of corr2d: it has no ${entry}; run pnpm build there`);
  }
  return {
    name,
    summary: `core of the checkout ${folder}, auto`,
    engine: "simd",
    clock: "Float32Array in, result into a Float32Array that is there; weights were packed before",
    border: "zeros, skipped",
    async load() {
      const { corr2dAdapter } = (await import(pathToFileURL(entry).href)) as {
        readonly corr2dAdapter: (algorithm: string) => ConvAdapter;
      };
      return corr2dAdapter("auto");
    },
  };
}

/** @throws UsageError for a name that is taken, or facts that are none. */
function variantOf(source: BroughtSource, path: string, known: readonly Variant[]): Variant {
  const { name, engine = null, clock = "not said", border = "not said" } = source;
  const other = (): string => `give it a name of its own, such as "${name.replace(OURS, "")}-mine"`;
  if (known.some((variant) => variant.source.name === name)) {
    throw new UsageError(`${path} brings an adapter called "${name}", a name that is taken; ${other()}`);
  }
  if (isOurs(name)) {
    throw new UsageError(`${path} brings an adapter called "${name}"; ${OURS} stands for what core does: ${other()}`);
  }
  if (engine !== null && !ENGINES.includes(engine)) {
    throw new UsageError(`${path}: the engine of "${name}" must be one of ${ENGINES.join(", ")}, got "${engine}"`);
  }
  for (const [what, text] of Object.entries({ clock, border })) {
    if (typeof text !== "string") throw new UsageError(`${path}: the ${what} of "${name}" must be a text, got ${text}`);
  }
  return { source, engine, promised: { precision: "float32" }, border, clock };
}
