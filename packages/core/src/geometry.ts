/**
 * Options and shapes in, plain numbers out: every question of "same or valid, one stride or two, which layout" is
 * answered here, once, and every shape error is thrown here. Algorithms get a frozen {@link ConvGeometry} and validate
 * nothing.
 *
 * Along one axis, with input size n, kernel size k, stride s, dilation d, padding p before and q after:
 *
 *     effective kernel  kₑ = (k − 1)·d + 1
 *     output size       o  = ⌊(n + p + q − kₑ) / s⌋ + 1
 *
 * `"valid"` is p = q = 0. `"same"` gives o = ⌈n / s⌉ with p + q = max(0, (o − 1)·s + kₑ − n) and the odd cell after
 * (TensorFlow's rule). Sources: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
 * arXiv:1603.07285; TensorFlow, tf.nn, "Notes on padding".
 *
 * @module
 */

import type { FilterShape, NhwcShape, Shape4 } from "./shape.ts";
import { type DType, describe, MAX_ELEMENTS } from "./tensor.ts";

/** One number for both axes, or `[height, width]`. */
export type PerAxis = number | readonly [height: number, width: number];

/** Cells added around the image before it is correlated: a rule, a number for all four sides, or each side by name. */
export type Padding =
  | "valid"
  | "same"
  | number
  | readonly [vertical: readonly [top: number, bottom: number], horizontal: readonly [left: number, right: number]];

/** Order of the axes of activations: channels last or channels first. */
export type Layout = "NHWC" | "NCHW";

/** What a convolution does with its shapes. */
export interface ConvOptions {
  /** Distance between neighbouring output cells, in input cells. Default 1. */
  readonly strides?: PerAxis;
  /** Cells added around the input; they count as absent, never as a factor. Default `"valid"`. */
  readonly padding?: Padding;
  /** Distance between neighbouring kernel taps, in input cells. Default 1. */
  readonly dilations?: PerAxis;
  /** Channels fall into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
  /** Order of the axes of activations. Default `"NHWC"`. The filter is HWIO in either. */
  readonly layout?: Layout;
}

/** A convolution in plain numbers, in NHWC whatever the user's layout. Frozen; valid by construction. */
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

/** The names of {@link ConvOptions}, for operations that check for unknown ones. */
export const CONV_OPTION_NAMES: readonly (keyof ConvOptions)[] = [
  "strides",
  "padding",
  "dilations",
  "groups",
  "layout",
];

/**
 * Resolves shapes and options of a two-dimensional convolution.
 *
 * @param operation name of the caller, the first word of every error.
 * @param inputShape shape of the activations, in `options.layout`.
 * @param filterShape `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`.
 * @throws TypeError for a value of the wrong type, RangeError for one that no convolution can have: a dimension or
 *   stride that is not a positive integer, channels that groups do not divide, a kernel larger than the padded input, an
 *   output of more than 2³⁰ elements.
 */
export function resolveConvGeometry(
  operation: string,
  inputShape: Shape4,
  filterShape: Shape4,
  options: ConvOptions = {},
  dtype: DType = "float32",
): ConvGeometry {
  const layout = resolveLayout(operation, options.layout);
  const [batch, inHeight, inWidth, inChannels] = nhwcShape(layout, inputShape);
  const [kernelHeight, kernelWidth, groupInChannels, outChannels] = filterShape as FilterShape;
  requirePositive(operation, "input height", inHeight);
  requirePositive(operation, "input width", inWidth);
  requirePositive(operation, "input channels", inChannels);
  requirePositive(operation, "kernel height", kernelHeight);
  requirePositive(operation, "kernel width", kernelWidth);
  requirePositive(operation, "output channels", outChannels);

  const groups = options.groups ?? 1;
  requireInteger(operation, "groups", groups, 1);
  if (inChannels % groups !== 0) {
    throw new RangeError(`${operation}: input channels ${inChannels} are not divisible by groups ${groups}`);
  }
  if (outChannels % groups !== 0) {
    throw new RangeError(`${operation}: output channels ${outChannels} are not divisible by groups ${groups}`);
  }
  if (groupInChannels !== inChannels / groups) {
    throw new RangeError(
      `${operation}: filter takes ${groupInChannels} input channels per group, ` +
        `but the input has ${inChannels} channels in ${groups === 1 ? "1 group" : `${groups} groups`} ` +
        `(filter shape [${filterShape}], input shape [${inputShape}] in ${layout})`,
    );
  }

  const [strideHeight, strideWidth] = resolvePerAxis(operation, "strides", options.strides ?? 1);
  const [dilationHeight, dilationWidth] = resolvePerAxis(operation, "dilations", options.dilations ?? 1);
  const padding = resolvePadding(operation, options.padding ?? "valid");
  const vertical = resolveAxis(operation, "height", inHeight, kernelHeight, strideHeight, dilationHeight, padding[0]);
  const horizontal = resolveAxis(operation, "width", inWidth, kernelWidth, strideWidth, dilationWidth, padding[1]);

  const outElements = batch * vertical.outSize * horizontal.outSize * outChannels;
  if (outElements > MAX_ELEMENTS) {
    throw new RangeError(
      `${operation}: output [${batch}, ${vertical.outSize}, ${horizontal.outSize}, ${outChannels}] has ${outElements} ` +
        `elements, more than the ${MAX_ELEMENTS} allowed`,
    );
  }
  return Object.freeze({
    dtype,
    batch,
    inHeight,
    inWidth,
    inChannels,
    kernelHeight,
    kernelWidth,
    outHeight: vertical.outSize,
    outWidth: horizontal.outSize,
    outChannels,
    groups,
    groupInChannels,
    groupOutChannels: outChannels / groups,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    padTop: vertical.before,
    padBottom: vertical.after,
    padLeft: horizontal.before,
    padRight: horizontal.after,
  });
}

/** Checks a layout; the default is NHWC. */
export function resolveLayout(operation: string, layout: Layout | undefined): Layout {
  if (layout === undefined) return "NHWC";
  if (layout !== "NHWC" && layout !== "NCHW") {
    throw new RangeError(`${operation}: layout must be "NHWC" or "NCHW", got ${describe(layout)}`);
  }
  return layout;
}

/** The shape of activations in NHWC. */
function nhwcShape(layout: Layout, [a, b, c, d]: Shape4): NhwcShape {
  return layout === "NHWC" ? [a, b, c, d] : [a, c, d, b];
}

/** Shape of the input in NHWC. */
export function inputShapeOf(g: ConvGeometry): NhwcShape {
  return [g.batch, g.inHeight, g.inWidth, g.inChannels];
}

/** Shape of the filter (HWIO). */
export function filterShapeOf(g: ConvGeometry): FilterShape {
  return [g.kernelHeight, g.kernelWidth, g.groupInChannels, g.outChannels];
}

/** Shape of the output in NHWC. */
export function outputShapeOf(g: ConvGeometry): NhwcShape {
  return [g.batch, g.outHeight, g.outWidth, g.outChannels];
}

/** Whether some output cell looks at a cell outside the image. */
export function isPadded(g: ConvGeometry): boolean {
  return g.padTop + g.padBottom + g.padLeft + g.padRight > 0;
}

/** Multiplications and additions of the definition: 2 · N · outH · outW · kh · kw · (inC / groups) · outC. */
export function flopsOf(g: ConvGeometry): number {
  return 2 * g.batch * g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth * g.groupInChannels * g.outChannels;
}

/** The half-open range of output cells along one axis whose tap `k` lies inside the image. */
export function validRange(
  tap: number,
  inSize: number,
  outSize: number,
  stride: number,
  dilation: number,
  padBefore: number,
): readonly [from: number, to: number] {
  // Input cell o·stride + tap·dilation − padBefore must lie in [0, inSize).
  const shift = tap * dilation - padBefore;
  const from = shift >= 0 ? 0 : Math.ceil(-shift / stride);
  const to = Math.min(outSize, Math.floor((inSize - 1 - shift) / stride) + 1);
  return [Math.min(from, outSize), Math.max(Math.min(from, outSize), to)];
}

/** Throws for an option that the operation does not know: a misspelt one must not be ignored. */
export function checkOptionNames(operation: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new TypeError(`${operation}: options must be an object, got ${describe(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(`${operation}: unknown option ${describe(name)}; known options are ${known.join(", ")}`);
    }
  }
}

/** One number or two, positive integers. */
export function resolvePerAxis(
  operation: string,
  parameter: string,
  value: PerAxis,
): readonly [height: number, width: number] {
  const pair = typeof value === "number" ? ([value, value] as const) : value;
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(`${operation}: ${parameter} must be a number or [height, width], got ${describe(value)}`);
  }
  requireInteger(operation, parameter, pair[0], 1);
  requireInteger(operation, parameter, pair[1], 1);
  return [pair[0], pair[1]];
}

type AxisPadding = "valid" | "same" | readonly [before: number, after: number];

function resolvePadding(operation: string, padding: Padding): readonly [AxisPadding, AxisPadding] {
  if (padding === "valid" || padding === "same") return [padding, padding];
  if (typeof padding === "number") {
    requireInteger(operation, "padding", padding, 0);
    return [
      [padding, padding],
      [padding, padding],
    ];
  }
  const isPair = (value: unknown): value is readonly [number, number] => Array.isArray(value) && value.length === 2;
  if (!isPair(padding) || !isPair(padding[0]) || !isPair(padding[1])) {
    throw new TypeError(
      `${operation}: padding must be "valid", "same", a number or [[top, bottom], [left, right]], got ${describe(padding)}`,
    );
  }
  for (const side of [...padding[0], ...padding[1]]) requireInteger(operation, "padding", side, 0);
  return [padding[0], padding[1]];
}

function resolveAxis(
  operation: string,
  axis: "height" | "width",
  inSize: number,
  kernelSize: number,
  stride: number,
  dilation: number,
  padding: AxisPadding,
): { outSize: number; before: number; after: number } {
  const effectiveKernel = (kernelSize - 1) * dilation + 1;
  if (padding === "same") {
    const outSize = Math.ceil(inSize / stride);
    const total = Math.max(0, (outSize - 1) * stride + effectiveKernel - inSize);
    const before = Math.floor(total / 2);
    return { outSize, before, after: total - before };
  }
  const [before, after] = padding === "valid" ? [0, 0] : padding;
  const padded = inSize + before + after;
  if (effectiveKernel > padded) {
    const dilated = dilation > 1 ? ` (${effectiveKernel} with dilation ${dilation})` : "";
    const what = before + after > 0 ? `padded input ${axis} ${padded}` : `input ${axis} ${inSize}`;
    throw new RangeError(`${operation}: kernel ${axis} ${kernelSize}${dilated} exceeds ${what}`);
  }
  return { outSize: Math.floor((padded - effectiveKernel) / stride) + 1, before, after };
}

function requirePositive(operation: string, what: string, value: number): void {
  if (value < 1) throw new RangeError(`${operation}: ${what} must be at least 1, got ${value}`);
}

function requireInteger(operation: string, parameter: string, value: unknown, minimum: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${operation}: ${parameter} must be a number, got ${describe(value)}`);
  }
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new RangeError(`${operation}: ${parameter} must be an integer of ${minimum} or more, got ${value}`);
  }
}
