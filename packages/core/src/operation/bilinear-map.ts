/**
 * A convolution of any kind as what it is: a map y = f(x, w), linear in each argument, with its two gradients. Maps are
 * made of maps:
 *
 *     planes         what the algorithms compute (this file)
 *     depth          three spatial axes, as sums over planes             depth.ts
 *     border         padding that is not absent, and its adjoint         border.ts
 *     channels first activations converted at the door                   this file
 *     transpose      output and input change places                      this file
 *
 * so every algorithm serves all of them, forward and backward, and an adjoint is never derived twice.
 *
 * @module
 */

import type {
  ChoiceOptions,
  Engine,
  FusedActivation,
  Pass,
  Precision,
  Preparations,
  PreparedPass,
} from "../algorithm/algorithm.ts";
import { boundOf, type ErrorBoundFact } from "../algorithm/error-bound.ts";
import { byName, type Choice, choose, chooseWithoutSimd } from "../choice/choose.ts";
import type { AlgorithmName } from "../choice/registry.ts";
import type { ConvGeometry } from "../geometry/planes.ts";
import { OutOfMemoryError } from "../simd/engine/memory.ts";
import { threadsOf } from "../simd/engine/method.ts";
import { arrayOf, type Operand } from "../simd/engine/resident.ts";
import { moveChannelsFirst, moveChannelsLast } from "../tensor/layout.ts";
import { sizeOf } from "../tensor/shape.ts";
import { type DType, type FloatArray, zeroArray } from "../tensor/tensor.ts";

/** What is wanted of the algorithm: by the caller, and by the operation, which knows how often it runs. */
export interface Wanted extends ChoiceOptions {
  readonly algorithm?: AlgorithmName | "auto" | undefined;
}

/** What computes a pass, why, and how well. */
export interface Explained<Name extends string = string> {
  /** The algorithm that runs. */
  readonly algorithm: Name;
  /** What runs it: plain JavaScript, or WebAssembly SIMD. */
  readonly engine: Engine;
  /** Why it and no other. */
  readonly reason: string;
  /** How far its result may lie from the exact one. */
  readonly errorBound: ErrorBoundFact;
  /** What was asked for, if it was. */
  readonly precision?: Precision;
  /** How many threads compute it, where it is more than one (`startThreads`). */
  readonly threads?: number;
  /** The same of each part, by name, where several compute one after the other. */
  readonly parts?: Readonly<Record<string, Explained>>;
}

/**
 * A prepared pass from one array of activations to another: forward, or the gradient with respect to the input. Either may
 * be resident in the memory of the SIMD engine.
 */
export interface ActivationPlan extends PreparedPass, Explained {
  /** Whether `run` applies the activation that it was prepared with; if not, the caller has to. */
  readonly activated?: boolean;
  run(source: Operand, target: Operand): void;
}

/** A prepared gradient with respect to the filter; `Gradient` is that of all its parts. */
export interface WeightsGradientPlan<Gradient = Operand> extends PreparedPass, Explained {
  run(x: Operand, dy: Operand, dw: Gradient): void;
}

/**
 * Dense arrays in, dense arrays out; outputs are overwritten whole. What `prepare…` is given is copied, as in algorithms.
 * `Weights` is what the map takes as its second argument: the elements of a filter, or of all its parts.
 */
export interface BilinearMap<Weights = FloatArray> {
  /** What would compute a pass; of the values whatever is known, as some choices depend on them. */
  explain(pass: Pass, filter?: Weights, x?: FloatArray): Explained;
  /** y = f(x, filter) + bias, activated if the plan says so. */
  prepare(filter: Weights, bias?: FloatArray, activation?: FusedActivation): ActivationPlan;
  /** dx = ∂⟨dy, f(x, filter)⟩/∂x. */
  prepareInputGradient(filter: Weights): ActivationPlan;
  /** dw = ∂⟨dy, f(x, w)⟩/∂w; at a filter, if f is not linear in it. */
  prepareFilterGradient(filter?: Weights): WeightsGradientPlan<GradientOf<Weights>>;
}

/** What the gradient with respect to weights is written into: an array or a resident one for each of theirs. */
export type GradientOf<Weights> = Weights extends FloatArray ? Operand : { readonly [Part in keyof Weights]: Operand };

/** Uses what was prepared and gives its memory back, whether that throws or not. */
export function once<P extends PreparedPass, Result>(prepared: P, use: (prepared: P) => Result): Result {
  try {
    return use(prepared);
  } finally {
    prepared[Symbol.dispose]?.();
  }
}

/** What is prepared for each of `items`; if one cannot be, the memory of those before it is given back. */
export function prepareEach<Item, P extends PreparedPass>(
  items: readonly Item[],
  prepare: (item: Item) => P,
): readonly P[] {
  const prepared: P[] = [];
  try {
    for (const item of items) prepared.push(prepare(item));
    return prepared;
  } catch (error) {
    for (const pass of prepared) pass[Symbol.dispose]?.();
    throw error;
  }
}

/** The convolution of planes, by the algorithm that is wanted or chosen for each pass. */
export function planarMap(operation: string, g: ConvGeometry, wanted: Wanted): BilinearMap {
  const { algorithm: name = "auto" } = wanted;
  /** What of a choice is told; the bound when it is asked for, which a single call does not. */
  const withFacts = <Plan extends object>(pass: Pass, { algorithm, reason }: Told, plan: Plan): Plan & Explained => ({
    ...plan,
    algorithm: algorithm.name,
    engine: algorithm.engine,
    reason,
    get errorBound() {
      return boundOf(algorithm, g, pass);
    },
    ...(wanted.precision && { precision: wanted.precision }),
  });
  const replaced = ({ algorithm }: Told, instead: NonNullable<PreparedPass["instead"]>): Told => ({
    algorithm: byName(operation, instead.algorithm),
    reason: `instead of ${algorithm.name}, as ${instead.because}`,
  });
  const explained = <P extends Pass, Plan extends ArrayPlan>(
    pass: P,
    choice: Choice<P>,
    prepare: (prepare: Preparations[P]) => Plan,
  ) => {
    const { algorithm } = choice;
    const plan = prepare(choice.prepare);
    // Scalar algorithms know arrays only.
    const run = algorithm.engine === "simd" ? plan.run : (...operands: Operand[]) => plan.run(...operands.map(arrayOf));
    return withFacts(pass, plan.instead === undefined ? choice : replaced(choice, plan.instead), {
      ...plan,
      run: run as (...operands: Operand[]) => void,
    });
  };
  /** What the choice for a pass prepares; where SIMD was chosen and its memory cannot be had, a scalar one. */
  const prepared = <P extends Pass, Plan extends ArrayPlan>(pass: P, prepare: (prepare: Preparations[P]) => Plan) => {
    try {
      return explained(pass, choose(operation, g, pass, name, wanted), prepare);
    } catch (error) {
      if (name !== "auto" || wanted.engine === "simd" || !(error instanceof OutOfMemoryError)) throw error;
      return explained(pass, chooseWithoutSimd(g, pass, error.message), prepare);
    }
  };
  return {
    explain(pass) {
      const choice = choose(operation, g, pass, name, wanted);
      const threads = threadsOf(choice.algorithm, g, pass);
      return withFacts(pass, choice, threads === undefined ? {} : { threads });
    },
    prepare: (filter, bias, activation) => prepared("forward", (prepare) => prepare(filter, bias, activation)),
    prepareInputGradient: (filter) => prepared("inputGradient", (prepare) => prepare(filter)),
    prepareFilterGradient: () => prepared("filterGradient", (prepare) => prepare()),
  };
}

/** A plan of an algorithm: over arrays, or over operands where it is one of SIMD. */
interface ArrayPlan extends PreparedPass {
  run(...arrays: FloatArray[]): void;
}

/** What is told of a choice. */
type Told = Pick<Choice, "algorithm" | "reason">;

/** The map for activations with channels first; the shapes are theirs. */
export function channelsFirstMap(
  inner: BilinearMap,
  dtype: DType,
  inputShape: readonly number[],
  outputShape: readonly number[],
): BilinearMap {
  const makeScratch = (): readonly [input: FloatArray, output: FloatArray, bytes: number] => {
    const [input, output] = [zeroArray(dtype, sizeOf(inputShape)), zeroArray(dtype, sizeOf(outputShape))];
    return [input, output, input.byteLength + output.byteLength];
  };
  return {
    explain: inner.explain,
    prepare(filter, bias, activation) {
      const [input, output, bytes] = makeScratch();
      const plan = inner.prepare(filter, bias, activation);
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + bytes,
        run(x, y) {
          moveChannelsLast(arrayOf(x), inputShape, input);
          plan.run(input, output);
          moveChannelsFirst(output, outputShape, arrayOf(y));
        },
      };
    },
    prepareInputGradient(filter) {
      const [input, output, bytes] = makeScratch();
      const plan = inner.prepareInputGradient(filter);
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + bytes,
        run(dy, dx) {
          moveChannelsLast(arrayOf(dy), outputShape, output);
          plan.run(output, input);
          moveChannelsFirst(input, inputShape, arrayOf(dx));
        },
      };
    },
    prepareFilterGradient() {
      const [input, output, bytes] = makeScratch();
      const plan = inner.prepareFilterGradient();
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + bytes,
        run(x, dy, dw) {
          moveChannelsLast(arrayOf(x), inputShape, input);
          moveChannelsLast(arrayOf(dy), outputShape, output);
          plan.run(input, output, dw);
        },
      };
    },
  };
}

/**
 * The transpose in the activations: ⟨y, f(x, w)⟩ = ⟨fᵀ(y, w), x⟩. Its forward pass is the input gradient of `inner`, its
 * input gradient the forward pass, and its filter gradient that of `inner` with the activations in each other's place.
 *
 * @param addBias adds a value to each channel of the transpose's output.
 */
export function transposedMap(inner: BilinearMap, addBias: (y: FloatArray, bias: FloatArray) => void): BilinearMap {
  return {
    explain: (pass) =>
      inner.explain(pass === "forward" ? "inputGradient" : pass === "inputGradient" ? "forward" : "filterGradient"),
    prepare(filter, bias) {
      const plan = inner.prepareInputGradient(filter);
      const b = bias?.slice();
      return {
        ...plan,
        run(x, y) {
          plan.run(x, y);
          if (b !== undefined) addBias(arrayOf(y), b);
        },
      };
    },
    prepareInputGradient: (filter) => inner.prepare(filter, undefined),
    prepareFilterGradient() {
      const plan = inner.prepareFilterGradient();
      return { ...plan, run: (x, dy, dw) => plan.run(dy, x, dw) };
    },
  };
}
