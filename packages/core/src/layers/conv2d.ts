/**
 * The convolution layer: {@link conv2d} with a filter and a bias that can be learned.
 *
 * @module
 */

import type { AlgorithmName } from "../algorithms/registry.ts";
import { biasGradient } from "../ops/biasGradient.ts";
import { type Conv2dPlan, conv2dFilterGradient, conv2dInputGradient, planConv2d } from "../ops/conv2d.ts";
import { CONV_OPTION_NAMES, type ConvOptions, checkOptionNames, type PerAxis, resolvePerAxis } from "../options.ts";
import type { FilterShape, Shape4 } from "../shape.ts";
import { checkTensor, describe, type Tensor4 } from "../tensor.ts";
import { INITIALIZER_NAMES, type InitializerName, initialize } from "./initializers.ts";
import { createParameter, type Parameter } from "./parameter.ts";
import { seededRandom } from "./random.ts";

/** What a {@link Conv2d} is made of. */
export interface Conv2dLayerOptions extends ConvOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: PerAxis;
  /** Whether to learn a bias. Default true; it starts at zero. */
  readonly bias?: boolean;
  /** How the filter starts. Default `"heUniform"`. */
  readonly initializer?: InitializerName;
  /** Seed of the initialiser, an integer. Default 0: the same layer has the same weights everywhere. */
  readonly seed?: number;
  readonly algorithm?: AlgorithmName | "auto";
}

const OPTION_NAMES: readonly string[] = [
  ...CONV_OPTION_NAMES,
  "inChannels",
  "outChannels",
  "kernelSize",
  "bias",
  "initializer",
  "seed",
  "algorithm",
];

/**
 * A two-dimensional convolution layer.
 *
 * `forward` computes y = conv2d(x, filter) + bias and remembers x; `backward` takes ∂L/∂y, *adds* ∂L/∂filter and ∂L/∂bias to
 * the gradients of the parameters and returns ∂L/∂x. The packed weights are kept between forward passes and made anew
 * when the values or the input shape have changed.
 *
 * @example
 * ```ts
 * const layer = new Conv2d({ inChannels: 3, outChannels: 8, kernelSize: 3, padding: "same", seed: 1 });
 * layer.forward(tensor([1, 32, 32, 3])).shape; // → [1, 32, 32, 8]
 * ```
 * Source: Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition", Neural Computation 1 (1989).
 */
export class Conv2d {
  /** HWIO: `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`. */
  readonly filter: Parameter;
  readonly bias: Parameter | undefined;
  readonly #convOptions: ConvOptions & { readonly algorithm?: AlgorithmName | "auto" };
  #plan: Conv2dPlan | undefined;
  #packed: { readonly filter: Float32Array; readonly bias: Float32Array | undefined } | undefined;
  #input: Tensor4 | undefined;

  /**
   * @throws TypeError for a value of the wrong type or an unknown option; RangeError for counts that are not positive
   *   integers, channels that groups do not divide, an unknown initialiser.
   */
  constructor(options: Conv2dLayerOptions) {
    checkOptionNames("Conv2d", options, OPTION_NAMES);
    const { inChannels, outChannels, kernelSize, bias = true, initializer = "heUniform", seed = 0, ...conv } = options;
    const groups = conv.groups ?? 1;
    requireCount("inChannels", inChannels);
    requireCount("outChannels", outChannels);
    requireCount("groups", groups);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new RangeError(
        `Conv2d: groups ${groups} must divide inChannels ${inChannels} and outChannels ${outChannels}`,
      );
    }
    if (!INITIALIZER_NAMES.includes(initializer)) {
      throw new RangeError(
        `Conv2d: unknown initializer ${describe(initializer)}; known are ${INITIALIZER_NAMES.join(", ")}`,
      );
    }
    if (!Number.isSafeInteger(seed)) throw new RangeError(`Conv2d: seed must be an integer, got ${describe(seed)}`);
    if (typeof bias !== "boolean") throw new TypeError(`Conv2d: bias must be true or false, got ${describe(bias)}`);
    const [kernelHeight, kernelWidth] = resolvePerAxis("Conv2d", "kernelSize", 2, kernelSize);
    this.filter = createParameter("filter", [kernelHeight, kernelWidth, inChannels / groups, outChannels]);
    this.bias = bias ? createParameter("bias", [outChannels]) : undefined;
    this.#convOptions = conv;
    const taps = kernelHeight * kernelWidth;
    initialize(
      initializer,
      this.filter.value,
      (taps * inChannels) / groups,
      (taps * outChannels) / groups,
      seededRandom(seed),
    );
  }

  /** What the layer learns. */
  get parameters(): readonly Parameter[] {
    return this.bias === undefined ? [this.filter] : [this.filter, this.bias];
  }

  /** The algorithm of the last forward pass and why it was chosen; undefined before the first. */
  get explanation(): { readonly algorithm: AlgorithmName; readonly reason: string } | undefined {
    return this.#plan && { algorithm: this.#plan.algorithm, reason: this.#plan.reason };
  }

  /**
   * y = conv2d(x, filter) + bias.
   *
   * `x` is kept until the next call; changing its elements before `backward` changes the gradient.
   *
   * @throws as {@link conv2d}.
   */
  forward(x: Tensor4): Tensor4 {
    checkTensor("Conv2d.forward", "x", x, 4);
    const plan = this.#currentPlan(x.shape);
    const y = { shape: plan.outputShape, data: plan.run(x.data) };
    this.#input = x;
    return y;
  }

  /**
   * Adds ∂L/∂filter and ∂L/∂bias to the gradients of the parameters and returns ∂L/∂x.
   *
   * @param dy ∂L/∂y, of the shape of the last output.
   * @throws Error before the first forward pass; TypeError, RangeError if `dy` has not the shape of the output.
   */
  backward(dy: Tensor4): Tensor4 {
    const x = this.#input;
    if (x === undefined) throw new Error("Conv2d.backward: call forward first; its input is needed for the gradient");
    const filterShape = this.filter.shape as FilterShape;
    const filter = { shape: filterShape, data: this.filter.value };
    const dw = conv2dFilterGradient(x, dy, filterShape, this.#convOptions);
    const dx = conv2dInputGradient(dy, filter, x.shape, this.#convOptions);
    addTo(this.filter.gradient, dw.data);
    if (this.bias !== undefined) {
      const { layout } = this.#convOptions;
      addTo(this.bias.gradient, biasGradient(dy, layout === undefined ? {} : { layout }));
    }
    return dx;
  }

  /** The plan for this input shape and these very values. */
  #currentPlan(inputShape: Shape4): Conv2dPlan {
    const packed = this.#packed;
    if (
      this.#plan !== undefined &&
      packed !== undefined &&
      sameElements(this.#plan.inputShape, inputShape) &&
      sameElements(packed.filter, this.filter.value) &&
      (packed.bias === undefined || sameElements(packed.bias, this.bias!.value))
    ) {
      return this.#plan;
    }
    const filter: Tensor4 = { shape: this.filter.shape as FilterShape, data: this.filter.value };
    this.#plan = planConv2d(inputShape, filter, { ...this.#convOptions, bias: this.bias?.value });
    this.#packed = { filter: this.filter.value.slice(), bias: this.bias?.value.slice() };
    return this.#plan;
  }
}

function sameElements(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function addTo(sum: Float32Array, term: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += term[i];
}

function requireCount(parameter: string, value: unknown): void {
  if (typeof value !== "number") throw new TypeError(`Conv2d: ${parameter} must be a number, got ${describe(value)}`);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`Conv2d: ${parameter} must be an integer of 1 or more, got ${value}`);
  }
}
