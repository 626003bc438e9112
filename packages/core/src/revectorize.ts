/**
 * AVX2 in Node: V8 can make one 256-bit instruction of two 128-bit ones side by side (*re-vectorising*), which doubles
 * the speed of the SIMD engine. It is an experiment of V8's, off unless asked for, and it holds for the whole process;
 * so it is an opt-in by name, in an entry of its own:
 *
 *     import { revectorize } from "@corr2d/core/revectorize";
 *     const { active, reason } = revectorize();
 *
 * It is believed only after a check: every algorithm must give the same bits as the 128-bit code, and the products of
 * matrices must be faster. Else it is switched off again, with the reason.
 *
 * Source of the flag: V8, src/flags/flag-definitions.h, `experimental_wasm_revectorize`.
 *
 * @module
 */

import { type ConvAlgorithm, type Pass, preparationOf } from "./algorithm/algorithm.ts";
import {
  type ConvGeometry,
  filterShapeOf,
  inputShapeOf,
  outputShapeOf,
  resolveConvGeometry,
} from "./geometry/planes.ts";
import { simdAlgorithmsOf } from "./simd/algorithms.ts";
import { adoptFeatures, SimdEngine } from "./simd/engine/engine.ts";
import { type SimdFeatures, simdFeatures } from "./simd/engine/features.ts";
import { hostWebAssembly, type WasmApi } from "./simd/engine/webassembly.ts";
import { sizeOf } from "./tensor/shape.ts";

/** What came of {@link revectorize}. */
export interface Revectorization {
  /** Whether plans made from now on use 256-bit operations. */
  readonly active: boolean;
  /** Why, or why not. */
  readonly reason: string;
  /** How many times as fast the check ran as with 128 bits; undefined where it did not come to that. */
  readonly speedup?: number;
}

/** What Node's module `node:v8` is needed for. */
interface V8Module {
  setFlagsFromString(flag: string): void;
}

const FLAG = "experimental-wasm-revectorize";

/** With a smaller gain the wide tiles are not worth it: where a tile is narrower, they waste more. */
const LEAST_SPEEDUP = 1.2;

let known: Revectorization | undefined;

/**
 * Lets V8 re-vectorise the SIMD engine, if the result is the same and faster. Call it once, before plans and layers are
 * made: those that exist keep their code. A second call gives the first one's answer.
 *
 * The check takes about a tenth of a second. It throws nothing: where there is no Node 24, no AVX2 or no gain, everything
 * stays as it was, and `reason` says so.
 *
 * @returns whether it is active, and why.
 * @example
 * ```ts
 * import { revectorize } from "@corr2d/core/revectorize";
 *
 * const { active, reason } = revectorize();
 * typeof active; // → "boolean"
 * reason.length > 0; // → true
 * ```
 */
export function revectorize(): Revectorization {
  return (known ??= tryRevectorizing());
}

function tryRevectorizing(): Revectorization {
  const host = hostWebAssembly();
  const features = simdFeatures();
  if (host === undefined || features.simd !== true) return refusal(String(features.simd));
  const v8 = nodeModule<V8Module>("node:v8");
  if (v8 === undefined) return refusal("only Node lets its compiler be told to");
  if (!features.foldsOffsets) return refusal("this needs V8 13 or later, which Node 24 has");

  // The check is of optimised code, not of what runs until the optimiser is done.
  v8.setFlagsFromString("--no-liftoff");
  try {
    const verdict = tryCheck(host, features, () => v8.setFlagsFromString(`--${FLAG}`));
    if (verdict.active) adoptFeatures({ ...features, revectorizes: true });
    else v8.setFlagsFromString(`--no-${FLAG}`);
    return verdict;
  } finally {
    v8.setFlagsFromString("--liftoff");
  }
}

/** The verdict of the check; or why there is none, such as memory that cannot be had. */
function tryCheck(...args: Parameters<typeof check>): Revectorization {
  try {
    return check(...args);
  } catch (error) {
    return refusal(`its check failed: ${error}`);
  }
}

/** Computes and times everything with 128 bits, then with the flag that `enable` sets. */
function check(host: WasmApi, features: SimdFeatures, enable: () => void): Revectorization {
  const [narrow, wide] = [false, true].map((revectorizes) => new SimdEngine(host, { ...features, revectorizes }));
  const before = PROBES.map((probe) => prepare(narrow!, probe));
  enable();
  const after = PROBES.map((probe) => prepare(wide!, probe));
  for (const [i, probe] of PROBES.entries()) {
    if (!sameBits(before[i]!(), after[i]!())) {
      return refusal(`the ${probe.pass} pass of ${probe.algorithm} does not give the same bits`);
    }
  }
  const speedup = timesAsFast(before[TIMED_PROBE]!, after[TIMED_PROBE]!);
  const factor = `${speedup.toFixed(2)} times as fast`;
  return speedup < LEAST_SPEEDUP
    ? { ...refusal(`products of matrices are only ${factor}`), speedup }
    : { active: true, reason: `the same bits, ${factor}`, speedup };
}

function refusal(reason: string): Revectorization {
  return { active: false, reason };
}

/** A pass of an algorithm over a geometry. */
interface Probe {
  readonly algorithm: ConvAlgorithm["name"];
  readonly pass: Pass;
  readonly geometry: ConvGeometry;
}

const KERNEL_3X3 = /* @__PURE__ */ probeGeometry(12, 64, 64, 3);

/** One of each kind of module; 40 and 20 channels end in panels narrower than a wide tile. */
const PROBES: readonly Probe[] = /* @__PURE__ */ (() => [
  { algorithm: "direct", pass: "forward", geometry: KERNEL_3X3 },
  { algorithm: "direct", pass: "forward", geometry: probeGeometry(7, 20, 40, 1) },
  { algorithm: "direct", pass: "inputGradient", geometry: probeGeometry(7, 3, 20, 3) },
  { algorithm: "direct", pass: "filterGradient", geometry: KERNEL_3X3 },
  { algorithm: "winograd2", pass: "forward", geometry: KERNEL_3X3 },
  { algorithm: "winograd4", pass: "forward", geometry: KERNEL_3X3 },
  { algorithm: "winograd4", pass: "forward", geometry: probeGeometry(7, 20, 40, 3) },
  { algorithm: "winograd4", pass: "forward", geometry: probeGeometry(9, 20, 40, 5) },
  { algorithm: "winograd4", pass: "forward", geometry: rowGeometry(15, 20, 40, 5) },
  { algorithm: "depthwise", pass: "forward", geometry: probeGeometry(9, 24, 24, 3, 24) },
  { algorithm: "depthwise", pass: "filterGradient", geometry: probeGeometry(9, 24, 24, 3, 24) },
  { algorithm: "single-channel", pass: "forward", geometry: probeGeometry(37, 1, 1, 3) },
  { algorithm: "single-channel", pass: "forward", geometry: probeGeometry(37, 1, 1, 5) },
])();

/** The first one: 12² pixels and 64 channels are whole tiles. */
const TIMED_PROBE = 0;

function probeGeometry(
  size: number,
  inChannels: number,
  outChannels: number,
  kernel: number,
  groups = 1,
): ConvGeometry {
  const filterShape = [kernel, kernel, inChannels / groups, outChannels] as const;
  return resolveConvGeometry("revectorize", [1, size, size, inChannels], filterShape, { padding: "same", groups });
}

function rowGeometry(width: number, inChannels: number, outChannels: number, taps: number): ConvGeometry {
  return resolveConvGeometry("revectorize", [1, 1, width, inChannels], [1, taps, inChannels, outChannels]);
}

/** A run of a probe that gives its result. */
function prepare(engine: SimdEngine, { algorithm: name, pass, geometry: g }: Probe): () => Float32Array {
  const algorithm = simdAlgorithmsOf(() => engine).find((candidate) => candidate.name === name)!;
  const [x, filter, dy] = [inputShapeOf(g), filterShapeOf(g), outputShapeOf(g)].map((shape, i) =>
    noise(sizeOf(shape), i + 1),
  ) as [Float32Array, Float32Array, Float32Array];
  if (pass === "forward") {
    const plan = preparationOf(algorithm, g, "forward")(filter, noise(g.outChannels, 4));
    return resultOf(dy.length, (y) => plan.run(x, y));
  }
  if (pass === "inputGradient") {
    const plan = preparationOf(algorithm, g, "inputGradient")(filter);
    return resultOf(x.length, (dx) => plan.run(dy, dx));
  }
  const plan = preparationOf(algorithm, g, "filterGradient")();
  return resultOf(filter.length, (dw) => plan.run(x, dy, dw));
}

function resultOf(length: number, run: (result: Float32Array) => void): () => Float32Array {
  const result = new Float32Array(length);
  return () => {
    run(result);
    return result;
  };
}

/** Values in [−1, 1) that use all of a float's digits (a linear congruence modulo 2³²). */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [p, q] = [a, b].map((values) => new Int32Array(values.buffer));
  return p!.every((bits, i) => bits === q![i]);
}

const ROUNDS = 9;
const CALLS = 4;

/** The median of ratios of neighbouring times. */
function timesAsFast(before: () => void, after: () => void): number {
  const ratios = Array.from({ length: ROUNDS }, () => time(before) / time(after)).sort((a, b) => a - b);
  return ratios[(ROUNDS - 1) / 2]!;
}

function time(run: () => void): number {
  const { performance: clock } = globalThis as unknown as { readonly performance: { now(): number } };
  run();
  const start = clock.now();
  for (let call = 0; call < CALLS; call++) run();
  return clock.now() - start;
}

/** A module of Node's, got without an import that a bundler for browsers would stumble over. */
function nodeModule<Module>(name: string): Module | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): Module | undefined } };
  return process?.getBuiltinModule?.(name);
}
