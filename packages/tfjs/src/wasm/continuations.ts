/**
 * Kernels that continue a convolution that waits (deferred.ts): batch norm of its output, sums and products with one value for each
 * channel, and activations. Its sum with a tensor of its shape waits, too, for an activation. Of any other tensor the backend's own
 * kernels compute them.
 *
 * @module
 */

import {
  Add,
  ClipByValue,
  type ClipByValueAttrs,
  engine,
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type KernelFunc,
  LeakyRelu,
  type LeakyReluAttrs,
  Multiply,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type PadV2Attrs,
  Relu,
  Relu6,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import type { Forward } from "../compute.ts";
import { isPerChannel } from "../kernels/activations.ts";
import { type Continued, isForward } from "./deferred.ts";
import type { WasmHost } from "./host.ts";

/** What a kernel adds to a step; `undefined` if it cannot be a part of it. */
type Continue = (step: Continued, inputs: NamedTensorInfoMap, attrs: object) => Continued | undefined;

const isLinear = ({ activation }: Continued): boolean => activation === undefined || activation === "linear";

/** By name of the kernel. */
const CONTINUATIONS: Readonly<Record<string, Continue>> = {
  [FusedBatchNorm]: (step, { mean, variance, offset, scale }, attrs) => {
    if (!isForward(step)) return undefined;
    const channels = step.convolution.outputShape.at(-1)!;
    const isPerChannel = [mean, variance, offset, scale].every(
      (tensor) => !tensor || (tensor.dtype === "float32" && tensor.shape.length === 1 && tensor.shape[0] === channels),
    );
    const isChannelsLast = step.convolution.options.layout.endsWith("C");
    if (!isPerChannel || !isChannelsLast || !isLinear(step) || step.norm) return undefined;
    const epsilon = (attrs as FusedBatchNormAttrs).varianceEpsilon;
    return { ...step, norm: { mean: mean!, variance: variance!, offset, scale, epsilon } };
  },
  [Relu]: (step) => (isLinear(step) ? { ...step, activation: "relu" } : undefined),
  [Relu6]: (step) => (isLinear(step) ? { ...step, activation: "relu6" } : undefined),
  [LeakyRelu]: (step, _, attrs) =>
    isLinear(step) ? { ...step, activation: "leakyRelu", slope: (attrs as LeakyReluAttrs).alpha } : undefined,
  // A layer of relu with a largest value is both, one after the other.
  [ClipByValue]: (step, _, attrs) => {
    const { clipValueMin, clipValueMax } = attrs as ClipByValueAttrs;
    const isRelu6 = clipValueMin === 0 && clipValueMax === 6 && (isLinear(step) || step.activation === "relu");
    return isRelu6 ? { ...step, activation: "relu6" } : undefined;
  },
};

/** The kernels that can continue a convolution. */
export const continuationNames: readonly string[] = Object.keys(CONTINUATIONS);

/** A kernel on top of the backend's own. */
export function continuing(kernelName: string, theirs: KernelFunc, hostOf: (backend: object) => WasmHost): KernelFunc {
  const next = CONTINUATIONS[kernelName]!;
  return (args) => {
    const { inputs, backend, attrs } = args as KernelCall;
    return (
      hostOf(backend).continueStep(inputs.x as TensorInfo, (step) => next(step, inputs, attrs ?? {})) ?? theirs(args)
    );
  };
}

/** How a sum or a product with one value for each channel becomes part of a step. */
const BINARY_CONTINUATIONS: Readonly<Record<string, (step: Forward, values: TensorInfo) => Forward | undefined>> = {
  [Add]: (step, values) => {
    const { bias, norm } = step;
    if (norm === undefined) return bias ? undefined : { ...step, bias: values };
    return norm.offset ? undefined : { ...step, norm: { ...norm, offset: values } };
  },
  [Multiply]: (step, values) => (step.norm ? undefined : { ...step, norm: { scale: values, epsilon: 0 } }),
};

/** The kernels of two operands that can continue a convolution. */
export const binaryContinuationNames: readonly string[] = Object.keys(BINARY_CONTINUATIONS);

/**
 * As `continuing`, for a kernel of two operands, either of which may be the convolution. Where values were others each time they
 * are no parameters, and to prepare the convolution anew takes longer than to compute them by themselves.
 */
export function continuingBinary(
  kernelName: string,
  theirs: KernelFunc,
  hostOf: (backend: object) => WasmHost,
): KernelFunc {
  const next = BINARY_CONTINUATIONS[kernelName]!;
  return (args) => {
    const { inputs, backend } = args as KernelCall;
    const { a, b } = inputs as { readonly a: TensorInfo; readonly b: TensorInfo };
    const host = hostOf(backend);
    const join = (tensor: TensorInfo, values: TensorInfo): TensorInfo | undefined =>
      host.continueStep(tensor, (step) => {
        if (!isForward(step)) return undefined;
        const { outputShape, options } = step.convolution;
        const fits =
          isLinear(step) &&
          options.layout.endsWith("C") &&
          values.dtype === "float32" &&
          values.shape.length <= outputShape.length &&
          isPerChannel(values, outputShape.at(-1)!, false) &&
          host.plans.isSteady(step.filter.dataId);
        return fits ? next(step, values) : undefined;
      });
    const isSum = kernelName === Add && [a, b].every(({ dtype }) => dtype === "float32");
    const waitingSum = () => (isSum && util.arraysEqual(a.shape, b.shape) ? host.add(a, b) : undefined);
    return join(a, b) ?? join(b, a) ?? waitingSum() ?? theirs(args);
  };
}

interface KernelCall {
  readonly inputs: NamedTensorInfoMap;
  readonly backend: object;
  readonly attrs?: NamedAttrMap;
}

/** Zeros around rows and columns wait, too, for a convolution that takes them into its padding; on top of the backend's kernel. */
export function waitingPad(theirs: KernelFunc, hostOf: (backend: object) => WasmHost): KernelFunc {
  return (args) => {
    const { shape, dtype, dataId } = args.inputs.x as TensorInfo;
    const { paddings, constantValue } = args.attrs as unknown as PadV2Attrs;
    const isFrame =
      dtype === "float32" &&
      shape.length === 4 &&
      constantValue === 0 &&
      shape.every((size) => size > 0) &&
      paddings.flat().every((cells) => Number.isInteger(cells) && cells >= 0) &&
      [paddings[0]!, paddings[3]!].flat().every((cells) => cells === 0);
    if (!isFrame || engine().state.gradientDepth > 0) return theirs(args);
    const padded = shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);
    return hostOf(args.backend).pad({ x: { shape, dtype, dataId }, padding: paddings.slice(1, 3) }, padded);
  };
}
