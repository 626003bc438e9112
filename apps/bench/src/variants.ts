/**
 * Everything that can be timed here, ours and the peers, and the choice among them.
 *
 * @module
 */

import { algorithms } from "@corr2d/core/internals";
import { revectorize } from "@corr2d/core/revectorize";
import { type ConvAdapter, corr2dAdapter } from "@corr2d/parity";
import { broughtVariants } from "#brought-variants";
import { PEERS } from "#peers";
import { corr2dFunction, corr2dSimdFunction, corr2dSimdPlan } from "./peers/corr2d-function.ts";
import { supportsOneChannel } from "./peers/one-channel.ts";
import { suggestion } from "./suggestion.ts";
import { UsageError } from "./usage-error.ts";
import { FLOAT32, type Variant } from "./variant.ts";
import { isOurs, OURS } from "./variant-names.ts";

const STATELESS_CLOCK = "the whole stateless call: checking, computing, allocating the output";
const PLAN_CLOCK = "Float32Array in, result into a Float32Array that is there; weights were packed before";

const ONE_THREAD = "its engine, which is JavaScript, computes on one thread";

/** The same adapter of ours after core's threads were started, which plans made from then on use. */
async function onThreads(threads: number, adapter: ConvAdapter): Promise<ConvAdapter> {
  if (threads === 1) return adapter;
  const { startThreads } = await import("@corr2d/core/threads");
  const started = await startThreads({ threads });
  if (!started.active) throw new Error(`threads are refused: ${started.reason}`);
  return { ...adapter, threads };
}

/** What one gets who names no algorithm. */
const AUTO = {
  name: "auto",
  engine: algorithms.some(({ engine }) => engine === "simd") ? "simd" : "scalar",
  summary: "whichever algorithm corr2d chooses for the geometry",
} as const;

const ALGORITHMS = [...algorithms, AUTO].map(
  ({ name, engine, summary }): Variant => ({
    ...FLOAT32,
    source: {
      name: `${OURS}${name}`,
      summary,
      load: ({ threads = 1 } = {}) => onThreads(threads, corr2dAdapter(name)),
    },
    engine,
    clock: PLAN_CLOCK,
    ...(engine === "scalar" && { oneThread: ONE_THREAD }),
  }),
);

/** V8's flag is for a process, and would change what the others' WebAssembly is compiled to. */
const REVECTORIZED: Variant = {
  ...FLOAT32,
  source: {
    name: `${OURS}revectorized`,
    summary: "auto after revectorize(): 256-bit operations in Node",
    load: async ({ threads = 1 } = {}) => {
      const { active, reason } = revectorize();
      if (!active) throw new Error(`re-vectorising is refused: ${reason}`);
      return onThreads(threads, { ...corr2dAdapter(AUTO.name), name: `${OURS}revectorized` });
    },
  },
  engine: AUTO.engine,
  clock: "as the others of ours, in a process of its own, between those of the others",
  ownProcess: true,
};

/** Every variant there is: ours, what a user gets last, then the peers. */
export const VARIANTS: readonly Variant[] = [
  ...(
    [
      [corr2dFunction, "scalar", STATELESS_CLOCK],
      [corr2dSimdFunction, "simd", STATELESS_CLOCK],
      [corr2dSimdPlan, "simd", PLAN_CLOCK],
    ] as const
  ).map(
    ([source, engine, clock]): Variant => ({
      ...FLOAT32,
      source: {
        ...source,
        load: async ({ threads = 1 } = {}) => onThreads(threads, await source.load()),
      },
      engine,
      clock,
      ...(engine === "scalar" && { oneThread: ONE_THREAD }),
      supports: supportsOneChannel,
    }),
  ),
  REVECTORIZED,
  ...ALGORITHMS,
  ...PEERS,
];

/** Whether this variant must be measured in a process of its own. */
export function needsOwnProcess(name: string): boolean {
  return VARIANTS.some(({ source, ownProcess }) => source.name === name && ownProcess === true);
}

/** What to compare; undefined is everything of its kind. */
export interface VariantChoice {
  readonly ours?: readonly string[] | undefined;
  readonly peers?: readonly string[] | undefined;
  readonly adapterModules?: readonly string[] | undefined;
}

/**
 * Chooses variants. Ours may be named without `corr2d/`; what a module brings takes part in any case.
 *
 * @throws UsageError for an unknown name, or a module that brings no adapter.
 */
export async function chooseVariants({ ours, peers, adapterModules = [] }: VariantChoice): Promise<readonly Variant[]> {
  const brought = await broughtVariants(adapterModules, VARIANTS);
  const [ourNames, peerNames] = [true, false].map((own) =>
    VARIANTS.map(({ source }) => source.name).filter((name) => isOurs(name) === own),
  );
  const wanted = new Set([
    ...checkedNames(
      "variant",
      ourNames,
      ours?.map((name) => (isOurs(name) ? name : `${OURS}${name}`)),
    ),
    ...checkedNames("peer", peerNames, peers),
  ]);
  return [...VARIANTS.filter(({ source }) => wanted.has(source.name)), ...brought];
}

function checkedNames(
  kind: string,
  known: readonly string[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  for (const name of wanted ?? []) {
    if (!known.includes(name))
      throw new UsageError(
        `unknown ${kind} "${name}"${suggestion(name, known)}; known ${kind}s are ${known.join(", ")}`,
      );
  }
  return wanted ?? known;
}

/**
 * The variants of these names, those that modules bring included.
 *
 * @throws UsageError for an unknown name, or a module that brings no adapter.
 */
export async function findVariants(
  names: readonly string[],
  adapterModules: readonly string[],
): Promise<readonly Variant[]> {
  const all = [...VARIANTS, ...(await broughtVariants(adapterModules, VARIANTS))];
  return names.map((name) => {
    const found = all.find(({ source }) => source.name === name);
    if (found === undefined) throw new UsageError(`unknown variant "${name}"`);
    return found;
  });
}
