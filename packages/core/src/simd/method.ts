/**
 * From a way to compute correlations to an algorithm of the registry. What all ways have in common is here: the host
 * and the element type are asked first, the input gradient is a correlation like any other, and what the frame of zeros
 * would spoil is left to the reference.
 *
 * @module
 */

import type { ConvAlgorithm, ForwardPlan, Pass } from "../algorithms/algorithm.ts";
import { allFinite, naive } from "../algorithms/naive.ts";
import { type ConvGeometry, isPadded } from "../geometry.ts";
import type { FloatArray } from "../tensor.ts";
import { type Activation, activateArray } from "./activation.ts";
import { type Correlation, forwardCorrelation, inputGradientCorrelation } from "./correlation.ts";
import type { SimdEngine, SimdPlan } from "./engine.ts";
import { simdFeatures } from "./features.ts";

/** A way to compute correlations on an engine. */
export interface CorrelationMethod<Name extends string> {
  readonly name: Name;
  readonly summary: string;
  readonly nonFinite: ConvAlgorithm["nonFinite"];
  /** True, or why not. */
  supports(c: Correlation): true | string;
  /** Packs the filter of a correlation that is supported. */
  prepare(
    engine: SimdEngine,
    c: Correlation,
    filter: FloatArray,
    bias: FloatArray | undefined,
    activation: Activation,
  ): SimdPlan<[source: Float32Array, target: Float32Array]>;
}

/** The gradient of a forward correlation with respect to its filter. */
export interface FilterGradientMethod {
  /** True, or why not. */
  supports(c: Correlation): true | string;
  prepare(engine: SimdEngine, c: Correlation): SimdPlan<[x: Float32Array, dy: Float32Array, dw: Float32Array]>;
}

/** An algorithm of the engine: `prepare` takes an activation, too, which costs nothing where it is fused. */
export interface SimdAlgorithm<Name extends string = string> extends ConvAlgorithm<Name> {
  /** y = activation(conv(x) + bias). */
  prepare(g: ConvGeometry, filter: FloatArray, bias: FloatArray | undefined, activation?: Activation): ForwardPlan;
}

/**
 * Makes the algorithm of a method.
 *
 * @param engineOf asked for the engine when the first plan is prepared, so that making an algorithm compiles nothing.
 */
export function algorithmOf<Name extends string>(
  method: CorrelationMethod<Name>,
  engineOf: () => SimdEngine,
  filterGradient?: FilterGradientMethod,
): SimdAlgorithm<Name> {
  const supports = (g: ConvGeometry, pass: Pass): true | string => {
    if (g.dtype !== "float32") return `SIMD computes in float32, not in ${g.dtype}`;
    const { simd } = simdFeatures();
    if (simd !== true) return simd;
    if (pass === "forward") return method.supports(forwardCorrelation(g));
    if (pass === "inputGradient") return method.supports(inputGradientCorrelation(g));
    return filterGradient?.supports(forwardCorrelation(g)) ?? "it does not compute filter gradients";
  };
  const requireSupport = (g: ConvGeometry, pass: Pass): void => {
    const supported = supports(g, pass);
    if (supported !== true) throw new RangeError(`${method.name}: cannot compute this ${pass} pass: ${supported}`);
  };
  // A frame of zeros is multiplied: 0 · Inf would be a NaN that the reference, which skips it, has not.
  const multipliesZeros = (g: ConvGeometry): boolean => isPadded(g) || method.nonFinite !== "as the reference";
  return {
    name: method.name,
    engine: "simd",
    summary: method.summary,
    nonFinite: method.nonFinite,
    supports,

    prepare(g, filter, bias, activation = "none") {
      requireSupport(g, "forward");
      if (!multipliesZeros(g) || allFinite(filter)) {
        return method.prepare(engineOf(), forwardCorrelation(g), filter, bias, activation);
      }
      const plan = naive.prepare(g, filter, bias);
      const run = (x: FloatArray, y: FloatArray): void => {
        plan.run(x, y);
        activateArray(y, activation);
      };
      return { ...plan, run };
    },

    prepareInputGradient(g, filter) {
      requireSupport(g, "inputGradient");
      if (!allFinite(filter)) return naive.prepareInputGradient(g, filter);
      return method.prepare(engineOf(), inputGradientCorrelation(g), filter, undefined, "none");
    },

    prepareFilterGradient(g) {
      requireSupport(g, "filterGradient");
      const plan = filterGradient!.prepare(engineOf(), forwardCorrelation(g));
      if (!isPadded(g)) return plan;
      const run = (x: FloatArray, dy: FloatArray, dw: FloatArray): void => {
        // Here the zeros meet dy, which is seen only now.
        if (allFinite(dy)) plan.run(x, dy, dw);
        else naive.prepareFilterGradient(g).run(x, dy, dw);
      };
      return { ...plan, run };
    },
  };
}
