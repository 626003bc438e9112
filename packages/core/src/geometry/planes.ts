/**
 * What algorithms compute: a convolution of planes in plain numbers. Options and shapes come in, every question of "same or
 * valid, one stride or two, which layout" is answered once, and what is impossible is refused; algorithms get a frozen
 * {@link ConvGeometry} and validate nothing.
 *
 * @module
 */

import type { FilterShape, NhwcShape, Shape4 } from "../tensor/shape.ts";
import { checkShape, type DType, describe } from "../tensor/tensor.ts";
import { filled, isPlanar, resolveConvolution, type SpatialGeometry } from "./convolution.ts";
import { CONV_OPTION_NAMES, type ConvOptions, checkOptionNames, resolveWord } from "./options.ts";

/** A convolution of planes in plain numbers, in NHWC whatever the user's layout. Frozen; valid by construction. */
export interface ConvGeometry {
  readonly dtype: DType;
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly groups: number;
  /** `inChannels / groups`: the third dimension of the filter. */
  readonly groupInChannels: number;
  /** `outChannels / groups`. */
  readonly groupOutChannels: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
}

/** All geometries that were made; what holds of them need not hold of other objects with these fields. */
const made: WeakSet<object> = /* @__PURE__ */ new WeakSet();

/**
 * Resolves shapes and options of a two-dimensional convolution into what algorithms compute.
 *
 * @param operation name of the caller, the first word of every error.
 * @param inputShape shape of the activations, in `options.layout`.
 * @param filterShape `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`.
 * @throws TypeError for a value of the wrong type, RangeError for one that no convolution can have: a dimension or
 *   stride that is not a positive integer, channels that groups do not divide, a kernel larger than the padded input, an
 *   output of more than 2³⁰ elements.
 *
 * @example
 * ```ts
 * const geometry = resolveConvGeometry("example", [8, 32, 32, 3], [3, 3, 3, 16], { strides: 2, padding: "same" });
 * [geometry.padTop, geometry.padBottom]; // → [0, 1]
 * inputShapeOf(geometry); // → [8, 32, 32, 3]
 * filterShapeOf(geometry); // → [3, 3, 3, 16]
 * outputShapeOf(geometry); // → [8, 16, 16, 16]
 * flopsOf(geometry); // → 1_769_472
 * ```
 */
export function resolveConvGeometry(
  operation: string,
  inputShape: Shape4,
  filterShape: Shape4,
  options: Omit<ConvOptions, "paddingMode" | "fillValue"> = {},
  dtype: DType = "float32",
): ConvGeometry {
  checkCaller("resolveConvGeometry", operation);
  checkOptionNames(operation, options, CONV_OPTION_NAMES);
  checkShape(operation, "inputShape", inputShape, 4);
  checkShape(operation, "filterShape", filterShape, 4);
  resolveWord<DType>(operation, "dtype", ["float32", "float64"], dtype);
  const geometry = resolveConvolution(operation, 2, inputShape, filterShape, options, dtype);
  if (filled(geometry) !== geometry) {
    throw new RangeError(
      `${operation}: paddingMode must be "constant" with fillValue 0 here, got ${describe(geometry.paddingMode)} with ` +
        `${geometry.fillValue}; algorithms know no other`,
    );
  }
  return planarGeometry(geometry);
}

/** The convolution of planes, for a geometry whose padding is absent: all of them at once, or one at a time. */
export function planarGeometry(s: SpatialGeometry): ConvGeometry {
  const { height, width } = s;
  const geometry = Object.freeze({
    dtype: s.dtype,
    batch: isPlanar(s) ? s.batch * s.depth.inSize : 1,
    inHeight: height.inSize,
    inWidth: width.inSize,
    inChannels: s.inChannels,
    kernelHeight: height.kernelSize,
    kernelWidth: width.kernelSize,
    outHeight: height.outSize,
    outWidth: width.outSize,
    outChannels: s.outChannels,
    groups: s.groups,
    groupInChannels: s.inChannels / s.groups,
    groupOutChannels: s.outChannels / s.groups,
    strideHeight: height.stride,
    strideWidth: width.stride,
    dilationHeight: height.dilation,
    dilationWidth: width.dilation,
    padTop: height.before,
    padBottom: height.after + height.overhang,
    padLeft: width.before,
    padRight: width.after + width.overhang,
  });
  made.add(geometry);
  return geometry;
}

/** Throws unless the name of a caller is one; `own` is the name of the function that is told it. */
export function checkCaller(own: string, operation: unknown): void {
  if (typeof operation === "string") return;
  throw new TypeError(`${own}: operation must be the name of the caller, a string, got ${describe(operation)}`);
}

/** Throws unless `geometry` was made here. */
export function checkGeometry(operation: string, geometry: unknown): void {
  if (made.has(geometry as object)) return;
  throw new TypeError(
    `${operation}: geometry must be one that resolveConvGeometry or a plan made, not a copy; got ${describe(geometry)}`,
  );
}

/**
 * Shape of the input in NHWC.
 *
 * @throws TypeError if `g` is not what {@link resolveConvGeometry} or a plan made.
 */
export function inputShapeOf(g: ConvGeometry): NhwcShape {
  checkGeometry("inputShapeOf", g);
  return [g.batch, g.inHeight, g.inWidth, g.inChannels];
}

/**
 * Shape of the filter (HWIO).
 *
 * @throws as {@link inputShapeOf}.
 */
export function filterShapeOf(g: ConvGeometry): FilterShape {
  checkGeometry("filterShapeOf", g);
  return [g.kernelHeight, g.kernelWidth, g.groupInChannels, g.outChannels];
}

/**
 * Shape of the output in NHWC.
 *
 * @throws as {@link inputShapeOf}.
 */
export function outputShapeOf(g: ConvGeometry): NhwcShape {
  checkGeometry("outputShapeOf", g);
  return [g.batch, g.outHeight, g.outWidth, g.outChannels];
}

/** Whether some output cell looks at a cell outside the image. */
export function isPadded(g: ConvGeometry): boolean {
  return g.padTop + g.padBottom + g.padLeft + g.padRight > 0;
}

/**
 * Multiplications and additions of the definition: 2 · N · outH · outW · kh · kw · (inC / groups) · outC.
 *
 * @throws as {@link inputShapeOf}.
 */
export function flopsOf(g: ConvGeometry): number {
  checkGeometry("flopsOf", g);
  return 2 * g.batch * g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth * g.groupInChannels * g.outChannels;
}
