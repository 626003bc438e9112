/** The functions of each kind, until callers use the verbs. */
import type { FloatArray, Tensor } from "../tensor.ts";
import { call } from "./call.ts";
import { explain as explainVerb } from "./explain.ts";
import * as gradientPlans from "./gradient-plans.ts";
import * as verbs from "./gradients.ts";
import { DESCRIPTION, type OperationKind } from "./operation.ts";
import { plan as planVerb } from "./plan.ts";

// biome-ignore lint/suspicious/noExplicitAny: gone with the next commit
type Any = any;
const of = (kind: OperationKind): Any => ({ [DESCRIPTION]: kind });
export type ConvPlan<S extends readonly number[], T extends FloatArray = Float32Array> = import("./plan.ts").Plan<S, T>;
export type ConvInputGradientPlan<
  S extends readonly number[],
  T extends FloatArray = Float32Array,
> = gradientPlans.InputGradientPlan<S, T>;
export type ConvFilterGradientPlan<S extends readonly number[]> = gradientPlans.FilterGradientPlan<S, Float32Array>;
export type ConvGradients<S extends readonly number[], T extends FloatArray = Float32Array> = verbs.Gradients<S, T>;
export const runOnce = <S extends readonly number[], T extends FloatArray>(
  kind: OperationKind,
  x: Tensor<S, T>,
  filter: Tensor<S, T>,
  options: object,
  name?: string,
): Tensor<S, T> => call(kind, x, filter, options, name);
export const makePlan = (kind: OperationKind, _: string, ...rest: Any[]): Any => (planVerb as Any)(of(kind), ...rest);
export const makeInputGradientPlan = (kind: OperationKind, ...rest: Any[]): Any =>
  (gradientPlans.planInputGradient as Any)(of(kind), ...rest);
export const makeFilterGradientPlan = (kind: OperationKind, ...rest: Any[]): Any =>
  (gradientPlans.planFilterGradient as Any)(of(kind), ...rest);
export const explain = (kind: OperationKind, ...rest: Any[]): Any => (explainVerb as Any)(of(kind), ...rest);
export const gradients = (kind: OperationKind, ...rest: Any[]): Any =>
  (verbs.gradients as Any)(of(kind), ...rest.slice(0, 4));
export const inputGradient = (kind: OperationKind, ...rest: Any[]): Any =>
  (verbs.inputGradient as Any)(of(kind), ...rest);
export const filterGradient = (kind: OperationKind, ...rest: Any[]): Any =>
  (verbs.filterGradient as Any)(of(kind), ...rest);
