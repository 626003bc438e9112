/**
 * From a convolution as TensorFlow.js describes it to one of core's.
 *
 * The size of the output is taken as TensorFlow.js computed it, whatever rule led there ("same", a number, a rounding
 * mode), and the padding after the image is what this size needs; along an axis of n cells, p of padding before, stride s,
 * effective kernel kₑ and output size o
 *
 *     q = max(0, (o − 1)·s + kₑ − n − p)
 *
 * A tap in the padding is skipped, so a padding other than the one that TensorFlow.js names changes nothing but the size.
 *
 * @module
 */

import type { Layout } from "@corr2d/core";
import type { backend_util } from "@tensorflow/tfjs-core";

/** What TensorFlow.js makes of shapes and attributes. */
export type ConvInfo = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

/** A convolution of two or three spatial axes, in core's words. */
export interface Convolution {
  /** Shapes of input and output, in the user's layout. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Spatial axes, input channels per group, output channels. */
  readonly filterShape: readonly number[];
  /** The spatial axes of the input. */
  readonly inputSize: readonly number[];
  /** Options of core's functions. */
  readonly options: {
    readonly strides: readonly number[];
    readonly dilations: readonly number[];
    readonly padding: readonly (readonly [before: number, after: number])[];
    readonly groups: number;
    readonly layout: Layout<2> | Layout<3>;
  };
}

/** One spatial axis, as TensorFlow.js sees it. */
interface Axis {
  readonly inSize: number;
  readonly outSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly effectiveKernel: number;
  readonly before: number;
  readonly after: number;
}

/**
 * The convolution with an output of shape `outputShape`, or `undefined` if core has none: a tensor without elements, a
 * padding that is negative or fractional, or an output that leaves out what the padded image has room for (TensorFlow.js
 * sizes both output axes by the filter's height when the padding is a number).
 *
 * A depthwise filter `[height, width, inChannels, multiplier]` is, as an array, that of `inChannels` groups:
 * `[height, width, 1, inChannels · multiplier]`.
 */
export function convolutionOf(
  info: ConvInfo,
  depthwise: boolean,
  outputShape: readonly number[] = info.outShape,
): Convolution | undefined {
  const axes = axesOf(info);
  const outSizes = spatial(info, outputShape);
  const padding = axes.map(({ inSize, stride, effectiveKernel, before }, i) => {
    return [before, Math.max(0, (outSizes[i]! - 1) * stride + effectiveKernel - inSize - before)] as const;
  });
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  if (![...info.inShape, ...info.filterShape, ...outputShape].every((size) => isCount(size) && size > 0))
    return undefined;
  if (!padding.flat().every(isCount)) return undefined;
  const hasRoom = axes.some(({ inSize, stride, effectiveKernel }, i) => {
    const [before, after] = padding[i]!;
    return inSize + before + after - effectiveKernel >= outSizes[i]! * stride;
  });
  if (hasRoom) return undefined;

  const [filterChannels, filterOutputs] = info.filterShape.slice(-2) as [number, number];
  return {
    inputShape: info.inShape,
    outputShape,
    filterShape: depthwise ? [...info.filterShape.slice(0, -2), 1, filterChannels * filterOutputs] : info.filterShape,
    inputSize: axes.map(({ inSize }) => inSize),
    options: {
      strides: axes.map(({ stride }) => stride),
      dilations: axes.map(({ dilation }) => dilation),
      padding,
      groups: depthwise ? info.inChannels : 1,
      layout: layoutOf(info),
    },
  };
}

/**
 * The convolution of an image that `padding` makes its input of, by zeros around rows and columns; `undefined` with channels
 * first or a depth.
 */
export function withPadding(
  convolution: Convolution,
  padding: readonly (readonly [before: number, after: number])[],
): Convolution | undefined {
  const text = JSON.stringify(padding);
  const known = padded.get(convolution);
  if (known?.text === text) return known.result;
  const result = pad(convolution, padding);
  padded.set(convolution, { text, result });
  return result;
}

/** What `withPadding` gave last. */
const padded = new WeakMap<Convolution, { readonly text: string; readonly result: Convolution | undefined }>();

function pad(
  convolution: Convolution,
  padding: readonly (readonly [before: number, after: number])[],
): Convolution | undefined {
  const { inputShape, inputSize, options } = convolution;
  if (options.layout !== "NHWC") return undefined;
  const size = inputSize.map((cells, axis) => cells - padding[axis]![0] - padding[axis]![1]);
  const sum = options.padding.map(
    ([before, after], axis) => [before + padding[axis]![0], after + padding[axis]![1]] as const,
  );
  return {
    ...convolution,
    inputShape: [inputShape[0]!, ...size, inputShape[3]!],
    inputSize: size,
    options: { ...options, padding: sum },
  };
}

const texts = new WeakMap<Convolution, string>();

/** A convolution as text, the same for those of the same shapes and options. */
export function textOf(convolution: Convolution): string {
  let text = texts.get(convolution);
  if (text === undefined) {
    const { inputShape, outputShape, filterShape, options } = convolution;
    text = JSON.stringify([inputShape, outputShape, filterShape, options]);
    texts.set(convolution, text);
  }
  return text;
}

function layoutOf(info: ConvInfo): Layout<2> | Layout<3> {
  const channelsLast = info.dataFormat === "channelsLast";
  return "inDepth" in info ? (channelsLast ? "NDHWC" : "NCDHW") : channelsLast ? "NHWC" : "NCHW";
}

/**
 * The shape of the output that a gradient is taken of; `dyShape` is what the gradient has. TensorFlow.js does not tell a
 * gradient the rounding mode of its convolution, so `info` has the output rounded down, and a larger one is accepted if
 * rounding up gives it. Of any other that is larger only the first rows and columns count, as on the cpu backend.
 *
 * @returns `undefined` if `dyShape` is smaller, or of other images or channels.
 */
export function differentiatedShape(info: ConvInfo, dyShape: readonly number[]): number[] | undefined {
  const dySizes = spatial(info, dyShape);
  const sizes = axesOf(info).map(({ inSize, outSize, stride, effectiveKernel, before, after }, i) => {
    const roundedUp = Math.ceil((inSize + before + after - effectiveKernel) / stride) + 1;
    return dySizes[i] === roundedUp ? roundedUp : outSize;
  });
  if (sizes.some((size, i) => size > dySizes[i]!)) return undefined;
  const { batchSize, outChannels } = info;
  const channelsLast = info.dataFormat === "channelsLast";
  if (dyShape[0] !== batchSize || dyShape.at(channelsLast ? -1 : 1) !== outChannels) return undefined;
  return channelsLast ? [batchSize, ...sizes, outChannels] : [batchSize, outChannels, ...sizes];
}

/** The spatial axes of a shape in the layout of the convolution. */
function spatial({ dataFormat }: ConvInfo, shape: readonly number[]): readonly number[] {
  return dataFormat === "channelsLast" ? shape.slice(1, -1) : shape.slice(2);
}

function axesOf(info: ConvInfo): readonly Axis[] {
  const { padInfo } = info;
  const axes: Axis[] = [
    {
      inSize: info.inHeight,
      outSize: info.outHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      effectiveKernel: info.effectiveFilterHeight,
      before: padInfo.top,
      after: padInfo.bottom,
    },
    {
      inSize: info.inWidth,
      outSize: info.outWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      effectiveKernel: info.effectiveFilterWidth,
      before: padInfo.left,
      after: padInfo.right,
    },
  ];
  if (!("inDepth" in info)) return axes;
  const { inDepth, outDepth, strideDepth, dilationDepth, effectiveFilterDepth } = info;
  const depth = {
    inSize: inDepth,
    outSize: outDepth,
    stride: strideDepth,
    dilation: dilationDepth,
    effectiveKernel: effectiveFilterDepth,
    before: info.padInfo.front,
    after: info.padInfo.back,
  };
  return [depth, ...axes];
}
