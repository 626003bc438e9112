/**
 * TensorFlow.js behind the contract: one adapter per backend.
 *
 * Each pass is the operation, or the kernel, that a TensorFlow.js program runs for it: `tf.conv2d` and
 * `tf.depthwiseConv2d`, fused with the bias as `tf.layers` fuses them; for the gradients the kernels that `tf.grad` calls.
 * The filter is uploaded once, in `prepare`; `run` uploads the other arrays, computes and downloads the result.
 *
 * Paddings go as rules or as explicit pairs, never as a number, from which TensorFlow.js takes both output sizes by the
 * filter's height (tensorflow/tfjs issue 649).
 *
 * @module
 */

import { type CaseData, type CasePass, type ConvCase, outputShapeOf } from "@corr2d/testkit";
import type { NamedAttrMap, NamedTensorMap, Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { ConvAdapter } from "../adapter.ts";
import { activate, type BackendName, tf } from "./tensorflow.ts";

/** What tells the backends apart. */
export interface TfjsBackend extends Pick<ConvAdapter, "name" | "version" | "threads" | "summation"> {
  readonly backend: BackendName;
  /**
   * Whether its gradients know the rules "valid" and "same" only. Then explicit padding is a step of its own, as in a
   * program for this backend: the image is padded with `tf.pad`, and the gradient of the border cut off.
   */
  readonly padsGradientsByHand?: boolean;
  /** Throws if the computation that just ended has failed in another way than by throwing. */
  check?(): void;
}

type Shape = [number, number, number, number];
type Pair = [before: number, after: number];
type TfjsPadding = "valid" | "same" | [batch: Pair, height: Pair, width: Pair, channels: Pair];

/** Adapter of a backend that is registered and ready. */
export function tfjsAdapter(description: TfjsBackend): ConvAdapter {
  const { backend, padsGradientsByHand = false, check, ...about } = description;
  return {
    ...about,
    supports(convCase, pass) {
      return refusedByTfjs(convCase, pass) ?? lackingKernel(backend, kernelOf(convCase, pass)) ?? true;
    },
    prepare(convCase, pass, data) {
      activate(backend);
      const { uploaded, compute } = upload(convCase, pass, data, padsGradientsByHand);
      let result: Float32Array | undefined;
      return {
        run() {
          activate(backend);
          // `tidy` searches what it is given back for tensors, number by number; so it is given nothing.
          tf.tidy(() => {
            result = compute().dataSync<"float32">();
          });
          check?.();
        },
        read() {
          if (result === undefined) throw new Error(`${about.name}: read before run`);
          return result;
        },
        dispose: () => tf.dispose(uploaded),
      };
    },
  };
}

function refusedByTfjs(convCase: ConvCase, pass: CasePass): string | undefined {
  if (pass === "biasGradient") return undefined;
  const { groups, strides, dilations } = convCase;
  if (groups > 1 && !isDepthwise(convCase)) return "TensorFlow.js has no groups other than depthwise";
  const dilated = dilations.some((dilation) => dilation > 1);
  if (pass !== "forward" && dilated) return "TensorFlow.js has gradients for dilation 1 only";
  if (dilated && strides.some((stride) => stride > 1)) return "TensorFlow.js refuses stride and dilation together";
  return undefined;
}

function lackingKernel(backend: BackendName, kernel: string): string | undefined {
  return tf.getKernel(kernel, backend) === undefined ? `the ${backend} backend has no kernel ${kernel}` : undefined;
}

/** Every channel in has filters of its own: what TensorFlow.js calls depthwise. */
function isDepthwise({ groups, inputShape }: ConvCase): boolean {
  return groups > 1 && groups === inputShape[3];
}

function kernelOf(convCase: ConvCase, pass: CasePass): string {
  const depthwise = isDepthwise(convCase);
  switch (pass) {
    case "forward":
      if (convCase.bias) return depthwise ? tf.FusedDepthwiseConv2D : tf.FusedConv2D;
      return depthwise ? tf.DepthwiseConv2dNative : tf.Conv2D;
    case "inputGradient":
      return depthwise ? tf.DepthwiseConv2dNativeBackpropInput : tf.Conv2DBackpropInput;
    case "filterGradient":
      return depthwise ? tf.DepthwiseConv2dNativeBackpropFilter : tf.Conv2DBackpropFilter;
    case "biasGradient":
      return tf.Sum;
  }
}

/** A pass: the tensors that stay uploaded, and the computation with the upload of the others. */
function upload(
  convCase: ConvCase,
  pass: CasePass,
  data: CaseData,
  padsGradientsByHand: boolean,
): { readonly uploaded: Tensor[]; compute(): Tensor } {
  const { filterShape, inputShape, strides } = convCase;
  const depthwise = isDepthwise(convCase);
  const [kernelHeight, kernelWidth, , outChannels] = filterShape;
  // HWIO with one channel per group and [height, width, channel, multiplier] are the same memory.
  const tfjsFilterShape: Shape = depthwise
    ? [kernelHeight, kernelWidth, inputShape[3], outChannels / inputShape[3]]
    : [...filterShape];
  const x = (): Tensor4D => tf.tensor4d(data.x, [...inputShape]);
  const filter = (): Tensor4D => tf.tensor4d(data.filter, tfjsFilterShape);
  const dy = (): Tensor4D => tf.tensor4d(data.dy, [...outputShapeOf(convCase)]);

  const pad = tfjsPadding(convCase.padding);
  const byHand = padsGradientsByHand && typeof pad !== "string" ? pad : undefined;
  const runKernel = (inputs: NamedTensorMap, shape: Partial<Record<"inputShape" | "filterShape", Shape>>): Tensor4D => {
    const attributes: NamedAttrMap = {
      strides: [...strides],
      pad: byHand ? "valid" : (pad as string),
      dataFormat: "NHWC",
      dilations: [1, 1],
      ...shape,
    };
    return tf.engine().runKernel(kernelOf(convCase, pass), inputs, attributes);
  };

  switch (pass) {
    case "forward":
      return uploadForward(convCase, pad, x, filter(), data.bias && tf.tensor1d(data.bias));
    case "inputGradient": {
      const w = filter();
      const [top, left] = byHand ? [byHand[1][0], byHand[2][0]] : [0, 0];
      const paddedShape = byHand
        ? (inputShape.map((size, axis) => size + sum(byHand[axis])) as Shape)
        : [...inputShape];
      const gradient = () => runKernel({ dy: dy(), filter: w }, { inputShape: paddedShape as Shape });
      return {
        uploaded: [w],
        compute: byHand ? () => tf.slice(gradient(), [0, top, left, 0], [...inputShape]) : gradient,
      };
    }
    case "filterGradient": {
      const padded = byHand ? () => tf.pad(x(), byHand) : x;
      return { uploaded: [], compute: () => runKernel({ x: padded(), dy: dy() }, { filterShape: tfjsFilterShape }) };
    }
    case "biasGradient":
      return { uploaded: [], compute: () => tf.sum(dy(), [0, 1, 2]) };
  }
}

function uploadForward(
  convCase: ConvCase,
  pad: TfjsPadding,
  x: () => Tensor4D,
  filter: Tensor4D,
  bias: Tensor | undefined,
): { readonly uploaded: Tensor[]; compute(): Tensor } {
  const depthwise = isDepthwise(convCase);
  const strides: Pair = [...convCase.strides];
  const dilations: Pair = [...convCase.dilations];
  if (bias === undefined) {
    const convolve = depthwise ? tf.depthwiseConv2d : tf.conv2d;
    return { uploaded: [filter], compute: () => convolve(x(), filter, strides, pad, "NHWC", dilations) };
  }
  // Its type forgets the explicit pairs that its code takes, like all the others.
  const depthwiseConv2d = tf.fused.depthwiseConv2d as typeof tf.fused.conv2d;
  const convolve = depthwise ? depthwiseConv2d : tf.fused.conv2d;
  return {
    uploaded: [filter, bias],
    compute: () => convolve({ x: x(), filter, strides, pad, dilations, bias }),
  };
}

function tfjsPadding(padding: ConvCase["padding"]): TfjsPadding {
  if (padding === "valid" || padding === "same") return padding;
  const [vertical, horizontal] = typeof padding === "number" ? [both(padding), both(padding)] : padding;
  return [[0, 0], [...vertical], [...horizontal], [0, 0]];
}

function both(cells: number): Pair {
  return [cells, cells];
}

function sum([before, after]: Pair): number {
  return before + after;
}
