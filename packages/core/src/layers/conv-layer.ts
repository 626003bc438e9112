/**
 * What all layers with one filter share: y = activation(f(x, filter) + bias), with f any kind of convolution.
 *
 * @module
 */

import type { FusedActivation, Runs } from "../algorithm/algorithm.ts";
import { checkOptionNames, requireInteger, resolveWord } from "../geometry/options.ts";
import {
  type Activation,
  type ActivationName,
  applyActivation,
  fusibleOf,
  resolveActivation,
} from "../operation/activation.ts";
import type { BilinearMap, Explained } from "../operation/bilinear-map.ts";
import {
  type AlgorithmOption,
  type OperationKind,
  type ResolvedOperation,
  requireOutputShape,
} from "../operation/operation.ts";
import { sizeOf } from "../tensor/shape.ts";
import { checkArray, checkShape, checkTensor, describe, type Tensor } from "../tensor/tensor.ts";
import { gradientsOf } from "../verbs/gradients.ts";
import { INITIALIZER_NAMES, type InitializerName, initialize } from "./initializers.ts";
import { Layer } from "./layer.ts";
import { changeValues, LayerParameter, type Parameter, valuesOf } from "./parameter.ts";
import { seededRandom } from "./random.ts";

/** What every layer with a filter may be told. */
export interface FilterLayerOptions extends AlgorithmOption {
  /** Whether to learn a bias. Default true; it starts at zero. */
  readonly bias?: boolean | undefined;
  /** How the filter starts. Default `"heUniform"`. */
  readonly initializer?: InitializerName | undefined;
  /** Seed of the initialiser, an integer. Default 0: the same layer has the same weights everywhere. */
  readonly seed?: number | undefined;
  /** Applied to what the convolution gives. Default `"linear"`. The slopes of `"prelu"` are learned; they start at 0.25. */
  readonly activation?: ActivationName | undefined;
  /** Of `"leakyRelu"`. Default 0.2. */
  readonly slope?: number | undefined;
}

const LAYER_OPTION_NAMES: readonly string[] = ["bias", "initializer", "seed", "activation", "slope"];

/** What a class of layers makes of its options; everything in it has been checked. */
export interface ConvLayerSpec {
  /** Name of the class. */
  readonly kind: string;
  readonly operation: OperationKind;
  readonly filterShape: readonly number[];
  readonly outChannels: number;
  /** Terms that meet in an output and outputs that an input reaches, strides aside. */
  readonly fanIn: number;
  readonly fanOut: number;
}

/** A forward pass whose weights are packed, and whether they are still those of the layer. */
interface Prepared {
  readonly resolved: ResolvedOperation;
  readonly forward: ReturnType<BilinearMap["prepare"]>;
  readonly isCurrent: readonly (() => boolean)[];
}

/** What the backward pass of an input shape is made of; its weights change from step to step, so they are packed once. */
interface PreparedBackward {
  readonly resolved: ResolvedOperation;
  readonly filterGradient: ReturnType<BilinearMap["prepareFilterGradient"]>;
}

/** A convolution whose filter and bias are learned; packed weights are kept until values or input shape change. */
export abstract class ConvLayer<S extends readonly number[]> extends Layer<S> {
  /** The weights, in the order of axes that the operation documents. */
  readonly filter: Parameter;
  readonly bias: Parameter | undefined;
  /** One for each output channel, with activation `"prelu"`. */
  readonly slopes: Parameter | undefined;
  readonly #operation: OperationKind;
  readonly #shapeOptions: object;
  readonly #activation: Pick<Activation, "name" | "slope">;
  #prepared: Prepared | undefined;
  #backward: PreparedBackward | undefined;
  /**
   * What the last forward pass left; `z` is what the activation was applied to, if that is not linear, or what it gave, if the
   * derivative is the same there.
   */
  #last: { outputShape: readonly number[]; x: Tensor<S>; z: Float32Array | undefined } | undefined;

  protected constructor(spec: ConvLayerSpec, options: FilterLayerOptions) {
    const { kind, operation, filterShape, outChannels } = spec;
    super(kind);
    const { bias = true, seed = 0, activation = "linear", slope } = options;
    const initializer = resolveWord(kind, "initializer", INITIALIZER_NAMES, options.initializer ?? "heUniform");
    if (!Number.isSafeInteger(seed)) throw new RangeError(`${kind}: seed must be an integer, got ${describe(seed)}`);
    if (typeof bias !== "boolean") throw new TypeError(`${kind}: bias must be true or false, got ${describe(bias)}`);
    this.slopes = activation === "prelu" ? new LayerParameter("slopes", [outChannels]) : undefined;
    if (this.slopes !== undefined) changeValues(this.slopes, (values) => values.fill(0.25)); // K. He et al., arXiv:1502.01852, section 2.1
    this.#activation = resolveActivation(
      kind,
      { activation, slope, slopes: this.slopes && valuesOf(this.slopes) },
      "float32",
      outChannels,
    );
    checkShape(kind, "filter", filterShape, filterShape.length);
    this.filter = new LayerParameter("filter", filterShape);
    this.bias = bias ? new LayerParameter("bias", [outChannels]) : undefined;
    changeValues(this.filter, (values) => {
      initialize(initializer, values, spec.fanIn, spec.fanOut, seededRandom(seed));
    });
    this.#operation = operation;
    const names: readonly string[] = [...operation.linearOptionNames];
    this.#shapeOptions = Object.fromEntries(
      Object.entries(options)
        .filter(([name]) => names.includes(name))
        .map(([name, value]) => [name, copied(value)]),
    );
  }

  override get parameters(): readonly Parameter[] {
    return [this.filter, this.bias, this.slopes].filter((parameter) => parameter !== undefined);
  }

  /** The algorithm of the last forward pass and why it was chosen; undefined before the first. */
  get explanation(): Explained | undefined {
    const forward = this.#prepared?.forward;
    if (forward === undefined) return undefined;
    const { algorithm, engine, reason, errorBound } = forward;
    return { algorithm, engine, reason, errorBound };
  }

  override forward(x: Tensor<S>): Tensor<S, Float32Array<ArrayBuffer>> {
    const operation = `${this.kind}.forward`;
    checkTensor(operation, "x", x, this.#operation.tensorRank);
    checkArray(operation, "x.data", x.data, "float32", x.data.length);
    const { resolved, forward } = this.#prepare(operation, x.shape);
    const data = new Float32Array(sizeOf(resolved.outputShape));
    forward.run(x.data, data);
    // The caller may change what is returned, so a copy is kept: of the sums or, where they were never seen, of the output.
    const z = this.#activation.name === "linear" ? undefined : data.slice();
    if (z !== undefined && forward.activated !== true) {
      applyActivation(z, data, this.#currentActivation(), resolved.inner);
    }
    this.#last = { outputShape: resolved.outputShape, x, z };
    return { shape: resolved.outputShape as S, data };
  }

  override backward(dy: Tensor<S>): Tensor<S> {
    const operation = `${this.kind}.backward`;
    if (this.#last === undefined) {
      throw new Error(`${operation}: call forward first; its input is needed for the gradient`);
    }
    const { outputShape, x, z } = this.#last;
    checkTensor(operation, "dy", dy, this.#operation.tensorRank);
    checkArray(operation, "dy.data", dy.data, "float32", dy.data.length);
    requireOutputShape(operation, dy.shape, outputShape);
    const filter = { shape: this.filter.shape, weights: valuesOf(this.filter) };
    const { resolved, filterGradient } = this.#prepareBackward(operation, x.shape);
    const activation = this.#currentActivation();
    const gradients = gradientsOf(this.#operation, resolved, activation, x.data, filter, z, dy.data, filterGradient);
    addTo(this.filter.gradient, gradients.filter as Float32Array);
    if (this.bias !== undefined) addTo(this.bias.gradient, gradients.bias);
    if (this.slopes !== undefined) addTo(this.slopes.gradient, gradients.slopes!);
    return { shape: resolved.inputShape as S, data: gradients.input };
  }

  /** Remembers the last forward pass: the function returned makes it the last again, as where a layer behind this one fails. */
  rememberLast(): () => void {
    const last = this.#last;
    return () => {
      this.#last = last;
    };
  }

  #currentActivation(): Activation {
    return { ...this.#activation, slopes: this.slopes && valuesOf(this.slopes) };
  }

  /** The activation to be fused: one whose output has the sign of its input, which the derivative asks for. */
  #fusedActivation(): FusedActivation | undefined {
    const fusible = fusibleOf(this.#activation);
    return fusible !== undefined && fusible.slope >= 0 ? fusible : undefined;
  }

  /** What is prepared for this input shape and these very values. */
  #prepare(operation: string, inputShape: S): Prepared {
    const kept = this.#prepared;
    if (
      kept !== undefined &&
      sameSizes(kept.resolved.inputShape, inputShape) &&
      kept.isCurrent.every((isCurrent) => isCurrent())
    ) {
      return kept;
    }
    const resolved = this.#resolve(operation, inputShape, "many");
    // Whatever throws from here on, a plan that was disposed of is not kept.
    this.#prepared = undefined;
    kept?.forward[Symbol.dispose]?.();
    const learned = [this.filter, this.bias].filter((parameter) => parameter !== undefined) as LayerParameter[];
    const isCurrent = learned.map((parameter) => parameter.watch());
    const [filter, bias] = learned.map(valuesOf) as [Float32Array, Float32Array | undefined];
    this.#prepared = { resolved, forward: resolved.map.prepare(filter, bias, this.#fusedActivation()), isCurrent };
    return this.#prepared;
  }

  #prepareBackward(operation: string, inputShape: S): PreparedBackward {
    const kept = this.#backward;
    if (kept !== undefined && sameSizes(kept.resolved.inputShape, inputShape)) return kept;
    const resolved = this.#resolve(operation, inputShape, "once");
    this.#backward = undefined;
    kept?.filterGradient[Symbol.dispose]?.();
    this.#backward = { resolved, filterGradient: resolved.map.prepareFilterGradient() };
    return this.#backward;
  }

  #resolve(operation: string, inputShape: S, runs: Runs): ResolvedOperation {
    return this.#operation.resolve(operation, inputShape, this.filter.shape, this.#shapeOptions, "float32", runs);
  }
}

/**
 * Checks what all layers with a filter may be told, and the counts that this class has.
 *
 * @throws TypeError, RangeError naming `kind`.
 */
export function checkLayerOptions(
  kind: string,
  options: FilterLayerOptions,
  operation: OperationKind,
  counts: Readonly<Record<string, unknown>>,
): void {
  const names = [...operation.linearOptionNames, ...Object.keys(counts), "kernelSize", ...LAYER_OPTION_NAMES];
  checkOptionNames(kind, options, names);
  for (const [name, value] of Object.entries(counts)) requireInteger(kind, name, value, 1);
}

/** A value of an option; arrays, and pairs in them, stay the caller's to change. */
function copied(value: unknown): unknown {
  return Array.isArray(value) ? value.map(copied) : value;
}

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function addTo(sum: Float32Array, term: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += term[i];
}
