/**
 * From a way to compute correlations to an algorithm of the registry. What all ways have in common is here: the host
 * and the element type are asked first, the input gradient is a correlation like any other, and what the frame of zeros
 * would spoil is left to the reference.
 *
 * @module
 */

import type { ConvAlgorithm, ForwardPlan, Pass, PreparedPass, Runs } from "../algorithms/algorithm.ts";
import { type Correlation, forwardCorrelation, inputGradientCorrelation } from "../algorithms/correlation.ts";
import { allFinite, naive } from "../algorithms/naive.ts";
import { type ConvGeometry, isPadded } from "../geometry.ts";
import type { FloatArray } from "../tensor.ts";
import type { Activation } from "./activation.ts";
import type { SimdEngine, SimdPlan } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { allFiniteOn } from "./finite.ts";
import { arrayOf, type Operand } from "./resident.ts";

/** A way to compute correlations on an engine. */
export interface CorrelationMethod<Name extends string> {
  readonly name: Name;
  readonly summary: string;
  readonly errorBound: ConvAlgorithm["errorBound"];
  /** True, or why not. */
  supports(c: Correlation): true | string;
  /** Packs the filter of a correlation that is supported. */
  prepare(
    engine: SimdEngine,
    c: Correlation,
    filter: FloatArray,
    bias: FloatArray | undefined,
    activation: Activation,
    runs: Runs | undefined,
  ): SimdPlan<[source: Operand, target: Operand]> & Pick<PreparedPass, "instead">;
}

/** The gradient of a forward correlation with respect to its filter. */
export interface FilterGradientMethod {
  /** True, or why not. */
  supports(c: Correlation): true | string;
  prepare(engine: SimdEngine, c: Correlation): SimdPlan<[x: Operand, dy: Operand, dw: Operand]>;
}

/** An algorithm of the engine: its plans run over arrays of the engine, too. */
export interface SimdAlgorithm<Name extends string = string> extends ConvAlgorithm<Name> {
  prepare(
    g: ConvGeometry,
    filter: FloatArray,
    bias: FloatArray | undefined,
    activation?: Activation,
    runs?: Runs,
  ): OperandPlan<[x: Operand, y: Operand]> & Pick<ForwardPlan, "activated">;
  prepareInputGradient(g: ConvGeometry, filter: FloatArray, runs?: Runs): OperandPlan<[dy: Operand, dx: Operand]>;
  prepareFilterGradient(g: ConvGeometry): OperandPlan<[x: Operand, dy: Operand, dw: Operand]>;
}

/** A plan that runs over arrays of the caller and of the engine. It need not be disposed of, but may be. */
export interface OperandPlan<Operands extends readonly Operand[]> {
  run(...operands: Operands): void;
  readonly scratchBytes: number;
  readonly instead?: NonNullable<PreparedPass["instead"]>;
  [Symbol.dispose](): void;
}

/** True, or why nothing of this element type runs on SIMD here, whatever the algorithm. */
export function hostSupports({ dtype }: ConvGeometry): true | string {
  return dtype === "float32" ? simdFeatures().simd : `SIMD computes in float32, not in ${dtype}`;
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
    const host = hostSupports(g);
    if (host !== true) return host;
    if (pass === "forward") return method.supports(forwardCorrelation(g));
    if (pass === "inputGradient") return method.supports(inputGradientCorrelation(g));
    return filterGradient?.supports(forwardCorrelation(g)) ?? "it does not compute filter gradients";
  };
  const requireSupport = (g: ConvGeometry, pass: Pass): void => {
    const supported = supports(g, pass);
    if (supported !== true) throw new RangeError(`${method.name}: cannot compute this ${pass} pass: ${supported}`);
  };
  return {
    name: method.name,
    engine: "simd",
    summary: method.summary,
    errorBound: method.errorBound,
    supports,

    prepare(g, filter, bias, activation, runs) {
      requireSupport(g, "forward");
      const engine = engineOf();
      // A frame of zeros is multiplied: 0 · Inf would be a NaN that the reference, which skips it, has not.
      if (!isPadded(g) || allFiniteOn(engine, filter)) {
        const c = forwardCorrelation(g);
        const plan = engine.memory.taking(() => method.prepare(engine, c, filter, bias, activation, runs));
        return { ...plan, activated: activation !== undefined };
      }
      const plan = naive.prepare(g, filter, bias);
      return scalarPlan(plan.scratchBytes, (x: Operand, y: Operand) => plan.run(arrayOf(x), arrayOf(y)));
    },

    prepareInputGradient(g, filter, runs) {
      requireSupport(g, "inputGradient");
      const engine = engineOf();
      if (!allFiniteOn(engine, filter)) {
        const plan = naive.prepareInputGradient(g, filter);
        return scalarPlan(plan.scratchBytes, (dy: Operand, dx: Operand) => plan.run(arrayOf(dy), arrayOf(dx)));
      }
      const c = inputGradientCorrelation(g);
      return engine.memory.taking(() => method.prepare(engine, c, filter, undefined, undefined, runs));
    },

    prepareFilterGradient(g) {
      requireSupport(g, "filterGradient");
      const engine = engineOf();
      const plan = engine.memory.taking(() => filterGradient!.prepare(engine, forwardCorrelation(g)));
      if (!isPadded(g)) return plan;
      // The zeros of a frame meet dy: what the reference would not have shows as NaN in dw.
      const run = (x: Operand, dy: Operand, dw: Operand): void => {
        plan.run(x, dy, dw);
        // The cause tells, too, and may be sooner read.
        if (!allFinite(arrayOf(dy.length < dw.length ? dy : dw)))
          naive.prepareFilterGradient(g).run(arrayOf(x), arrayOf(dy), arrayOf(dw));
      };
      return { ...plan, run };
    },
  };
}

/** A plan of the reference, which holds no memory of the engine. */
function scalarPlan<Operands extends readonly Operand[]>(
  scratchBytes: number,
  run: (...operands: Operands) => void,
): OperandPlan<Operands> {
  const instead = { algorithm: naive.name, because: "a weight is not finite" };
  return { run, scratchBytes, instead, [Symbol.dispose]: () => undefined };
}
