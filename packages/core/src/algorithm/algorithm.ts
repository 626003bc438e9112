/**
 * The contract of every way to compute a convolution. All algorithms compute, in NHWC and HWIO,
 *
 *     y[n, i, j, o]  = bias[o] + Σ_{a, b, c} w[a, b, c, o] · x[n, i·s + a·d − p, j·s + b·d − p, g·C + c]
 *
 * with g the group of output channel o, C = inChannels / groups, and taps outside the image *skipped*; and the
 * gradients of L = ⟨dy, y⟩ with respect to x and w. A NaN or an infinity reaches exactly the results that see it. An
 * algorithm *proposes* for each pass how to prepare it, or says why it cannot. Whatever can be made before the data is seen
 * (packed weights, tables of offsets, scratch memory) is made when a pass is prepared; `run` only computes.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry/planes.ts";
import type { FloatArray } from "../tensor/tensor.ts";

/** What is computed: the output, or the gradient with respect to the input or to the filter. */
export type Pass = "forward" | "inputGradient" | "filterGradient";

/** All of them, the default first. */
export const PASSES: readonly [Pass, ...Pass[]] = ["forward", "inputGradient", "filterGradient"];

/** What every prepared computation is, whatever it computes. */
export interface PreparedPass {
  /** Bytes held beyond input, output and the caller's filter: packed weights are not counted, scratch memory is. */
  readonly scratchBytes: number;
  /** How many threads compute it, where it is more than one. */
  readonly threads?: number;
  /** What computes in the place of this algorithm, by its name, and why, if anything does. */
  readonly instead?: { readonly algorithm: string; readonly because: string };
  /** Gives memory outside the JavaScript heap back at once; a plan that is collected does it too. */
  [Symbol.dispose]?(): void;
}

/**
 * Activations that cost next to nothing where an output is stored, as functions of z, the sum with its bias. Each is one
 * product and comparisons, so that fused and applied afterwards they give the same bits; a NaN stays one.
 *
 *     relu       z < 0 ? 0 : z
 *     relu6      z < 0 ? 0 : 6 < z ? 6 : z
 *     leakyRelu  0 < z ? z : slope · z
 */
export interface FusedActivation {
  readonly name: "relu" | "relu6" | "leakyRelu";
  /** Of `leakyRelu`, a float32 value. */
  readonly slope: number;
}

/** A prepared computation. The output array is overwritten whole; the inputs are only read. */
export interface ForwardPlan extends PreparedPass {
  /** Whether `run` applies the activation that it was prepared with; if not, the caller has to. */
  readonly activated?: boolean;
  /** y = conv(x): `x` in NHWC of the geometry's input shape, `y` of its output shape. */
  run(x: FloatArray, y: FloatArray): void;
}

/** A prepared gradient with respect to the input. */
export interface InputGradientPlan extends PreparedPass {
  /** dx = ∂⟨dy, y⟩/∂x. */
  run(dy: FloatArray, dx: FloatArray): void;
}

/** A prepared gradient with respect to the filter. */
export interface FilterGradientPlan extends PreparedPass {
  /** dw = ∂⟨dy, y⟩/∂w. */
  run(x: FloatArray, dy: FloatArray, dw: FloatArray): void;
}

/**
 * How far a float32 result may lie from the truth, u = 2⁻²⁴.
 *
 * - `element`: |y − ŷ| ≤ γ_k · (Σ|x||w| + |b|) for each element, with γ_k = k·u / (1 − k·u) and k two more than the products
 *   it sums. It holds for every order of summation.
 * - `normwise`: |y − ŷ| ≤ c · (max|x| · Σ|w| + |b|), Σ over the weights of the output channel; for gradients with dy in the
 *   place of x, and Σ over the weights of the input channel; for that of the filter with dy in the place of w, Σ over the
 *   output channel of dy. c is `constant(geometry, pass)`, derived for the worst that roundings can do. An element of which
 *   the products are small may have the error of its large neighbours.
 */
export type ErrorBound =
  | { readonly kind: "element" }
  | {
      readonly kind: "normwise";
      /** c of a pass over a geometry that is supported. */
      constant(geometry: ConvGeometry, pass: Pass): number;
    };

/** `"strict"` keeps to algorithms whose error is bounded for each element, as a plain sum's is: no Winograd. */
export type Precision = "default" | "strict";

/** What runs an algorithm: plain JavaScript, or WebAssembly SIMD. */
export type Engine = "scalar" | "simd";

/** How often a plan runs: `"many"` times, or `"once"`, when preparing it counts as much as running it. */
export type Runs = "many" | "once";

/** What a choice should consider. */
export interface ChoiceOptions {
  readonly precision?: Precision | undefined;
  /** Default `"auto"`: SIMD wherever it runs. */
  readonly engine?: Engine | "auto" | undefined;
  /** Default `"many"`. */
  readonly runs?: Runs | undefined;
}

/** What prepares each pass. `filter` and `bias` are read and not kept. */
export interface Preparations {
  /** What the plan does about `activation` it says in `activated`. */
  readonly forward: (filter: FloatArray, bias?: FloatArray, activation?: FusedActivation) => ForwardPlan;
  /** ∂L/∂x of ∂L/∂y, for a filter. */
  readonly inputGradient: (filter: FloatArray) => InputGradientPlan;
  /** ∂L/∂filter of x and ∂L/∂y. */
  readonly filterGradient: () => FilterGradientPlan;
}

/** What prepares a pass, or the reason why it is not computed, in words. */
export type Proposal<P extends Pass> = Preparations[P] | string;

/**
 * What is proposed for each pass over a geometry. What a plan needs is found
 * out once, here. `runs` is what is expected: a plan may run as often as it likes.
 */
export type Proposals = { readonly [P in Pass]: (geometry: ConvGeometry, runs?: Runs) => Proposal<P> };

/** A way to compute a convolution and its gradients. */
export interface ConvAlgorithm<Name extends string = string> {
  readonly name: Name;
  readonly engine: Engine;
  /** One sentence for people who choose. */
  readonly summary: string;
  readonly errorBound: ErrorBound;
  readonly propose: Proposals;
}

/**
 * What an algorithm proposes for a pass, for callers that know it to be supported.
 *
 * @throws RangeError if it is not, with the reason.
 *
 * @example
 * ```ts
 * const geometry = resolveConvGeometry("example", [1, 2, 2, 1], [1, 1, 1, 1]);
 * const plan = preparationOf(algorithms[0], geometry, "forward")(new Float32Array([3]), undefined);
 * const y = new Float32Array(4);
 * plan.run(new Float32Array([1, 2, 3, 4]), y);
 * y; // → [3, 6, 9, 12]
 * ```
 */
export function preparationOf<A extends Pick<ConvAlgorithm, "name" | "propose">, P extends Pass>(
  { name, propose }: A,
  geometry: ConvGeometry,
  pass: P,
  runs?: Runs,
): Exclude<ReturnType<A["propose"][P]>, string> {
  return accepted(
    `${name}: cannot compute this ${pass} pass`,
    propose[pass](geometry, runs) as ReturnType<A["propose"][P]>,
  );
}

/** What was proposed; or an error that says what cannot be and the reason that was given instead. */
export function accepted<T>(cannot: string, proposal: T): Exclude<T, string> {
  if (typeof proposal === "string") throw new RangeError(`${cannot}: ${proposal}`);
  return proposal as Exclude<T, string>;
}
