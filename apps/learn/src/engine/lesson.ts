/**
 * A kernel is learned from examples: somebody has made y of x with a kernel that the layer does not know; from x and y alone,
 * gradient descent on the mean squared error finds it.
 *
 *     L = ½ · mean (layer(x) − y)²        weights ← weights − rate · ∂L/∂weights
 *
 * @module
 */

import { Conv2d, convolve2d, corr2d, type Matrix, sgdStep, type Tensor4, tensor } from "./core.ts";
import { randomFrom } from "./random.ts";

/** What there is to learn from. */
export type Examples = "noise" | "bar" | "picture";

/** What is to be learned, and how. */
export interface Lesson {
  readonly examples: Examples;
  /** `[24, 24]`, if it is learned from. */
  readonly picture?: Float32Array | undefined;
  /** The kernel to be found. */
  readonly hidden: { readonly shape: readonly [number, number]; readonly data: Float32Array };
  readonly hiddenBias: number;
  /** Whether y was made by convolution, with the kernel flipped. */
  readonly flipped: boolean;
  /** Rows and columns of the kernel that learns. */
  readonly size: readonly [number, number];
  readonly learnsBias: boolean;
}

/** How far it has come. */
export interface Learned {
  readonly steps: number;
  readonly weights: Float32Array;
  readonly bias: number;
  /** Mean squared error before the next step. */
  readonly loss: number;
}

interface Course {
  readonly layer: Conv2d;
  readonly x: Tensor4;
  readonly y: Float32Array;
  readonly rate: number;
  steps: number;
}

const SIDE = 24;
const POWER_STEPS = 25;

const courses = new Map<string, Course>();

/** Begins a lesson, in the place of the one of that name. The layer knows nothing: all its weights are 0. */
export function beginLesson(name: string, lesson: Lesson): Learned {
  const x = examplesOf(lesson);
  const y = answerTo(x, lesson);
  // Where the layer's kernel has another size than the hidden one, both are centred.
  const sameSize = lesson.size[0] === lesson.hidden.shape[0] && lesson.size[1] === lesson.hidden.shape[1];
  const layer = new Conv2d({
    inChannels: 1,
    outChannels: 1,
    kernelSize: lesson.size,
    padding: sameSize ? "valid" : "same",
    bias: lesson.learnsBias,
    initializer: "zeros",
  });
  const input: Tensor4 = { shape: [1, x.shape[0], x.shape[1], 1], data: x.data };
  const course = { layer, x: input, y, rate: 1 / steepest(layer, input), steps: 0 };
  courses.set(name, course);
  return stateOf(course);
}

/** Takes some steps of gradient descent. */
export function continueLesson(name: string, steps: number): Learned {
  const course = courses.get(name);
  if (course === undefined) throw new RangeError(`continueLesson: no lesson ${name} was begun`);
  for (let n = 0; n < steps; n++) {
    const { layer, x, rate } = course;
    const output = layer.forward(x);
    layer.backward({
      shape: output.shape,
      data: errorsOf(output.data, course.y).map((error) => error / course.y.length),
    });
    sgdStep(layer.parameters, rate);
    course.steps++;
  }
  return stateOf(course);
}

function stateOf({ layer, x, y, steps }: Course): Learned {
  const errors = errorsOf(layer.forward(x).data, y);
  return {
    steps,
    weights: layer.filter.value.slice(),
    bias: layer.bias?.value[0] ?? 0,
    loss: errors.reduce((sum, error) => sum + error * error, 0) / errors.length,
  };
}

function errorsOf(output: Float32Array, y: Float32Array): Float32Array {
  return output.map((value, n) => value - y[n]!);
}

/** The pictures that are learned from. */
function examplesOf({ examples, picture }: Lesson): Matrix {
  if (examples === "bar") {
    // The textbook's: white, with a black bar from top to bottom.
    return tensor(
      [6, 8],
      Float32Array.from({ length: 48 }, (_, n) => (n % 8 >= 2 && n % 8 < 6 ? 0 : 1)),
    );
  }
  if (examples === "picture") {
    if (picture === undefined) throw new TypeError("beginLesson: picture must be given, to learn from it");
    return tensor([SIDE, SIDE], standardised(picture));
  }
  const { normal } = randomFrom(3);
  return tensor([SIDE, SIDE], Float32Array.from({ length: SIDE * SIDE }, normal));
}

/** Of mean 0 and variance 1, unless all are the same. */
function standardised(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance || 1));
}

function answerTo(x: Matrix, { hidden, hiddenBias, flipped, size }: Lesson): Float32Array {
  const sameSize = size[0] === hidden.shape[0] && size[1] === hidden.shape[1];
  const kernel = tensor(hidden.shape, hidden.data);
  const { data } = (flipped ? convolve2d : corr2d)(x, kernel, { mode: sameSize ? "valid" : "same" });
  return data.map((value) => value + hiddenBias);
}

/**
 * The largest curvature of the loss, by power iteration: a step of one divided by it is the longest that is safe in any
 * direction. The layer is linear, so its gradient for output weights·x is the curvature times the weights.
 */
function steepest(layer: Conv2d, x: Tensor4): number {
  const values = layer.parameters.map(({ value }) => value);
  for (const value of values) value.fill(1);
  // A start that no eigenvector is orthogonal to, as good as always.
  values[0]![0] = 1.5;
  let curvature = 1;
  for (let step = 0; step < POWER_STEPS; step++) {
    const output = layer.forward(x);
    layer.backward({ shape: output.shape, data: output.data.map((value) => value / output.data.length) });
    const squares = layer.parameters.flatMap(({ gradient }) => [...gradient]).reduce((sum, g) => sum + g * g, 0);
    curvature = Math.sqrt(squares) || 1;
    for (const { value, gradient } of layer.parameters) {
      for (let i = 0; i < value.length; i++) value[i] = gradient[i]! / curvature;
      gradient.fill(0);
    }
  }
  for (const value of values) value.fill(0);
  return 1.02 * curvature;
}
