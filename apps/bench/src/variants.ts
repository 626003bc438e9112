/**
 * Everything that can be timed, and what a fair reader wants to know about each: what executes it, how precise it is,
 * what it takes for cells outside the image, and what is inside the clock.
 *
 * @module
 */

import { algorithms } from "@corr2d/core/internals";
import { revectorize } from "@corr2d/core/revectorize";
import { type AdapterSource, corr2dAdapter, KNOWN_ORACLES } from "@corr2d/parity";
import { type CasePass, type ConvCase, flopsOf } from "@corr2d/testkit";
import { broughtVariants } from "./brought-variants.ts";
import type { Promised } from "./measure/agreement.ts";
import { corr2dFunction, corr2dSimdFunction, corr2dSimdPlan } from "./peers/corr2d-function.ts";
import { imageJs } from "./peers/image-js.ts";
import { supportsOneChannel } from "./peers/one-channel.ts";
import { onnxruntimeNode, onnxruntimeWeb } from "./peers/onnxruntime.ts";
import { opencv } from "./peers/opencv.ts";
import { sharpConvolve } from "./peers/sharp.ts";
import type { Engine } from "./report/results.ts";
import { suggestion } from "./suggestion.ts";
import { UsageError } from "./usage-error.ts";
import { isOurs, OURS } from "./variant-names.ts";

/** A contender and the facts about it. */
export interface Variant {
  readonly source: AdapterSource;
  /** null where it does not say. */
  readonly engine: Engine | null;
  readonly promised: Promised;
  readonly border: string;
  readonly clock: string;
  /** Whether it changes its whole process, so that the others must be measured in another one. */
  readonly ownProcess?: boolean;
  /** What can be said without loading it: true, or the reason why this case cannot be asked of it. */
  readonly supports?: (convCase: ConvCase, pass: CasePass) => true | string;
}

const FLOAT32 = { promised: { precision: "float32" }, border: "zeros, skipped" } as const;

const STATELESS_CLOCK = "the whole stateless call: checking, computing, allocating the output";
const PLAN_CLOCK = "Float32Array in, result into a Float32Array that is there; weights were packed before";

/** What one gets who names no algorithm. */
const AUTO = {
  name: "auto",
  engine: algorithms.some(({ engine }) => engine === "simd") ? "simd" : "scalar",
  summary: "whichever algorithm corr2d chooses for the geometry",
} as const;

const ALGORITHMS = [...algorithms, AUTO].map(
  ({ name, engine, summary }): Variant => ({
    ...FLOAT32,
    source: { name: `${OURS}${name}`, summary, load: async () => corr2dAdapter(name) },
    engine,
    clock: PLAN_CLOCK,
  }),
);

/** V8's flag is for a process, and would change what the others' WebAssembly is compiled to. */
const REVECTORIZED: Variant = {
  ...FLOAT32,
  source: {
    name: `${OURS}revectorized`,
    summary: "auto after revectorize(): 256-bit operations in Node",
    load: async () => {
      const { active, reason } = revectorize();
      if (!active) throw new Error(`re-vectorising is refused: ${reason}`);
      return { ...corr2dAdapter(AUTO.name), name: `${OURS}revectorized` };
    },
  },
  engine: AUTO.engine,
  clock: "as the others of ours, in a process of its own, between those of the others",
  ownProcess: true,
};

const ORACLE_ENGINES: Readonly<Record<string, Engine>> = { "tfjs-wasm": "simd", "tfjs-node": "native" };

/** TensorFlow.js's reference needs a second for so many operations of a filter gradient; larger ones are not asked of it. */
const FILTER_GRADIENT_FLOPS = 10e6;
const LONGEST_FILTER_GRADIENT_SECONDS = 15;

const ORACLES = KNOWN_ORACLES.map(
  (source): Variant => ({
    ...FLOAT32,
    source,
    ...(source.name === "tfjs-cpu" && { supports: isFeasibleForReference }),
    engine: ORACLE_ENGINES[source.name] ?? "scalar",
    clock: "upload of the input, computation, download of the output to a new array; the filter was uploaded before",
  }),
);

function isFeasibleForReference(convCase: ConvCase, pass: CasePass): true | string {
  const seconds = flopsOf(convCase) / FILTER_GRADIENT_FLOPS;
  return (
    pass !== "filterGradient" ||
    seconds < LONGEST_FILTER_GRADIENT_SECONDS ||
    `its filter gradient takes some ${Math.round(seconds)} s`
  );
}

const ONNX_CLOCK = "NCHW Float32Array in and out, converted outside the clock; weights were packed before";

/** Every variant there is: ours, what a user gets last, then the peers. */
export const VARIANTS: readonly Variant[] = [
  ...(
    [
      [corr2dFunction, "scalar", STATELESS_CLOCK],
      [corr2dSimdFunction, "simd", STATELESS_CLOCK],
      [corr2dSimdPlan, "simd", PLAN_CLOCK],
    ] as const
  ).map(([source, engine, clock]) => ({ ...FLOAT32, source, engine, clock, supports: supportsOneChannel })),
  REVECTORIZED,
  ...ALGORITHMS,
  ...ORACLES,
  { ...FLOAT32, source: onnxruntimeWeb, engine: "simd", clock: `${ONNX_CLOCK}; a new output at each run` },
  { ...FLOAT32, source: onnxruntimeNode, engine: "native", clock: `${ONNX_CLOCK}; into an output that is there` },
  {
    source: opencv,
    // The package is built without WebAssembly SIMD.
    engine: "scalar",
    promised: { precision: "float32" },
    border: "zeros",
    clock:
      "copy of the picture in, filter2D, copy of the result out to an array that is there; the kernel was copied in before",
    supports: supportsOneChannel,
  },
  {
    source: sharpConvolve,
    engine: "native",
    promised: { precision: "8 bit", greyLevels: 1, interiorOnly: true },
    border: "edge cells repeated",
    clock: "bytes in, convolve (fractions are cut off), bytes out",
    supports: supportsOneChannel,
  },
  {
    source: imageJs,
    engine: "scalar",
    promised: { precision: "8 bit", greyLevels: 0.5, interiorOnly: false },
    border: "zeros",
    clock: "bytes wrapped, directConvolution (rounded), bytes out",
    supports: supportsOneChannel,
  },
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
