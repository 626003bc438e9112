/**
 * TensorFlow.js behind the contract: one adapter per backend.
 *
 * Each pass is the operation, or the kernel, that a TensorFlow.js program runs for it: `tf.conv1d`, `tf.conv2d`,
 * `tf.depthwiseConv2d` and `tf.conv3d`, in two dimensions fused with the bias as `tf.layers` fuses them; for the gradients
 * the kernels that `tf.grad` calls. The filter is uploaded once, in `prepare`; `run` uploads the other arrays, computes and
 * downloads the result.
 *
 * Paddings go as rules or as explicit pairs, never as a number, from which TensorFlow.js takes both output sizes by the
 * filter's height (tensorflow/tfjs issue 649). Three-dimensional operations know rules only: there the image is padded with
 * `tf.pad`, as a program would, and the gradient of the border cut off.
 *
 * A transposed convolution is computed as `tf.conv2dTranspose` does, by the kernels of the convolution that leads back; its bias is
 * added.
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  convolutionOf,
  convolutionPassOf,
  outputShapeOf,
  passOfConvolution,
  rankOf,
  type SpatialCase,
} from "@corr2d/testkit";
import type { NamedAttrMap, NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";
import { type ConvAdapter, USUAL_REACH } from "../adapter.ts";
import { activate, type BackendName, tf } from "./tensorflow.ts";
import { poolKernelOf, poolRefusedByTfjs, uploadPool } from "./tfjs-pool.ts";

/** What tells the backends apart. */
export interface TfjsBackend
  extends Pick<ConvAdapter, "name" | "version" | "engine" | "threads" | "summation" | "reach"> {
  readonly backend: BackendName;
  /** Whether results can be had only later, as those of graphics processors: then a run is a promise. */
  readonly readsLater?: boolean;
  /** Whether its two-dimensional gradients know the rules "valid" and "same" only. Then they are padded by hand, too. */
  readonly padsGradientsByHand?: boolean;
  /** Why this backend cannot be asked what TensorFlow.js as a whole can; undefined if it can. */
  refuses?(convCase: SpatialCase, pass: CasePass): string | undefined;
  /** Throws if the computation that just ended has failed in another way than by throwing. */
  check?(): void;
}

type Shape3 = [number, number, number];
type Shape4 = [number, number, number, number];
type Shape5 = [number, number, number, number, number];
type Pair = [before: number, after: number];
type TfjsPadding = "valid" | "same" | Pair[];

/** Adapter of a backend that is registered and ready. */
export function tfjsAdapter(description: TfjsBackend): ConvAdapter {
  const {
    backend,
    readsLater = false,
    padsGradientsByHand = false,
    check,
    refuses,
    reach = USUAL_REACH,
    ...about
  } = description;
  return {
    ...about,
    reach: { ...reach, operations: ["convolution", "transposed", "average pool", "max pool"] },
    supports(convCase, pass) {
      if ((convCase as SpatialCase).pool !== undefined) {
        return poolRefusedByTfjs(convCase, backend) ?? lackingKernel(backend, poolKernelOf(convCase, pass)) ?? true;
      }
      const [computed, by] =
        pass === "biasGradient" ? [convCase, pass] : [convolutionOf(convCase), convolutionPassOf(convCase, pass)];
      return (
        refusedByTfjs(computed, by) ?? refuses?.(computed, by) ?? lackingKernel(backend, kernelOf(computed, by)) ?? true
      );
    },
    prepare(convCase, pass, data) {
      activate(backend);
      const { uploaded, compute } = uploadAsComputed(convCase, pass, data, padsGradientsByHand);
      let result: Float32Array | undefined;
      const atOnce = (): void => {
        activate(backend);
        // `tidy` searches what it is given back for tensors, number by number; so it is given nothing.
        tf.tidy(() => {
          result = compute().dataSync<"float32">();
        });
        check?.();
      };
      const later = async (): Promise<void> => {
        activate(backend);
        const y = tf.tidy(compute);
        result = await y.data<"float32">();
        y.dispose();
        check?.();
      };
      return {
        run: readsLater ? later : atOnce,
        read() {
          if (result === undefined) throw new Error(`${about.name}: read before run`);
          return result;
        },
        dispose: () => tf.dispose(uploaded),
      };
    },
  };
}

function refusedByTfjs(convCase: SpatialCase, pass: CasePass): string | undefined {
  if (pass === "biasGradient") return undefined;
  const { groups, strides, dilations, layout, rounding = "floor" } = convCase;
  const rank = rankOf(convCase);
  if (layout === "channels first" && rank !== 2) return `TensorFlow.js has channels last only in ${rank}-D`;
  if (layout === "channels first" && groups > 1)
    return "TensorFlow.js has no depthwise convolution with channels first";
  if (rounding !== "floor" && rank === 3) return "TensorFlow.js does not round in 3-D";
  if (groups > 1 && !isDepthwise(convCase)) return "TensorFlow.js has no groups other than depthwise in 2-D";
  const dilated = dilations.some((dilation) => dilation > 1);
  if (pass !== "forward" && dilated) return "TensorFlow.js has gradients for dilation 1 only";
  if (dilated && strides.some((stride) => stride > 1)) return "TensorFlow.js refuses stride and dilation together";
  return undefined;
}

function lackingKernel(backend: BackendName, kernel: string): string | undefined {
  return tf.getKernel(kernel, backend) === undefined ? `the ${backend} backend has no kernel ${kernel}` : undefined;
}

/** Every channel in has filters of its own: what TensorFlow.js calls depthwise, and has in two dimensions. */
export function isDepthwise(convCase: SpatialCase): boolean {
  const { groups, inputShape } = convCase;
  return rankOf(convCase) === 2 && groups > 1 && groups === inputShape[3];
}

function kernelOf(convCase: SpatialCase, pass: CasePass): string {
  const rank = rankOf(convCase);
  if (pass === "biasGradient") return tf.Sum;
  if (rank === 3) {
    return { forward: tf.Conv3D, inputGradient: tf.Conv3DBackpropInputV2, filterGradient: tf.Conv3DBackpropFilterV2 }[
      pass
    ];
  }
  const depthwise = isDepthwise(convCase);
  switch (pass) {
    case "forward":
      // There is no fused conv1d; its bias is added.
      if (convCase.bias && rank === 2) return depthwise ? tf.FusedDepthwiseConv2D : tf.FusedConv2D;
      return depthwise ? tf.DepthwiseConv2dNative : tf.Conv2D;
    case "inputGradient":
      return depthwise ? tf.DepthwiseConv2dNativeBackpropInput : tf.Conv2DBackpropInput;
    case "filterGradient":
      return depthwise ? tf.DepthwiseConv2dNativeBackpropFilter : tf.Conv2DBackpropFilter;
  }
}

/** A pass: the tensors that stay uploaded, and the computation with the upload of the others. */
interface Uploaded {
  readonly uploaded: Tensor[];
  compute(): Tensor;
}

function uploadAsComputed(convCase: SpatialCase, pass: CasePass, data: CaseData, padsByHand: boolean): Uploaded {
  if (convCase.pool !== undefined) return { uploaded: [], compute: uploadPool(convCase, pass, data) };
  const back = passOfConvolution(convCase, pass, data);
  if (back === undefined) return upload(convCase, pass, data, padsByHand);
  const { uploaded, compute } = upload(back.convCase, back.pass, back.data, padsByHand);
  if (pass !== "forward" || data.bias === undefined) return { uploaded, compute };
  const ones = convCase.strides.map(() => 1);
  const shape = convCase.layout === "channels first" ? [data.bias.length, ...ones] : [data.bias.length];
  const bias = tf.tensor(data.bias, shape);
  return {
    uploaded: [...uploaded, bias],
    compute() {
      // A sequence is computed as an image of one row.
      const y = tf.reshape(compute(), inLayout(convCase, outputShapeOf(convCase)));
      return tf.add(y, bias);
    },
  };
}

function upload(convCase: SpatialCase, pass: CasePass, data: CaseData, padsGradientsByHand: boolean): Uploaded {
  if (pass === "biasGradient") {
    const dy = () => tf.tensor(data.dy, inLayout(convCase, outputShapeOf(convCase)));
    const channels = convCase.layout === "channels first" ? 1 : convCase.inputShape.length - 1;
    const others = convCase.inputShape.flatMap((_, axis) => (axis === channels ? [] : [axis]));
    return { uploaded: [], compute: () => tf.sum(dy(), others) };
  }
  if (pass !== "forward") return uploadGradient(asTfjsComputes(convCase), pass, data, padsGradientsByHand);
  const bias = data.bias && tf.tensor1d(data.bias);
  const rank = rankOf(convCase);
  const uploadForward = rank === 1 ? uploadForward1d : rank === 3 ? uploadForward3d : uploadForward2d;
  return uploadForward(convCase, data, bias);
}

function uploadForward1d(convCase: SpatialCase, data: CaseData, bias: Tensor | undefined): Uploaded {
  const { inputShape, filterShape, strides, dilations } = convCase;
  const x = () => tf.tensor3d(data.x, [...inputShape] as Shape3);
  const filter = tf.tensor3d(data.filter, [...filterShape] as Shape3);
  const { pad, rounding } = tfjsPadding(convCase);
  // Its padding is given as that of the conv2d which it becomes.
  const pad2d = typeof pad === "string" ? pad : [pad[0], [0, 0] as Pair, ...pad.slice(1)];
  const convolve = () => tf.conv1d(x(), filter, strides[0], pad2d as "valid", "NWC", dilations[0], rounding);
  const compute = () => (bias === undefined ? convolve() : tf.add(convolve(), bias));
  return { uploaded: bias === undefined ? [filter] : [filter, bias], compute };
}

function uploadForward2d(convCase: SpatialCase, data: CaseData, bias: Tensor | undefined): Uploaded {
  const depthwise = isDepthwise(convCase);
  const x = () => tf.tensor4d(data.x, inLayout(convCase, convCase.inputShape) as Shape4);
  const filter = tf.tensor4d(data.filter, tfjsFilterShape(convCase) as Shape4);
  const { pad, rounding } = tfjsPadding(convCase);
  const strides = [...convCase.strides] as Pair;
  const dilations = [...convCase.dilations] as Pair;
  const dataFormat = dataFormatOf(convCase);
  if (bias === undefined) {
    const convolve = depthwise ? tf.depthwiseConv2d : tf.conv2d;
    const compute = () => convolve(x(), filter, strides, pad as "valid", dataFormat, dilations, rounding);
    return { uploaded: [filter], compute };
  }
  // Its type forgets the explicit pairs that its code takes, like all the others.
  const depthwiseConv2d = tf.fused.depthwiseConv2d as typeof tf.fused.conv2d;
  const convolve = depthwise ? depthwiseConv2d : tf.fused.conv2d;
  const options = { filter, strides, pad: pad as "valid", dataFormat, dilations, bias };
  const rounded = rounding === undefined ? options : { ...options, dimRoundingMode: rounding };
  return { uploaded: [filter, bias], compute: () => convolve({ ...rounded, x: x() }) };
}

function uploadForward3d(convCase: SpatialCase, data: CaseData, bias: Tensor | undefined): Uploaded {
  const { inputShape, filterShape, strides, dilations } = convCase;
  const { pad } = tfjsPadding(convCase);
  const filter = tf.tensor5d(data.filter, [...filterShape] as Shape5);
  const x = () => {
    const image = tf.tensor5d(data.x, [...inputShape] as Shape5);
    return typeof pad === "string" ? image : tf.pad(image, pad);
  };
  const rule = typeof pad === "string" ? pad : "valid";
  const convolve = () =>
    tf.conv3d(x(), filter, [...strides] as Shape3, rule, "NDHWC", [...dilations] as [number, number, number]);
  const compute = () => (bias === undefined ? convolve() : tf.add(convolve(), bias));
  return { uploaded: bias === undefined ? [filter] : [filter, bias], compute };
}

/** The case whose gradient `tf.grad` computes: a sequence is an image of one row. */
function asTfjsComputes(convCase: SpatialCase): SpatialCase {
  const { inputShape, filterShape, strides, dilations, padding } = convCase;
  if (rankOf(convCase) !== 1) return convCase;
  const [batch, ...rest] = inputShape;
  const pairs = typeof padding === "number" ? [[padding, padding] as const] : padding;
  return {
    ...convCase,
    inputShape: [batch, 1, ...rest],
    filterShape: [1, ...filterShape],
    strides: [1, ...strides],
    dilations: [1, ...dilations],
    padding: typeof pairs === "string" ? pairs : [[0, 0], ...pairs],
  };
}

function uploadGradient(
  convCase: SpatialCase,
  pass: "inputGradient" | "filterGradient",
  data: CaseData,
  padsByHand: boolean,
): Uploaded {
  const { strides } = convCase;
  const rank = rankOf(convCase);
  const inputShape = inLayout(convCase, convCase.inputShape);
  const x = () => tf.tensor(data.x, inputShape);
  const dy = () => tf.tensor(data.dy, inLayout(convCase, outputShapeOf(convCase)));
  const { pad } = tfjsPadding(convCase);
  const byHand = (rank === 3 || padsByHand) && typeof pad !== "string" ? pad : undefined;
  const runKernel = (inputs: NamedTensorMap, shape: object): Tensor => {
    // The rounding that the forward pass was told is not among them: TensorFlow.js does not hand it on.
    const attributes: NamedAttrMap = {
      strides: [...strides],
      pad: byHand ? "valid" : (pad as string),
      dataFormat: dataFormatOf(convCase),
      dilations: strides.map(() => 1),
      ...shape,
    };
    return tf.engine().runKernel(kernelOf(convCase, pass), inputs, attributes) as Tensor;
  };
  if (pass === "filterGradient") {
    const padded = byHand ? () => tf.pad(x(), byHand) : x;
    const shape = { filterShape: tfjsFilterShape(convCase) };
    return { uploaded: [], compute: () => runKernel({ x: padded(), dy: dy() }, shape) };
  }
  const filter = tf.tensor(data.filter, tfjsFilterShape(convCase));
  const shape = { inputShape: inputShape.map((size, axis) => size + (byHand ? byHand[axis][0] + byHand[axis][1] : 0)) };
  const gradient = () => runKernel({ dy: dy(), filter }, shape);
  const corner = byHand?.map(([before]) => before);
  return { uploaded: [filter], compute: corner ? () => tf.slice(gradient(), corner, inputShape) : gradient };
}

function dataFormatOf({ layout }: SpatialCase): "NHWC" | "NCHW" {
  return layout === "channels first" ? "NCHW" : "NHWC";
}

/** A shape written with channels last, as the arrays lie. */
function inLayout({ layout }: SpatialCase, shape: readonly number[]): number[] {
  const [batch, ...rest] = shape;
  return layout === "channels first" ? [batch, rest[rest.length - 1], ...rest.slice(0, -1)] : [...shape];
}

/** HWIO with one channel per group and [height, width, channel, multiplier] are the same memory. */
function tfjsFilterShape(convCase: SpatialCase): number[] {
  const { filterShape, inputShape } = convCase;
  if (!isDepthwise(convCase)) return [...filterShape];
  return [filterShape[0], filterShape[1], inputShape[3], filterShape[3] / inputShape[3]];
}

/**
 * The padding, axis by axis as the arrays lie, and the rounding. TensorFlow.js rounds explicit padding only; "valid" is
 * the same as pairs of zeros, and the size that "same" gives needs no rounding.
 */
function tfjsPadding(convCase: SpatialCase): {
  readonly pad: TfjsPadding;
  readonly rounding: "round" | "ceil" | undefined;
} {
  const { padding, strides, rounding = "floor", layout } = convCase;
  const given = rounding === "floor" ? undefined : rounding;
  if (padding === "same" || (padding === "valid" && given === undefined)) return { pad: padding, rounding: undefined };
  const cells = padding === "valid" ? 0 : padding;
  const pairs =
    typeof cells === "number" ? strides.map((): Pair => [cells, cells]) : cells.map((pair): Pair => [...pair]);
  const none: Pair = [0, 0];
  return { pad: layout === "channels first" ? [none, none, ...pairs] : [none, ...pairs, none], rounding: given };
}
