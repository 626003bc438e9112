/**
 * Convolutions of one, two and three spatial axes as one thing: a geometry with three of them, in which those that the
 * user's tensors lack are of size one. Every shape error is thrown here; the arithmetic along one axis stands in axis.ts.
 *
 * @module
 */

import { AXIS_NAMES, channelsLastShape, LAYOUTS, type SpatialRank, shapeInLayout } from "../tensor/layout.ts";
import { sizeOf } from "../tensor/shape.ts";
import { type DType, MAX_ELEMENTS } from "../tensor/tensor.ts";
import { type AxisGeometry, resolveAxis, resolveTransposedAxis, UNIT_AXIS } from "./axis.ts";
import type { Boundary } from "./boundary.ts";
import {
  type ConvOptions,
  type ConvTransposeOptions,
  resolveConvOptions,
  resolveConvTransposeOptions,
} from "./options.ts";

/** A convolution of one to three spatial axes. Frozen; valid by construction. */
export interface SpatialGeometry {
  readonly dtype: DType;
  /** Spatial axes of the user's tensors; of depth, height and width the last ones. */
  readonly rank: SpatialRank;
  readonly batch: number;
  readonly depth: AxisGeometry;
  readonly height: AxisGeometry;
  readonly width: AxisGeometry;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  /** What stands in the cells `before` and `after` of each axis: nothing, if it is the constant 0. */
  readonly paddingMode: Boundary;
  readonly fillValue: number;
  /** Whether the channels of the user's activations come before the spatial axes. */
  readonly channelsFirst: boolean;
}

/**
 * Resolves shapes and options of a convolution of `rank` spatial axes.
 *
 * @param inputShape batch, spatial axes and channels, in the order that `options.layout` says.
 * @param filterShape spatial axes, input channels per group, output channels.
 * @throws TypeError for a value of the wrong type, RangeError for one that no convolution can have: a dimension or
 *   stride that is not a positive integer, channels that groups do not divide, a kernel larger than the padded input,
 *   an output of more than 2³⁰ elements.
 */
export function resolveConvolution<R extends SpatialRank>(
  operation: string,
  rank: R,
  inputShape: readonly number[],
  filterShape: readonly number[],
  options: ConvOptions<R>,
  dtype: DType,
): SpatialGeometry {
  const resolved = resolveConvOptions(operation, rank, options);
  const { strides, dilations, padding, groups, channelsFirst, paddingMode, fillValue, rounding } = resolved;
  const [batch, ...sizes] = channelsLastShape(inputShape, channelsFirst);
  const inChannels = sizes.pop()!;
  const [groupInChannels, outChannels] = filterShape.slice(rank);
  requirePositiveAxes(operation, rank, sizes, inChannels, filterShape, outChannels);
  requireDivisible(operation, "input", inChannels, groups);
  requireDivisible(operation, "output", outChannels, groups);
  if (groupInChannels !== inChannels / groups) {
    throw new RangeError(
      `${operation}: filter takes ${groupInChannels} input channels per group, ` +
        `but the input has ${inChannels} channels in ${groups === 1 ? "1 group" : `${groups} groups`} ` +
        `(filter shape [${filterShape}], input shape [${inputShape}] in ${LAYOUTS[rank][channelsFirst ? 1 : 0]})` +
        adviceOnOrder(rank, inputShape, filterShape, groups, channelsFirst),
    );
  }
  const axes = AXIS_NAMES[rank].map((axis, i) => {
    const [inSize, kernelSize, stride, dilation] = [sizes[i], filterShape[i], strides[i], dilations[i]];
    return resolveAxis({ operation, axis, inSize, kernelSize, stride, dilation, padding: padding[i] }, rounding);
  });
  const geometry = assemble(
    { dtype, rank, batch, inChannels, outChannels, groups, paddingMode, fillValue, channelsFirst },
    axes,
  );
  requireElements(operation, "output", outputShapeOfConvolution(geometry));
  requireElements(operation, "padded input", inputShapeOfConvolution(filled(geometry)));
  return geometry;
}

/**
 * Resolves shapes and options of a transposed convolution of `rank` spatial axes into the convolution that it is the
 * transpose of: that one's input is the output asked for here, its output the input given here.
 *
 * @param inputShape shape of the input of the transposed convolution.
 * @param filterShape spatial axes, *output* channels per group, *input* channels.
 * @throws as {@link resolveConvolution}.
 */
export function resolveTransposedConvolution<R extends SpatialRank>(
  operation: string,
  rank: R,
  inputShape: readonly number[],
  filterShape: readonly number[],
  options: ConvTransposeOptions<R>,
  dtype: DType,
): SpatialGeometry {
  const resolved = resolveConvTransposeOptions(operation, rank, options);
  const { strides, dilations, padding, groups, channelsFirst, outputPadding, outputSize } = resolved;
  const [batch, ...sizes] = channelsLastShape(inputShape, channelsFirst);
  const inChannels = sizes.pop()!;
  const [groupOutChannels, filterInChannels] = filterShape.slice(rank);
  requirePositiveAxes(operation, rank, sizes, inChannels, filterShape, groupOutChannels);
  requireDivisible(operation, "input", inChannels, groups);
  if (filterInChannels !== inChannels) {
    throw new RangeError(
      `${operation}: filter takes ${filterInChannels} input channels, but the input has ${inChannels} ` +
        `(filter shape [${filterShape}], input shape [${inputShape}] in ${LAYOUTS[rank][channelsFirst ? 1 : 0]})`,
    );
  }
  const axes = AXIS_NAMES[rank].map((axis, i) => {
    const [inSize, kernelSize, stride, dilation] = [sizes[i], filterShape[i], strides[i], dilations[i]];
    const request = { operation, axis, inSize, kernelSize, stride, dilation, padding: padding[i] };
    return resolveTransposedAxis(request, outputPadding[i], outputSize?.[i]);
  });
  const geometry = assemble(
    {
      dtype,
      rank,
      batch,
      inChannels: groupOutChannels * groups,
      outChannels: inChannels,
      groups,
      paddingMode: "constant",
      fillValue: 0,
      channelsFirst,
    },
    axes,
  );
  requireElements(operation, "output", inputShapeOfConvolution(geometry));
  return geometry;
}

/** The input of a convolution, in the user's layout. */
export function inputShapeOfConvolution(s: SpatialGeometry): readonly number[] {
  const sizes = [s.depth, s.height, s.width].map((axis) => axis.inSize).slice(3 - s.rank);
  return shapeInLayout([s.batch, ...sizes, s.inChannels], s.channelsFirst);
}

/** The output of a convolution, in the user's layout. */
export function outputShapeOfConvolution(s: SpatialGeometry): readonly number[] {
  const sizes = [s.depth, s.height, s.width].map((axis) => axis.outSize).slice(3 - s.rank);
  return shapeInLayout([s.batch, ...sizes, s.outChannels], s.channelsFirst);
}

/**
 * Whether every output plane depends on the one input plane of its number alone, so that depth is but a larger batch.
 */
export function isPlanar({ depth }: SpatialGeometry): boolean {
  return depth.kernelSize === 1 && depth.stride === 1 && depth.outSize === depth.inSize && depth.before === 0;
}

/** The convolution of the input into whose padding, if it is not to be absent, cells have been filled. */
export function filled(s: SpatialGeometry): SpatialGeometry {
  if (s.paddingMode === "constant" && s.fillValue === 0) return s;
  const grow = (axis: AxisGeometry): AxisGeometry => ({
    ...axis,
    inSize: axis.before + axis.inSize + axis.after,
    before: 0,
    after: 0,
  });
  return Object.freeze({
    ...s,
    depth: grow(s.depth),
    height: grow(s.height),
    width: grow(s.width),
    paddingMode: "constant",
    fillValue: 0,
  });
}

/** Channels that fit only if the axes are in another order tell which order was meant. */
function adviceOnOrder(
  rank: SpatialRank,
  inputShape: readonly number[],
  filterShape: readonly number[],
  groups: number,
  channelsFirst: boolean,
): string {
  const [last, first] = LAYOUTS[rank];
  const inChannels = channelsLastShape(inputShape, channelsFirst).at(-1)!;
  if (filterShape[1] === inChannels / groups) {
    const axes = first.slice(2);
    return `; a filter in PyTorch's order, OI${axes}, is turned to ${axes}IO by fromOihw(filter)`;
  }
  const other = channelsLastShape(inputShape, !channelsFirst).at(-1)!;
  if (filterShape[rank] !== other / groups) return "";
  return `; the channels fit with layout: "${channelsFirst ? last : first}"`;
}

function assemble(
  shared: Omit<SpatialGeometry, "depth" | "height" | "width">,
  axes: readonly AxisGeometry[],
): SpatialGeometry {
  const [depth, height, width] = [UNIT_AXIS, UNIT_AXIS, UNIT_AXIS, ...axes].slice(-3);
  return Object.freeze({ ...shared, depth, height, width });
}

function requirePositiveAxes(
  operation: string,
  rank: SpatialRank,
  sizes: readonly number[],
  inChannels: number,
  filterShape: readonly number[],
  outChannels: number,
): void {
  const axes = AXIS_NAMES[rank];
  const all: readonly (readonly [what: string, value: number])[] = [
    ...axes.map((axis, i) => [`input ${axis}`, sizes[i]] as const),
    ["input channels", inChannels],
    ...axes.map((axis, i) => [`kernel ${axis}`, filterShape[i]] as const),
    ["output channels", outChannels],
  ];
  for (const [what, value] of all) {
    if (value < 1) throw new RangeError(`${operation}: ${what} must be at least 1, got ${value}`);
  }
}

function requireDivisible(operation: string, side: "input" | "output", channels: number, groups: number): void {
  if (channels % groups === 0) return;
  throw new RangeError(`${operation}: ${side} channels ${channels} are not divisible by groups ${groups}`);
}

function requireElements(operation: string, what: string, shape: readonly number[]): void {
  const elements = sizeOf(shape);
  if (elements > MAX_ELEMENTS) {
    throw new RangeError(
      `${operation}: ${what} [${shape.join(", ")}] has ${elements} elements, more than the ${MAX_ELEMENTS} allowed`,
    );
  }
}
