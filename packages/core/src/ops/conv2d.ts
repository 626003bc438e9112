/**
 * The convolution of deep learning: cross-correlation of every image of a batch with every filter, plus a bias.
 *
 *     y[n, i, j, o] = bias[o] + Σ_{a, b, c} w[a, b, c, o] · x[n, i·s + a·d − p, j·s + b·d − p, g·C + c]
 *
 * with C = inChannels / groups and g the group of output channel o. The kernel is *not* flipped.
 *
 * @module
 */

import { type Choice, chooseAlgorithm } from "../algorithms/choose.ts";
import type { AlgorithmName } from "../algorithms/registry.ts";
import {
  CONV_OPTION_NAMES,
  type ConvGeometry,
  type ConvOptions,
  checkOptionNames,
  inputShapeOf,
  outputShapeOf,
  resolveConvGeometry,
  resolveLayout,
} from "../geometry.ts";
import { fromNhwc, shapeInLayout, toNhwc } from "../layout.ts";
import { type Shape4, sizeOf } from "../shape.ts";
import { checkArray, checkShape, checkTensor, dtypeOf, type FloatArray, type Tensor4, zeros } from "../tensor.ts";

/** Options of {@link conv2d} and {@link planConv2d}. */
export interface Conv2dOptions<T extends FloatArray = Float32Array> extends ConvOptions {
  /** Added to every cell of its output channel: `outChannels` values of the input's element type. */
  readonly bias?: T | undefined;
  /** How to compute; the result is the same within the stated bounds. Default `"auto"`. */
  readonly algorithm?: AlgorithmName | "auto";
}

const OPTION_NAMES: readonly string[] = [...CONV_OPTION_NAMES, "bias", "algorithm"];

/**
 * Convolves a batch of images with a bank of filters, once. Weights are packed at each call; to run the same filter many
 * times use {@link planConv2d}.
 *
 * @param x images, `[batch, height, width, inChannels]`, or `[batch, inChannels, height, width]` with `layout: "NCHW"`.
 * @param filter weights (HWIO), `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`, in either layout.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const filter = tensor([2, 2, 1, 1], [0, 1, 2, 3]);
 * conv2d(x, filter).data; // → [19, 25, 37, 43]
 * ```
 * Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
 */
export function conv2d<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  filter: Tensor4<T>,
  options: Conv2dOptions<T> = {},
): Tensor4<T> {
  checkTensor("conv2d", "x", x, 4);
  const plan = makePlan("conv2d", x.shape, filter, options);
  if (dtypeOf(x.data) !== plan.geometry.dtype) {
    throw new TypeError(`conv2d: x is ${dtypeOf(x.data)}, but filter is ${plan.geometry.dtype}; both must be the same`);
  }
  return { shape: plan.outputShape, data: plan.run(x.data) };
}

/** A convolution whose filter is packed and whose scratch memory is taken: made once, run many times. */
export interface Conv2dPlan<T extends FloatArray = Float32Array> {
  readonly geometry: ConvGeometry;
  /** In the layout of the options, as are the arrays that `run` takes. */
  readonly inputShape: Shape4;
  readonly outputShape: Shape4;
  /** The algorithm that runs, and why. */
  readonly algorithm: AlgorithmName;
  readonly reason: string;
  /** Bytes of scratch memory beyond input, output and packed weights. */
  readonly scratchBytes: number;
  /**
   * Computes the convolution of `x` into `y`, or into a new array.
   *
   * @throws TypeError, RangeError if an array has another element type or length than the plan, or `y` overlaps `x`.
   */
  run(x: T, y?: T): T;
}

/**
 * Prepares a convolution: resolves the geometry, chooses the algorithm and packs the weights, so that `run` only
 * computes. `filter` and `bias` are copied; changing them later does not change the plan.
 *
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * const plan = planConv2d([1, 4, 4, 1], tensor([3, 3, 1, 1], [0, 1, 0, 1, -4, 1, 0, 1, 0]), { padding: "same" });
 * const y = new Float32Array(16);
 * plan.run(new Float32Array(16).fill(1), y);
 * y.subarray(5, 7); // → [0, 0]
 * ```
 */
export function planConv2d<T extends FloatArray = Float32Array>(
  inputShape: Shape4,
  filter: Tensor4<T>,
  options: Conv2dOptions<T> = {},
): Conv2dPlan<T> {
  return makePlan("planConv2d", inputShape, filter, options);
}

/**
 * Which algorithm {@link conv2d} would take for these shapes, and why, without computing anything.
 *
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * explainConv2d([1, 56, 56, 64], [3, 3, 64, 64]).algorithm; // → "tiled"
 * ```
 */
export function explainConv2d(
  inputShape: Shape4,
  filterShape: Shape4,
  options: ConvOptions & Pick<Conv2dOptions, "algorithm"> = {},
): { readonly algorithm: AlgorithmName; readonly reason: string } {
  checkOptionNames("explainConv2d", options, OPTION_NAMES);
  checkShape("explainConv2d", "inputShape", inputShape, 4);
  checkShape("explainConv2d", "filterShape", filterShape, 4);
  const geometry = resolveConvGeometry("explainConv2d", inputShape, filterShape, options);
  const { algorithm, reason } = chooseAlgorithm("explainConv2d", geometry, "forward", options.algorithm);
  return { algorithm: algorithm.name, reason };
}

function makePlan<T extends FloatArray>(
  operation: string,
  inputShape: Shape4,
  filter: Tensor4<T>,
  options: Conv2dOptions<T>,
): Conv2dPlan<T> {
  checkOptionNames(operation, options, OPTION_NAMES);
  checkTensor(operation, "filter", filter, 4);
  checkShape(operation, "inputShape", inputShape, 4);
  const layout = resolveLayout(operation, options.layout);
  const dtype = dtypeOf(filter.data);
  const geometry = resolveConvGeometry(operation, inputShape, filter.shape, options, dtype);
  const { bias } = options;
  if (bias !== undefined) checkArray(operation, "bias", bias, dtype, geometry.outChannels);
  const { algorithm, reason }: Choice = chooseAlgorithm(operation, geometry, "forward", options.algorithm);
  const prepared = algorithm.prepare(geometry, filter.data, bias);
  const nhwcInput = inputShapeOf(geometry);
  const nhwcOutput = outputShapeOf(geometry);
  return {
    geometry,
    inputShape: shapeInLayout(nhwcInput, layout),
    outputShape: shapeInLayout(nhwcOutput, layout),
    algorithm: algorithm.name,
    reason,
    scratchBytes: prepared.scratchBytes,
    run(x, y) {
      checkArray("Conv2dPlan.run", "x", x, dtype, sizeOf(nhwcInput));
      if (y !== undefined) {
        checkArray("Conv2dPlan.run", "y", y, dtype, sizeOf(nhwcOutput));
        if (overlap(x, y)) throw new RangeError("Conv2dPlan.run: y overlaps x in memory; give it memory of its own");
      }
      const input = toNhwc(x, nhwcInput, layout);
      const computed = (layout === "NHWC" && y !== undefined ? y : zeros(dtype, sizeOf(nhwcOutput))) as T;
      prepared.run(input, computed);
      const output = fromNhwc(computed, nhwcOutput, layout);
      if (y === undefined || y === output) return output;
      y.set(output);
      return y;
    },
  };
}

function overlap(a: FloatArray, b: FloatArray): boolean {
  return (
    a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength
  );
}
