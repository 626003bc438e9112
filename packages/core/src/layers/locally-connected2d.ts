/**
 * The locally connected layer: local but not translation invariant, the middle step between a fully connected and a
 * convolution layer.
 *
 * @module
 */

import {
  type ConvOptions,
  checkOptionNames,
  type PerAxis,
  requireInteger,
  resolvePerAxis,
  resolveWord,
} from "../geometry/options.ts";
import { type ConvGeometry, inputShapeOf, outputShapeOf, resolveConvGeometry } from "../geometry/planes.ts";
import { type Shape4, sizeOf } from "../tensor/shape.ts";
import { checkArray, checkShape, checkTensor, describe, type Tensor4 } from "../tensor/tensor.ts";
import { INITIALIZER_NAMES, type InitializerName, initialize } from "./initializers.ts";
import { Layer } from "./layer.ts";
import { changeValues, LayerParameter, type Parameter, valuesOf } from "./parameter.ts";
import { seededRandom } from "./random.ts";

/** What a {@link LocallyConnected2d} is made of. */
export interface LocallyConnected2dLayerOptions extends Pick<ConvOptions, "strides" | "padding" | "dilations"> {
  /** Size of the images, `[height, width]`: since each cell has weights of its own, the layer fits one size only. */
  readonly inputSize: PerAxis;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: PerAxis;
  /** Whether to learn a bias, for each cell and channel. Default true; it starts at zero. */
  readonly bias?: boolean | undefined;
  /** How the filters start. Default `"heUniform"`. */
  readonly initializer?: InitializerName | undefined;
  /** Seed of the initialiser, an integer. Default 0. */
  readonly seed?: number | undefined;
}

const OPTION_NAMES: readonly (keyof LocallyConnected2dLayerOptions)[] = [
  "inputSize",
  "inChannels",
  "outChannels",
  "kernelSize",
  "strides",
  "padding",
  "dilations",
  "bias",
  "initializer",
  "seed",
];

/**
 * A locally connected layer on images, `[batch, height, width, channels]`: a convolution layer whose weights are not shared.
 * Every output cell looks at its neighbourhood with weights of its own,
 *
 *     y[n, i, j, o] = bias[i, j, o] + Σ_{a, b, c} w[i, j, a, b, c, o] · x[n, i·s + a·d − p, j·s + b·d − p, c]
 *
 * which suits pictures that are aligned, where every place has a meaning. Its filters are
 * `[outHeight, outWidth, kernelHeight, kernelWidth, inChannels, outChannels]`, its bias is `[outHeight, outWidth, outChannels]`.
 * Padding counts as absent, as in {@link Conv2d}; weights that would look at it stay what they were.
 *
 * @example
 * ```ts
 * const layer = new LocallyConnected2d({ inputSize: 8, inChannels: 3, outChannels: 4, kernelSize: 3, padding: "same" });
 * layer.filter.shape; // → [8, 8, 3, 3, 3, 4]
 * const y = layer.forward(zeros([2, 8, 8, 3]));
 * y.shape; // → [2, 8, 8, 4]
 * layer.backward(y).shape; // → [2, 8, 8, 3]
 * ```
 * Sources: K. Gregor and Y. LeCun, "Emergence of complex-like cells in a temporal product network with local receptive
 * fields", arXiv:1006.0448; Y. Taigman et al., "DeepFace", CVPR 2014.
 */
export class LocallyConnected2d extends Layer<Shape4> {
  readonly filter: Parameter;
  readonly bias: Parameter | undefined;
  readonly #geometry: ConvGeometry;
  #input: Tensor4 | undefined;

  /**
   * @throws TypeError for a value of the wrong type or an unknown option; RangeError for counts that are not positive
   *   integers, a kernel larger than the padded input, an unknown initialiser, or more than 2³⁰ weights.
   */
  constructor(options: LocallyConnected2dLayerOptions) {
    super("LocallyConnected2d");
    checkOptionNames(this.kind, options, OPTION_NAMES);
    const {
      inputSize,
      inChannels,
      outChannels,
      kernelSize,
      bias = true,
      seed = 0,
      initializer,
      ...placement
    } = options ?? {};
    requireInteger(this.kind, "inChannels", inChannels, 1);
    requireInteger(this.kind, "outChannels", outChannels, 1);
    const start = resolveWord(this.kind, "initializer", INITIALIZER_NAMES, initializer ?? "heUniform");
    if (!Number.isSafeInteger(seed))
      throw new RangeError(`${this.kind}: seed must be an integer, got ${describe(seed)}`);
    if (typeof bias !== "boolean")
      throw new TypeError(`${this.kind}: bias must be true or false, got ${describe(bias)}`);
    const [height, width] = resolvePerAxis(this.kind, "inputSize", 2, inputSize);
    const [kernelHeight, kernelWidth] = resolvePerAxis(this.kind, "kernelSize", 2, kernelSize);
    const sharedShape = [kernelHeight, kernelWidth, inChannels, outChannels] as const;
    this.#geometry = resolveConvGeometry(this.kind, [1, height, width, inChannels], sharedShape, placement);
    const { outHeight, outWidth } = this.#geometry;
    const filterShape = [outHeight, outWidth, ...sharedShape];
    checkShape(this.kind, "filter", filterShape, filterShape.length);
    this.filter = new LayerParameter("filter", filterShape);
    this.bias = bias ? new LayerParameter("bias", [outHeight, outWidth, outChannels]) : undefined;
    const taps = kernelHeight * kernelWidth;
    changeValues(this.filter, (values) => {
      initialize(start, values, taps * inChannels, taps * outChannels, seededRandom(seed));
    });
  }

  override get parameters(): readonly Parameter[] {
    return this.bias === undefined ? [this.filter] : [this.filter, this.bias];
  }

  override forward(x: Tensor4): Tensor4<Float32Array<ArrayBuffer>> {
    const operation = `${this.kind}.forward`;
    this.#check(operation, "x", x, inputShapeOf(this.#geometry));
    this.#input = x;
    const batch = x.shape[0];
    const { outHeight, outWidth, outChannels } = this.#geometry;
    const shape: Shape4 = [batch, outHeight, outWidth, outChannels];
    const sums = new Float64Array(sizeOf(shape));
    const bias = this.bias && valuesOf(this.bias);
    if (bias !== undefined) for (let n = 0; n < batch; n++) sums.set(bias, n * bias.length);
    const value = valuesOf(this.filter);
    this.#forEachTerm(batch, (input, weights, output) => {
      for (let o = 0; o < outChannels; o++) sums[output + o] += x.data[input] * value[weights + o];
    });
    return { shape, data: Float32Array.from(sums) };
  }

  override backward(dy: Tensor4): Tensor4 {
    const operation = `${this.kind}.backward`;
    const x = this.#input;
    if (x === undefined) throw new Error(`${operation}: call forward first; its input is needed for the gradient`);
    this.#check(operation, "dy", dy, outputShapeOf(this.#geometry));
    const batch = x.shape[0];
    if (dy.shape[0] !== batch) {
      throw new RangeError(`${operation}: dy has ${dy.shape[0]} images, but the last output had ${batch}`);
    }
    const { gradient } = this.filter;
    const value = valuesOf(this.filter);
    const { outChannels } = this.#geometry;
    const dx = new Float64Array(x.data.length);
    const dw = new Float64Array(value.length);
    this.#forEachTerm(batch, (input, weights, output) => {
      let sum = 0;
      for (let o = 0; o < outChannels; o++) {
        sum += dy.data[output + o] * value[weights + o];
        dw[weights + o] += dy.data[output + o] * x.data[input];
      }
      dx[input] += sum;
    });
    for (let i = 0; i < dw.length; i++) gradient[i] += dw[i];
    if (this.bias !== undefined) {
      const db = new Float64Array(this.bias.gradient.length);
      for (let i = 0; i < dy.data.length; i++) db[i % db.length] += dy.data[i];
      for (let i = 0; i < db.length; i++) this.bias.gradient[i] += db[i];
    }
    return { shape: x.shape, data: Float32Array.from(dx) };
  }

  /** `tensor` must be of float32 and of `shape`, but for the number of images. */
  #check(operation: string, parameter: string, tensor: Tensor4, shape: Shape4): void {
    checkTensor(operation, parameter, tensor, 4);
    checkArray(operation, `${parameter}.data`, tensor.data, "float32", tensor.data.length);
    if (shape.every((dimension, axis) => axis === 0 || dimension === tensor.shape[axis])) return;
    throw new RangeError(
      `${operation}: ${parameter} must have shape [batch, ${shape.slice(1).join(", ")}], got [${tensor.shape}]`,
    );
  }

  /** Visits every pair of an output cell and an input value that it sees; weights and outputs are rows of `outChannels`. */
  #forEachTerm(batch: number, visit: (input: number, weights: number, output: number) => void): void {
    const g = this.#geometry;
    for (let n = 0; n < batch; n++) {
      for (let cell = 0; cell < g.outHeight * g.outWidth; cell++) {
        const top = Math.floor(cell / g.outWidth) * g.strideHeight - g.padTop;
        const left = (cell % g.outWidth) * g.strideWidth - g.padLeft;
        for (let a = 0; a < g.kernelHeight; a++) {
          const row = top + a * g.dilationHeight;
          if (row < 0 || row >= g.inHeight) continue;
          for (let b = 0; b < g.kernelWidth; b++) {
            const column = left + b * g.dilationWidth;
            if (column < 0 || column >= g.inWidth) continue;
            const input = ((n * g.inHeight + row) * g.inWidth + column) * g.inChannels;
            const weights = ((cell * g.kernelHeight + a) * g.kernelWidth + b) * g.inChannels;
            const output = (n * g.outHeight * g.outWidth + cell) * g.outChannels;
            for (let c = 0; c < g.inChannels; c++) visit(input + c, (weights + c) * g.outChannels, output);
          }
        }
      }
    }
  }
}
