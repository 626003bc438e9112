/**
 * What plans are, forward and backward: their facts, and runs that check their arrays, until they are disposed of.
 *
 * @module
 */

import type { PreparedPass } from "../algorithm/algorithm.ts";
import type { AlgorithmName } from "../choice/registry.ts";
import { filled } from "../geometry/convolution.ts";
import { type ConvGeometry, planarGeometry } from "../geometry/planes.ts";
import { arrayOf, type Operand, type ResidentArray } from "../simd/engine/resident.ts";
import { sizeOf } from "../tensor/shape.ts";
import {
  checkArray,
  type DType,
  type FloatArray,
  type InAnyBuffer,
  requireApart,
  zeroArray,
} from "../tensor/tensor.ts";
import type { ActivationPlan, Explained, WeightsGradientPlan } from "./bilinear-map.ts";
import { type OperationKind, perPart, type ResolvedOperation } from "./operation.ts";

/** What plans say of themselves, in the shapes `S` and algorithms `Name` of their operation. */
export interface PlanFacts<S extends readonly number[], Name extends string = AlgorithmName> extends Explained<Name> {
  /** What the algorithm computes: the planes of the convolution, or of the one that this is the transpose of. */
  readonly geometry?: ConvGeometry;
  /** Shapes of the operation, for gradients too; in the layout of the options, as are the arrays that `run` takes. */
  readonly inputShape: S;
  readonly outputShape: S;
  /** Bytes of scratch memory beyond inputs, output and packed weights. */
  readonly scratchBytes: number;
  /**
   * Gives the memory of packed weights back at once, as `using` does; from then on `run` throws. It need not be called: a
   * plan that is collected gives it back, too.
   */
  [Symbol.dispose](): void;
}

/** What `run` of a plan takes: an array of the element type of `T`, or one in the memory of the SIMD engine. */
export type RunOperand<T extends FloatArray> = InAnyBuffer<T> | ResidentArray;

type ResolvedShapes = Omit<ResolvedOperation, "map">;
type Parts = Pick<OperationKind, "parts">;

/** A plan from one array of activations to another. */
export function activationsPlan(
  resolved: ResolvedShapes,
  name: string,
  pass: ActivationPlan,
  dtype: DType,
  [from, to]: readonly [from: string, to: string],
): object {
  const runName = `${name}.run`;
  const sizes = [sizeOf(resolved.inputShape), sizeOf(resolved.outputShape)];
  const [fromSize, toSize] = from === "x" ? sizes : sizes.reverse();
  let kept: ActivationPlan | undefined = pass;
  return {
    ...factsOf(resolved, pass),
    run(source: Operand, target: Operand = zeroArray(dtype, toSize)): Operand {
      if (kept === undefined) throw disposedOf(runName);
      const [input, output] = [arrayOf(source), arrayOf(target)];
      checkArray(runName, from, input, dtype, fromSize);
      checkArray(runName, to, output, dtype, toSize);
      requireApart(runName, from, input, to, output);
      kept.run(source, target);
      return target;
    },
    [Symbol.dispose]() {
      kept?.[Symbol.dispose]?.();
      kept = undefined;
    },
  };
}

/** A plan of the gradient with respect to a filter; `filterShape` and the gradient are as the filter is. */
export function weightsPlan<Gradient>(
  kind: Parts,
  resolved: ResolvedShapes,
  name: string,
  pass: WeightsGradientPlan<Gradient>,
  dtype: DType,
  filterShape: unknown,
): object {
  const runName = `${name}.run`;
  const [inputSize, outputSize] = [resolved.inputShape, resolved.outputShape].map(sizeOf);
  let kept: WeightsGradientPlan<Gradient> | undefined = pass;
  return {
    ...factsOf(resolved, pass),
    filterShape,
    run(x: Operand, dy: Operand, dw = zeroGradient(kind, filterShape, dtype) as Gradient): Gradient {
      if (kept === undefined) throw disposedOf(runName);
      checkArray(runName, "x", arrayOf(x), dtype, inputSize);
      checkArray(runName, "dy", arrayOf(dy), dtype, outputSize);
      perPart(kind, (of, suffix) => {
        const part = arrayOf(of<Operand>(dw));
        checkArray(runName, `dw${suffix}`, part, dtype, sizeOf(of(filterShape)));
        requireApart(runName, "x", arrayOf(x), `dw${suffix}`, part);
        requireApart(runName, "dy", arrayOf(dy), `dw${suffix}`, part);
      });
      kept.run(x, dy, dw);
      return dw;
    },
    [Symbol.dispose]() {
      kept?.[Symbol.dispose]?.();
      kept = undefined;
    },
  };
}

/** Arrays of zeros for the gradient with respect to a filter of this shape. */
export function zeroGradient(kind: Parts, filterShape: unknown, dtype: DType): unknown {
  return perPart(kind, (of) => zeroArray(dtype, sizeOf(of(filterShape))));
}

function factsOf(
  { geometry, inputShape, outputShape }: ResolvedShapes,
  pass: PreparedPass & Explained,
): Omit<PlanFacts<readonly number[], string>, typeof Symbol.dispose> {
  const { algorithm, engine, reason, errorBound, precision, threads, parts, scratchBytes } = pass;
  return {
    ...{ algorithm, engine, reason, errorBound, scratchBytes, inputShape, outputShape },
    ...(geometry && { geometry: planarGeometry(filled(geometry)) }),
    ...(precision && { precision }),
    ...(threads !== undefined && { threads }),
    ...(parts && { parts }),
  };
}

function disposedOf(runName: string): Error {
  return new Error(`${runName}: the plan was disposed of`);
}
