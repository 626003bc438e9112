/**
 * The kernels of convolution over two and three axes, ordinary and depthwise, and of their gradients. Convolution over one
 * axis, the separable one and the transposed one are these, put together by TensorFlow.js.
 *
 * @module
 */

import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3D,
  type Conv3DAttrs,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  type DataId,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type NamedTensorInfoMap,
  Slice,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { filterGradient, forward, inputGradient } from "../compute.ts";
import { type ConvInfo, type Convolution, convolutionOf, differentiatedShape } from "../convolution.ts";
import type { Host } from "../host.ts";
import type { OwnKernel } from "./kernel.ts";

/** What the attributes of these kernels may say; those of the gradients leave some out. */
export interface ConvAttrs {
  readonly strides: Conv2DAttrs["strides"] | Conv3DAttrs["strides"];
  readonly pad: Conv2DAttrs["pad"] | Conv3DAttrs["pad"];
  readonly dataFormat?: "NHWC" | "NCHW" | "NDHWC" | "NCDHW" | undefined;
  readonly dilations?: Conv2DAttrs["dilations"] | Conv3DAttrs["dilations"] | null | undefined;
  readonly dimRoundingMode?: Conv2DAttrs["dimRoundingMode"] | undefined;
}

/** What TensorFlow.js makes of input shape, filter shape and attributes. */
export type Describe = (inShape: readonly number[], filterShape: readonly number[], attrs: ConvAttrs) => ConvInfo;

/** A kind of convolution. */
export interface ConvKind {
  readonly describe: Describe;
  readonly depthwise: boolean;
}

const describe2d =
  (depthwise: boolean): Describe =>
  (inShape, filterShape, { strides, pad, dilations, dimRoundingMode, dataFormat }) =>
    backend_util.computeConv2DInfo(
      inShape as Shape4,
      filterShape as Shape4,
      strides as Conv2DAttrs["strides"],
      (dilations ?? 1) as Conv2DAttrs["dilations"],
      pad as Conv2DAttrs["pad"],
      dimRoundingMode,
      depthwise,
      backend_util.convertConv2DDataFormat((dataFormat ?? "NHWC") as Conv2DAttrs["dataFormat"]),
    );

type Shape4 = [number, number, number, number];
type Shape5 = [number, number, number, number, number];

/** Ordinary convolution over height and width. */
export const CONV_2D: ConvKind = { describe: describe2d(false), depthwise: false };

/** Every channel with filters of its own. */
export const DEPTHWISE_2D: ConvKind = { describe: describe2d(true), depthwise: true };

/** Over depth, height and width; channels last is all that TensorFlow.js has. */
const CONV_3D: ConvKind = {
  describe: (inShape, filterShape, { strides, pad, dilations }) =>
    backend_util.computeConv3DInfo(
      inShape as Shape5,
      filterShape as Shape5,
      strides as Conv3DAttrs["strides"],
      (dilations ?? 1) as Conv3DAttrs["dilations"],
      pad as Conv3DAttrs["pad"],
    ),
  depthwise: false,
};

/** A convolution that a filter was asked for. */
interface Described {
  readonly kind: ConvKind;
  readonly inShape: readonly number[];
  readonly filterShape: readonly number[];
  readonly attrs: ConvAttrs;
  readonly convolution: Convolution | undefined;
}

/** Convolutions remembered of one filter. */
const MOST_DESCRIBED = 8;

/** By the data of the filter, the latest last. */
const described = new WeakMap<DataId, Described[]>();

/**
 * The convolution of `x` with `filter`, or `undefined` if core has none. A network that runs again asks for the same, so it is looked
 * for before it is worked out.
 *
 * @throws Error as TensorFlow.js does, if shapes and attributes do not fit together.
 */
export function convolutionFor(
  kind: ConvKind,
  x: TensorInfo,
  filter: TensorInfo,
  attrs: ConvAttrs,
): Convolution | undefined {
  const known = described.get(filter.dataId) ?? [];
  for (const before of known) {
    const isSame =
      before.kind === kind &&
      isEqual(before.inShape, x.shape) &&
      isEqual(before.filterShape, filter.shape) &&
      ATTRIBUTES.every((name) => isEqual(before.attrs[name], attrs[name]));
    if (isSame) return before.convolution;
  }
  const convolution = convolutionOf(kind.describe(x.shape, filter.shape, attrs), kind.depthwise);
  if (known.length >= MOST_DESCRIBED) known.shift();
  known.push({
    kind,
    inShape: x.shape.slice(),
    filterShape: filter.shape.slice(),
    attrs: Object.fromEntries(ATTRIBUTES.map((name) => [name, copyOf(attrs[name])])) as unknown as ConvAttrs,
    convolution,
  });
  described.set(filter.dataId, known);
  return convolution;
}

const ATTRIBUTES = ["strides", "pad", "dataFormat", "dilations", "dimRoundingMode"] as const;

/** Lists may be changed by whoever gave them. */
function copyOf(value: unknown): unknown {
  return Array.isArray(value) ? value.map(copyOf) : value;
}

/** Whether two are the same number or text, or lists of the same. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!isEqual(a[i], b[i])) return false;
  return true;
}

interface InputsForward extends NamedTensorInfoMap {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
}

function forwardKernel(kernelName: string, kind: ConvKind): OwnKernel<InputsForward, ConvAttrs> {
  return {
    kernelName,
    compute({ inputs: { x, filter }, attrs, host }) {
      const convolution = convolutionFor(kind, x, filter, attrs);
      return convolution && forward(host, { convolution, x, filter });
    },
  };
}

function inputGradientKernel(
  kernelName: string,
  { describe, depthwise }: ConvKind,
): OwnKernel<{ readonly dy: TensorInfo; readonly filter: TensorInfo }, ConvAttrs & { readonly inputShape: number[] }> {
  return {
    kernelName,
    compute({ inputs: { dy, filter }, attrs, host }) {
      const info = describe(attrs.inputShape, filter.shape, attrs);
      return withOutputGradient(host, info, dy, (outShape, gradient) => {
        const convolution = convolutionOf(info, depthwise, outShape);
        return convolution && inputGradient(host, convolution, gradient, filter);
      });
    },
  };
}

function filterGradientKernel(
  kernelName: string,
  { describe, depthwise }: ConvKind,
): OwnKernel<{ readonly x: TensorInfo; readonly dy: TensorInfo }, ConvAttrs & { readonly filterShape: number[] }> {
  return {
    kernelName,
    compute({ inputs: { x, dy }, attrs, host }) {
      const info = describe(x.shape, attrs.filterShape, attrs);
      return withOutputGradient(host, info, dy, (outShape, gradient) => {
        const convolution = convolutionOf(info, depthwise, outShape);
        return convolution && filterGradient(host, convolution, x, gradient, attrs.filterShape);
      });
    },
  };
}

/** Calls `compute` with the gradient with respect to the output, cut to what counts of it. */
function withOutputGradient(
  host: Host,
  info: ConvInfo,
  dy: TensorInfo,
  compute: (outShape: number[], dy: TensorInfo) => TensorInfo | undefined,
): TensorInfo | undefined {
  const outShape = differentiatedShape(info, dy.shape);
  if (outShape === undefined) return undefined;
  if (util.arraysEqual(outShape, dy.shape)) return compute(outShape, dy);
  const part = host.run(Slice, { x: dy }, { begin: outShape.map(() => 0), size: outShape });
  const gradient = compute(outShape, part);
  host.discard(part);
  return gradient;
}

/** Each kind of convolution with its gradients. */
export const convolutionKernels: readonly OwnKernel<never, never>[] = [
  forwardKernel(Conv2D, CONV_2D),
  inputGradientKernel(Conv2DBackpropInput, CONV_2D),
  filterGradientKernel(Conv2DBackpropFilter, CONV_2D),
  forwardKernel(DepthwiseConv2dNative, DEPTHWISE_2D),
  inputGradientKernel(DepthwiseConv2dNativeBackpropInput, DEPTHWISE_2D),
  filterGradientKernel(DepthwiseConv2dNativeBackpropFilter, DEPTHWISE_2D),
  forwardKernel(Conv3D, CONV_3D),
  inputGradientKernel(Conv3DBackpropInputV2, CONV_3D),
  filterGradientKernel(Conv3DBackpropFilterV2, CONV_3D),
];
