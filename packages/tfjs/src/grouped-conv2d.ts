/**
 * A convolution of tensors that TensorFlow.js does not offer: groups, and strides together with dilations, differentiable.
 *
 * @module
 */

import {
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import type { Convolution } from "./convolution.ts";
import { GROUPED, GROUPED_FILTER_GRADIENT, GROUPED_INPUT_GRADIENT, type GroupedAttrs } from "./kernels/grouped.ts";

/** One number for rows and columns, or one for each. */
export type PerAxis = number | readonly [rows: number, columns: number];

/** Options of {@link groupedConv2d}. */
export interface GroupedConv2dOptions {
  /** Default 1. */
  readonly strides?: PerAxis;
  /** Default 1. Distance of neighbouring taps in the image. */
  readonly dilations?: PerAxis;
  /** Default `"valid"`; or cells before and after, of rows and of columns. */
  readonly padding?: "same" | "valid" | readonly [readonly [number, number], readonly [number, number]];
  /** Number of groups that both channels are divided into, default 1; each group of outputs sees one of inputs. */
  readonly groups?: number;
}

/**
 * Cross-correlation over rows and columns, in groups of channels,
 *
 *     y[n, i, j, g·O + o] = Σ filter[a, b, c, g·O + o] · x[n, i·s + a·d − p, j·s + b·d − p, g·C + c]
 *
 * of images `x` `[batch, height, width, groups · C]` with `filter` `[height, width, C, groups · O]`, on the backend `"wasm"` or
 * `"corr2d"`. Gradients (`tf.grads`, optimizers) are those of this convolution, for every stride and dilation.
 *
 * @throws TypeError, RangeError if shapes or options do not fit together.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 *
 * await tf.setBackend("corr2d");
 * const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2]);
 * const filter = tf.tensor4d([1, 100], [1, 1, 1, 2]);
 * groupedConv2d(x, filter, { groups: 2 }).dataSync(); // → [1, 1000, 2, 2000, 3, 3000, 4, 4000]
 * ```
 */
export function groupedConv2d(x: Tensor4D, filter: Tensor4D, options: GroupedConv2dOptions = {}): Tensor4D {
  const convolution = resolve(x, filter, options);
  const inputs = { x, filter } as unknown as NamedTensorMap;
  return engine().runKernel(GROUPED, inputs, { convolution } as unknown as NamedAttrMap) as Tensor4D;
}

/** Tells TensorFlow.js the gradients. */
export function registerGroupedGradient(): void {
  registerGradient({
    kernelName: GROUPED,
    inputsToSave: ["x", "filter"],
    gradFunc(dy, saved, attrs) {
      const [x, filter] = saved as [Tensor4D, Tensor4D];
      const run = (kernel: string, inputs: object): Tensor =>
        engine().runKernel(kernel, inputs as NamedTensorMap, attrs) as Tensor;
      return {
        x: () => run(GROUPED_INPUT_GRADIENT, { dy, filter }),
        filter: () => run(GROUPED_FILTER_GRADIENT, { x, dy }),
      };
    },
  });
}

const NAMES = ["strides", "dilations", "padding", "groups"];

function resolve(x: Tensor4D, filter: Tensor4D, options: GroupedConv2dOptions): GroupedAttrs["convolution"] {
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new TypeError(`groupedConv2d: no option ${unknown}; there are ${NAMES.join(", ")}`);
  for (const [name, { shape, dtype }] of Object.entries({ x, filter })) {
    if (shape.length !== 4) throw new RangeError(`groupedConv2d: ${name} must have rank 4, got [${shape}]`);
    if (dtype !== "float32")
      throw new TypeError(`groupedConv2d: ${name} must be float32, got ${dtype}; tf.cast makes it so`);
    if (shape.includes(0)) throw new RangeError(`groupedConv2d: ${name} must not be empty, got [${shape}]`);
  }
  const { groups = 1, padding = "valid" } = options;
  const strides = perAxis("strides", options.strides);
  const dilations = perAxis("dilations", options.dilations);
  const [batch, height, width, channels] = x.shape;
  const [kernelHeight, kernelWidth, perGroup, outChannels] = filter.shape;
  requireCount("groups", groups);
  if (perGroup * groups !== channels || outChannels % groups !== 0) {
    throw new RangeError(
      `groupedConv2d: ${groups} groups of a filter [${filter.shape}] see ${perGroup * groups} channels and make ` +
        `${outChannels / groups} each, but x has ${channels} channels; outputs must divide evenly`,
    );
  }
  const axes = [height, width].map((cells, axis) => {
    const kernel = [kernelHeight, kernelWidth][axis]!;
    const effective = (kernel - 1) * dilations[axis]! + 1;
    const stride = strides[axis]!;
    const same = Math.max(0, (Math.ceil(cells / stride) - 1) * stride + effective - cells);
    const [before, after] =
      padding === "same" ? [Math.floor(same / 2), Math.ceil(same / 2)] : padding === "valid" ? [0, 0] : padding[axis]!;
    for (const value of [before, after]) requireCount("padding", value, 0);
    const room = cells + before + after - effective;
    if (room < 0) {
      throw new RangeError(
        `groupedConv2d: a kernel of ${kernel} (${effective} with dilation) exceeds the padded image, ${cells + before + after}`,
      );
    }
    const out = Math.floor(room / stride) + 1;
    // What no window reaches is no padding.
    return { out, padding: [before, Math.max(0, (out - 1) * stride + effective - cells - before)] as const };
  });
  return {
    inputShape: x.shape,
    outputShape: [batch, axes[0]!.out, axes[1]!.out, outChannels],
    filterShape: filter.shape,
    inputSize: [height, width],
    options: { strides, dilations, padding: axes.map((axis) => axis.padding), groups, layout: "NHWC" },
  } satisfies Convolution;
}

function perAxis(name: string, value: PerAxis = 1): readonly [number, number] {
  const pair = typeof value === "number" ? ([value, value] as const) : value;
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(`groupedConv2d: ${name} must be a number or two, got ${JSON.stringify(value)}`);
  }
  for (const one of pair) requireCount(name, one);
  return pair as readonly [number, number];
}

function requireCount(name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`groupedConv2d: ${name} must be an integer of ${least} or more, got ${value}`);
}
