/**
 * `@corr2d/core/internals`: what computes, for those who measure or teach it: the algorithms, how one is chosen, and the
 * geometry that they take.
 *
 * @module
 */

export {
  type ChoiceOptions,
  type ConvAlgorithm,
  type Engine,
  type ErrorBound,
  type FilterGradientPlan,
  type ForwardPlan,
  type FusedActivation,
  type InputGradientPlan,
  type Pass,
  type Precision,
  type Preparations,
  type Proposal,
  type Proposals,
  preparationOf,
  type Runs,
} from "./algorithm/algorithm.ts";
export { type Choice, chooseAlgorithm } from "./choice/choose.ts";
export { type AlgorithmName, algorithms } from "./choice/registry.ts";
export {
  type ConvGeometry,
  filterShapeOf,
  flopsOf,
  inputShapeOf,
  outputShapeOf,
  resolveConvGeometry,
} from "./geometry/planes.ts";
export { addActivated } from "./simd/engine/add.ts";
export type { LodgingMemory } from "./simd/engine/memory.ts";
export { plannerIn } from "./simd/engine/planner-in.ts";
