/**
 * From a way to compute correlations to an algorithm of the registry. What all ways have in common is here: the host
 * and the element type are asked first, the input gradient is a correlation like any other, and what the frame of zeros
 * would spoil is left to the reference.
 *
 * @module
 */

import type { ConvAlgorithm, FusedActivation, Pass, PreparedPass, Runs } from "../../algorithm/algorithm.ts";
import {
  type Correlation,
  forwardCorrelation,
  inputGradientCorrelation,
  productCount,
} from "../../geometry/correlation.ts";
import { type ConvGeometry, isPadded } from "../../geometry/planes.ts";
import { allFinite, naive } from "../../scalar/naive.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { Activation } from "./emit-activation.ts";
import { type SimdEngine, type SimdPlan, sharedThreads } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { allFiniteOn } from "./finite.ts";
import { arrayOf, type Operand } from "./resident.ts";
import type { Work } from "./team.ts";

/** A way to compute correlations on an engine. */
export interface CorrelationMethod<Name extends string> {
  readonly name: Name;
  readonly summary: string;
  readonly errorBound: ConvAlgorithm["errorBound"];
  /** What packs a filter for a correlation, or why it is not computed. */
  propose(c: Correlation, runs: Runs | undefined): PackFilter | string;
}

/** Packs a filter on an engine, and makes what runs over it. */
export type PackFilter = (
  engine: SimdEngine,
  filter: FloatArray,
  bias: FloatArray | undefined,
  activation: Activation,
) => SimdPlan<[source: Operand, target: Operand]> & Pick<PreparedPass, "instead">;

/** The gradient of a forward correlation with respect to its filter. */
export interface FilterGradientMethod {
  /** What plans it, or why it is not computed. */
  propose(c: Correlation): ((engine: SimdEngine) => SimdPlan<[x: Operand, dy: Operand, dw: Operand]>) | string;
}

/** What prepares each pass: plans that run over arrays of the caller and of the engine. */
interface SimdPreparations {
  readonly forward: (
    filter: FloatArray,
    bias?: FloatArray,
    activation?: FusedActivation,
  ) => OperandPlan<[x: Operand, y: Operand]> & { readonly activated: boolean };
  readonly inputGradient: (filter: FloatArray) => OperandPlan<[dy: Operand, dx: Operand]>;
  readonly filterGradient: () => OperandPlan<[x: Operand, dy: Operand, dw: Operand]>;
}

/** Proposals for each pass of what is found out from `Given`. */
type SimdProposals<Given extends readonly unknown[]> = {
  readonly [P in keyof SimdPreparations]: (...given: [...Given, runs?: Runs]) => SimdPreparations[P] | string;
};

/** An algorithm of the engine. */
export interface SimdAlgorithm<Name extends string = string> extends ConvAlgorithm<Name> {
  readonly propose: SimdProposals<[geometry: ConvGeometry]>;
  /** As `propose`, of a geometry that the host supports and the correlation of its pass, found out once for all algorithms. */
  readonly proposeOver: SimdProposals<[geometry: ConvGeometry, correlation: Correlation]>;
}

/** A plan that runs over arrays of the caller and of the engine. It need not be disposed of, but may be. */
export interface OperandPlan<Operands extends readonly Operand[]> {
  run(...operands: Operands): void;
  readonly scratchBytes: number;
  readonly threads?: number;
  readonly instead?: NonNullable<PreparedPass["instead"]>;
  [Symbol.dispose](): void;
}

/** What a pass goes over: of the gradient of a filter, too, the forward correlation. */
export function correlationOf(g: ConvGeometry, pass: Pass): Correlation {
  return pass === "inputGradient" ? inputGradientCorrelation(g) : forwardCorrelation(g);
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
  const { name, summary, errorBound } = method;
  const proposeOver: SimdAlgorithm["proposeOver"] = {
    forward(g, c, runs) {
      const pack = method.propose(c, runs);
      if (typeof pack === "string") return pack;
      return (filter, bias, activation) => {
        const engine = engineOf().engineFor(() => workOf(name, c, "forward"));
        // A frame of zeros is multiplied: 0 · Inf would be a NaN that the reference, which skips it, does not have.
        if (isPadded(g) && !allFiniteOn(engine, filter)) {
          const plan = naive.propose.forward(g)(filter, bias);
          return { ...referencePlan((x: Operand, y: Operand) => plan.run(arrayOf(x), arrayOf(y))), activated: false };
        }
        const plan = engine.memory.taking(() => pack(engine, filter, bias, activation));
        return { ...plan, activated: activation !== undefined };
      };
    },

    inputGradient(g, c, runs) {
      const pack = method.propose(c, runs);
      if (typeof pack === "string") return pack;
      return (filter) => {
        const engine = engineOf().engineFor(() => workOf(name, c, "inputGradient"));
        if (allFiniteOn(engine, filter)) return engine.memory.taking(() => pack(engine, filter, undefined, undefined));
        const plan = naive.propose.inputGradient(g)(filter);
        return referencePlan((dy: Operand, dx: Operand) => plan.run(arrayOf(dy), arrayOf(dx)));
      };
    },

    filterGradient(g, c) {
      const planOn = filterGradient?.propose(c) ?? "it does not compute filter gradients";
      if (typeof planOn === "string") return planOn;
      return () => {
        const engine = engineOf().engineFor(() => workOf(name, c, "filterGradient"));
        const plan = engine.memory.taking(() => planOn(engine));
        if (!isPadded(g) && plan.addsZeros !== true) return plan;
        // The zeros of a frame meet dy, and others x: what the reference would not have shows as NaN in dw.
        const run = (x: Operand, dy: Operand, dw: Operand): void => {
          plan.run(x, dy, dw);
          // The cause tells, too, and may be sooner read.
          const isCause = plan.addsZeros !== true && dy.length < dw.length;
          if (!allFinite(arrayOf(isCause ? dy : dw)))
            naive.propose.filterGradient(g)().run(arrayOf(x), arrayOf(dy), arrayOf(dw));
        };
        return { ...plan, run };
      };
    },
  };
  const propose: SimdAlgorithm["propose"] = {
    forward: ofGeometry("forward", proposeOver.forward),
    inputGradient: ofGeometry("inputGradient", proposeOver.inputGradient),
    filterGradient: ofGeometry("filterGradient", proposeOver.filterGradient),
  };
  return { name, engine: "simd", summary, errorBound, propose, proposeOver };
}

/** Nanoseconds of a product of the definition, by each algorithm. Measured on an AMD EPYC (Zen 3), Node 24. */
const PRODUCT_NS: Readonly<Record<string, number>> = {
  direct: 0.04,
  winograd2: 0.022,
  winograd4: 0.013,
  depthwise: 0.06,
  "single-channel": 0.055,
};

/**
 * Of the time of a filter's gradient, what several threads do not share: sums are added in order, block after block. Measured: with two
 * threads, layers of 2 to 6 ms took 1.0 to 1.7 times as long, those of 9 and 14 ms 0.73 and 0.59.
 */
const ORDERED_SUMS_NS = 4e6;

/** What a pass over a correlation takes, as far as threads can share it. */
function workOf(name: string, c: Correlation, pass: Pass): Work {
  const source = c.rows.sourceSize * c.columns.sourceSize * c.groupSourceChannels;
  const target = c.rows.targetSize * c.columns.targetSize * c.groupTargetChannels;
  const time = productCount(c) * PRODUCT_NS[name]!;
  return {
    time: pass === "filterGradient" ? Math.max(0, time - ORDERED_SUMS_NS) : time,
    values: c.batch * c.groups * (source + target),
  };
}

/** How many threads compute a pass by an algorithm on the engine of this process, if more than one. */
export function threadsOf(
  { name, engine }: Pick<ConvAlgorithm, "name" | "engine">,
  g: ConvGeometry,
  pass: Pass,
): number | undefined {
  return engine === "simd" ? sharedThreads(() => workOf(name, correlationOf(g, pass), pass)) : undefined;
}

/** Proposes for a geometry: asks the host, and finds the correlation. */
function ofGeometry<T>(
  pass: Pass,
  propose: (g: ConvGeometry, c: Correlation, runs?: Runs) => T | string,
): (g: ConvGeometry, runs?: Runs) => T | string {
  return (g, runs) => {
    const host = hostSupports(g);
    return host === true ? propose(g, correlationOf(g, pass), runs) : host;
  };
}

/** A plan of the reference, which holds no memory. */
function referencePlan<Operands extends readonly Operand[]>(
  run: (...operands: Operands) => void,
): OperandPlan<Operands> {
  const instead = { algorithm: naive.name, because: "a weight is not finite" };
  return { run, scratchBytes: 0, instead, [Symbol.dispose]: () => undefined };
}
