/**
 * Pooling by TensorFlow.js: `tf.avgPool`, `tf.maxPool` and their namesakes of volumes, and for the gradients the kernels
 * that `tf.grad` calls. A sequence is an image of one row.
 *
 * @module
 */

import { type CaseData, type CasePass, outputShapeOf, rankOf, type SpatialCase } from "@corr2d/testkit";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type BackendName, tf } from "./tensorflow.ts";

type Pair = [before: number, after: number];

/** Why TensorFlow.js cannot be asked for a case of pooling; undefined if it can. */
export function poolRefusedByTfjs(
  { dilations, layout, rounding, padding, strides }: SpatialCase,
  backend: BackendName,
): string | undefined {
  if (layout === "channels first") return "TensorFlow.js pools channels last only";
  if (dilations.some((dilation) => dilation > 1)) return "TensorFlow.js pools without dilation";
  if (rounding !== undefined && rounding !== "floor") return "TensorFlow.js is asked for pooling that rounds down";
  if (strides.length === 3 && typeof padding !== "string")
    return "TensorFlow.js pools volumes by a rule of padding only";
  if (backend === "tensorflow" && typeof padding !== "string") return "TensorFlow pools by a rule of padding only";
  return undefined;
}

/** The kernel that it takes. */
export function poolKernelOf(convCase: SpatialCase, pass: CasePass): string {
  const isVolume = rankOf(convCase) === 3;
  if (pass === "forward") {
    if (convCase.pool === "max") return isVolume ? tf.MaxPool3D : tf.MaxPool;
    return isVolume ? tf.AvgPool3D : tf.AvgPool;
  }
  if (convCase.pool === "max") return isVolume ? tf.MaxPool3DGrad : tf.MaxPoolGrad;
  return isVolume ? tf.AvgPool3DGrad : tf.AvgPoolGrad;
}

/** A pass, ready to be computed; nothing is uploaded before. */
export function uploadPool(convCase: SpatialCase, pass: CasePass, data: CaseData): () => Tensor {
  const { inputShape, filterShape, strides, padding, pool } = convCase;
  const rank = rankOf(convCase);
  const inRows = ([batch, ...rest]: readonly number[]): number[] => [batch!, ...(rank === 1 ? [1] : []), ...rest];
  const perAxis = (values: readonly number[]): number[] => [...(rank === 1 ? [1] : []), ...values];
  const window = perAxis(filterShape.slice(0, rank));
  const steps = perAxis(strides);
  const none: Pair = [0, 0];
  const pairs = typeof padding === "number" ? strides.map((): Pair => [padding, padding]) : padding;
  const pad =
    typeof pairs === "string"
      ? pairs
      : [none, ...(rank === 1 ? [none] : []), ...pairs.map((pair): Pair => [...pair]), none];
  const compute = (x: Tensor): Tensor => {
    if (rank === 3) {
      const pool3d = pool === "max" ? tf.maxPool3d : tf.avgPool3d;
      return pool3d(x as never, window as [number, number, number], steps as [number, number, number], pad as "valid");
    }
    const pool2d = pool === "max" ? tf.maxPool : tf.avgPool;
    return pool2d(x as never, window as [number, number], steps as [number, number], pad as "valid");
  };
  const x = (): Tensor => tf.tensor(data.x, inRows(inputShape));
  if (pass === "forward") return () => compute(x());
  const attributes = { filterSize: window, strides: steps, pad: pad as "valid" };
  return () => {
    const input = x();
    const dy = tf.tensor(data.dy, inRows(outputShapeOf(convCase)));
    const inputs = pool === "max" ? { dy, input, output: compute(input) } : { dy, input };
    return tf.engine().runKernel(poolKernelOf(convCase, pass), inputs, attributes) as Tensor;
  };
}
