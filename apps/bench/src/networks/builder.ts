/**
 * Two ways to write a network in TensorFlow.js, as people have them: layers (`tf.layers`, what Keras models become, with batch
 * norm in layers of its own), and operations (what graph models become, with batch norm folded into weights and the activation
 * fused). An architecture is written once, over either.
 *
 * Weights are seeded: what they are changes neither the work nor the time, but where there are denormal or infinite numbers, so
 * they keep activations of the order of one.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";

/** Height and width of one number, or both. */
export type Size = number | readonly [height: number, width: number];

/** What a convolution may be told. */
export interface ConvStep {
  readonly kernel?: Size;
  readonly stride?: number;
  readonly padding?: "same" | "valid";
  /** Batch norm between the convolution and its activation: default true. */
  readonly norm?: boolean;
  readonly activation?: "relu" | "relu6" | "linear";
}

export interface PoolStep {
  readonly kind: "max" | "average";
  readonly size: number;
  readonly stride: number;
  readonly padding?: "same" | "valid";
}

/** How an architecture is written; `T` stands for an activation. */
export interface Builder<T> {
  convolve(x: T, filters: number, step?: ConvStep): T;
  depthwise(x: T, step?: ConvStep): T;
  pad(x: T, rows: readonly [number, number], columns: readonly [number, number]): T;
  pool(x: T, step: PoolStep): T;
  add(a: T, b: T): T;
  relu(x: T): T;
  concatenate(xs: readonly T[]): T;
  globalAverage(x: T): T;
  flatten(x: T): T;
  dense(x: T, units: number, activation: "relu" | "softmax"): T;
  channelsOf(x: T): number;
}

/** A network of one input. */
export type Architecture = <T>(builder: Builder<T>, image: T) => T;

/** A network that computes. */
export interface Model {
  predict(x: tf.Tensor4D): tf.Tensor;
  readonly parameters: number;
}

const pair = (size: Size): [number, number] => (typeof size === "number" ? [size, size] : [size[0], size[1]]);

/** Uniform numbers from −1 to 1, the same for the same seed: a xorshift generator, quick enough for a hundred million. */
function uniform(length: number, seed: number, scale: number, offset = 0): Float32Array {
  const values = new Float32Array(length);
  let state = (seed * 2654435761 + 1) | 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = offset + (scale * state) / 2 ** 31;
  }
  return values;
}

/** Layers of `tf.layers`. */
export function layersModel(architecture: Architecture, shape: readonly [number, number, number]): layers.LayersModel {
  const l = layers.layers;
  const zeros = { kernelInitializer: "zeros", depthwiseInitializer: "zeros" } as const;
  type Symbolic = layers.SymbolicTensor;
  const apply = (layer: { apply(x: Symbolic | Symbolic[]): unknown }, x: Symbolic | Symbolic[]): Symbolic =>
    layer.apply(x) as Symbolic;
  const finish = (x: Symbolic, { norm = true, activation = "relu" }: ConvStep): Symbolic => {
    const y = norm ? apply(l.batchNormalization({ epsilon: 1e-3 }), x) : x;
    if (activation === "linear" || !norm) return y;
    return apply(l.reLU(activation === "relu6" ? { maxValue: 6 } : {}), y);
  };
  /** Without batch norm between them the activation is the convolution's own. */
  const common = ({ kernel = 3, stride = 1, padding = "same", norm = true, activation = "relu" }: ConvStep) => ({
    ...zeros,
    kernelSize: pair(kernel),
    strides: stride,
    padding,
    useBias: !norm,
    ...(norm ? {} : { activation }),
  });
  const builder: Builder<Symbolic> = {
    convolve: (x, filters, step = {}) => finish(apply(l.conv2d({ ...common(step), filters }), x), step),
    depthwise: (x, step = {}) => finish(apply(l.depthwiseConv2d(common(step)), x), step),
    pad: (x, rows, columns) => apply(l.zeroPadding2d({ padding: [[...rows], [...columns]] }), x),
    pool: (x, { kind, size, stride, padding = "valid" }) =>
      apply((kind === "max" ? l.maxPooling2d : l.averagePooling2d)({ poolSize: size, strides: stride, padding }), x),
    add: (a, b) => apply(l.add(), [a, b]),
    relu: (x) => apply(l.reLU(), x),
    concatenate: (xs) => apply(l.concatenate(), [...xs]),
    globalAverage: (x) => apply(l.globalAveragePooling2d({}), x),
    flatten: (x) => apply(l.flatten(), x),
    dense: (x, units, activation) => apply(l.dense({ units, activation, ...zeros }), x),
    channelsOf: (x) => x.shape.at(-1)!,
  };
  const image = layers.input({ shape: [...shape] });
  const model = layers.model({ inputs: image, outputs: architecture(builder, image) });
  for (const [n, layer] of model.layers.entries()) seed(layer, n + 1);
  return model;
}

/** Gives a layer its seeded weights. */
function seed(layer: layers.layers.Layer, n: number): void {
  const weights = layer.weights.map(({ originalName, shape }, i) => {
    const length = tf.util.sizeFromShape(shape as number[]);
    const isKernel = originalName.includes("kernel");
    const isScale = originalName.includes("gamma") || originalName.includes("variance");
    const fanIn = originalName.includes("depthwise") ? shape[0]! * shape[1]! : length / shape.at(-1)!;
    const values = isKernel
      ? uniform(length, n + 1000 * i, Math.sqrt(6 / fanIn))
      : uniform(length, n + 1000 * i, 0.1, isScale ? 1 : 0);
    return tf.tensor(values, shape as number[] as [number]);
  });
  layer.setWeights(weights);
  tf.dispose(weights);
}

/** Operations with everything fused that can be. */
export function operationsModel(architecture: Architecture, shape: readonly [number, number, number]): Model {
  /** An activation: its shape, and what computes it. */
  interface Node {
    readonly shape: readonly number[];
    readonly inputs: readonly Node[];
    compute(...inputs: tf.Tensor[]): tf.Tensor;
  }
  let parameters = 0;
  let seeds = 0;
  const variable = <T extends tf.Tensor>(shape: readonly number[], scale: number): T => {
    const length = tf.util.sizeFromShape([...shape]);
    parameters += length;
    return tf.keep(tf.tensor(uniform(length, ++seeds, scale), [...shape] as [number])) as tf.Tensor as T;
  };
  const node = (shape: readonly number[], inputs: readonly Node[], compute: Node["compute"]): Node => ({
    shape,
    inputs,
    compute,
  });
  const sizeOf = (from: number, kernel: number, stride: number, padding: string): number =>
    padding === "same" ? Math.ceil(from / stride) : Math.floor((from - kernel) / stride) + 1;
  const window = ([height, width]: readonly number[], kernel: Size, stride: number, padding: string): number[] => {
    const [rows, columns] = pair(kernel);
    return [sizeOf(height!, rows, stride, padding), sizeOf(width!, columns, stride, padding)];
  };
  const convolution = (x: Node, filters: number | undefined, step: ConvStep): Node => {
    const { kernel = 3, stride = 1, padding = "same", activation = "relu" } = step;
    const channels = x.shape.at(-1)!;
    const fanIn = pair(kernel)[0] * pair(kernel)[1] * (filters === undefined ? 1 : channels);
    const filterShape = [...pair(kernel), channels, filters ?? 1];
    const filter = variable<tf.Tensor4D>(filterShape, Math.sqrt(6 / fanIn));
    const bias = variable<tf.Tensor1D>([filters ?? channels], 0.1);
    const fused = filters === undefined ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
    const output = [...window(x.shape, kernel, stride, padding), filters ?? channels];
    return node(output, [x], (input) =>
      fused({ x: input as tf.Tensor4D, filter, bias, strides: stride, pad: padding, activation }),
    );
  };
  const builder: Builder<Node> = {
    convolve: (x, filters, step = {}) => convolution(x, filters, step),
    depthwise: (x, step = {}) => convolution(x, undefined, step),
    pad: (x, rows, columns) => {
      const [height, width, channels] = x.shape as [number, number, number];
      const padded = [height + rows[0] + rows[1], width + columns[0] + columns[1], channels];
      return node(padded, [x], (input) => tf.pad(input, [[0, 0], [...rows], [...columns], [0, 0]]));
    },
    pool: (x, { kind, size, stride, padding = "valid" }) => {
      const pool = kind === "max" ? tf.maxPool : tf.avgPool;
      const output = [...window(x.shape, size, stride, padding), x.shape.at(-1)!];
      return node(output, [x], (input) => pool(input as tf.Tensor4D, size, stride, padding));
    },
    add: (a, b) => node(a.shape, [a, b], (x, y) => tf.add(x!, y!)),
    relu: (x) => node(x.shape, [x], (input) => tf.relu(input!)),
    concatenate: (xs) => {
      const channels = xs.reduce((sum, { shape }) => sum + shape.at(-1)!, 0);
      return node([...xs[0]!.shape.slice(0, -1), channels], xs, (...inputs) => tf.concat(inputs, -1));
    },
    globalAverage: (x) => node([x.shape.at(-1)!], [x], (input) => tf.mean(input!, [1, 2])),
    flatten: (x) => {
      const length = x.shape.reduce((a, b) => a * b, 1);
      return node([length], [x], (input) => tf.reshape(input!, [-1, length]));
    },
    dense: (x, units, activation) => {
      const weights = variable<tf.Tensor2D>([x.shape[0]!, units], Math.sqrt(6 / x.shape[0]!));
      const bias = variable<tf.Tensor1D>([units], 0.1);
      return node([units], [x], (input) => {
        const fused = { a: input as tf.Tensor2D, b: weights, bias } as const;
        return activation === "softmax"
          ? tf.softmax(tf.fused.matMul(fused))
          : tf.fused.matMul({ ...fused, activation });
      });
    },
    channelsOf: (x) => x.shape.at(-1)!,
  };
  const image = node(shape, [], () => {
    throw new Error("the image is given");
  });
  const output = architecture(builder, image);
  const evaluate = (at: Node, values: Map<Node, tf.Tensor>): tf.Tensor => {
    const known = values.get(at);
    if (known !== undefined) return known;
    const value = at.compute(...at.inputs.map((input) => evaluate(input, values)));
    values.set(at, value);
    return value;
  };
  return { parameters, predict: (x) => tf.tidy(() => evaluate(output, new Map([[image, x]]))) };
}
