/**
 * Computes a network step by step, in the precision of the activations it is given. How convolutions are computed is the
 * caller's; the steps between them are done here, from their definitions.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import { type ConvCase, outputShapeOf } from "@corr2d/testkit";
import { type Activation, type Convolution, caseOf, type Network, type Numbers, type Step } from "./network.ts";

/** Computes a convolution of a network. */
export type Convolve<T extends Numbers> = (step: Convolution, convCase: ConvCase, x: T) => T | Promise<T>;

/** The activations of all steps by name, the picture among them. */
export type Activations<T extends Numbers> = ReadonlyMap<string, Activation<T>>;

/**
 * Computes every step; between any two of them timers and signals have their turn.
 *
 * @param image what the network looks at, in the precision to compute in.
 * @throws RangeError if a step is fed by one that does not come before it, or by shapes that do not fit.
 */
export async function evaluate<T extends Numbers>(
  network: Network,
  image: Activation<T>,
  convolve: Convolve<T>,
): Promise<Activations<T>> {
  const activations = new Map([[network.input, image]]);
  for (const step of network.steps) {
    const inputs = step.from.map((name) => {
      const input = activations.get(name);
      if (input === undefined)
        throw new RangeError(`network ${network.name}: nothing before ${step.name} is called ${name}`);
      return input;
    });
    activations.set(step.name, await evaluateStep(network, step, inputs, convolve));
    await setImmediate();
  }
  return activations;
}

async function evaluateStep<T extends Numbers>(
  network: Network,
  step: Step,
  inputs: readonly Activation<T>[],
  convolve: Convolve<T>,
): Promise<Activation<T>> {
  const [x] = inputs;
  if (step.kind === "convolution") {
    const convCase = caseOf(network, step, x.shape);
    const data = await convolve(step, convCase, x.data);
    return { shape: outputShapeOf(convCase) as ConvCase["inputShape"], data };
  }
  return evaluateSimpleStep(step, inputs);
}

function evaluateSimpleStep<T extends Numbers>(
  step: Exclude<Step, Convolution>,
  inputs: readonly Activation<T>[],
): Activation<T> {
  const [x] = inputs;
  switch (step.kind) {
    case "relu":
      return map(x, (value) => Math.max(value, 0));
    case "leaky relu":
      return map(x, (value) => (value > 0 ? value : value * step.slope));
    case "add":
      return add(x, inputs[1]);
    case "concatenate":
      return concatenate(inputs);
    case "enlarge":
      return enlarge(x, step.factor);
    case "max pool":
      return maxPool(x, step.size, step.stride);
  }
}

/** An array of the same precision. */
function arrayLike<T extends Numbers>(data: T, length: number): T {
  return new (data.constructor as new (length: number) => T)(length);
}

function map<T extends Numbers>({ shape, data }: Activation<T>, change: (value: number) => number): Activation<T> {
  return { shape, data: data.map(change) as T };
}

function add<T extends Numbers>(a: Activation<T>, b: Activation<T>): Activation<T> {
  if (a.data.length !== b.data.length) throw new RangeError(`network: cannot add [${a.shape}] and [${b.shape}]`);
  return { shape: a.shape, data: a.data.map((value, i) => value + b.data[i]) as T };
}

function concatenate<T extends Numbers>(inputs: readonly Activation<T>[]): Activation<T> {
  const [batch, height, width] = inputs[0].shape;
  const cells = batch * height * width;
  const channels = inputs.reduce((sum, { shape }) => sum + shape[3], 0);
  const data = arrayLike(inputs[0].data, cells * channels);
  let first = 0;
  for (const { shape, data: part } of inputs) {
    const depth = shape[3];
    if (part.length !== cells * depth)
      throw new RangeError(`network: cannot put [${shape}] beside [${inputs[0].shape}]`);
    for (let cell = 0; cell < cells; cell++) {
      data.set(part.subarray(cell * depth, (cell + 1) * depth), cell * channels + first);
    }
    first += depth;
  }
  return { shape: [batch, height, width, channels], data };
}

function enlarge<T extends Numbers>({ shape, data }: Activation<T>, factor: number): Activation<T> {
  const [batch, height, width, channels] = shape;
  const result = arrayLike(data, data.length * factor ** 2);
  let to = 0;
  for (let row = 0; row < batch * height * factor; row++) {
    for (let column = 0; column < width * factor; column++) {
      const from = (Math.floor(row / factor) * width + Math.floor(column / factor)) * channels;
      result.set(data.subarray(from, from + channels), to);
      to += channels;
    }
  }
  return { shape: [batch, height * factor, width * factor, channels], data: result };
}

function maxPool<T extends Numbers>({ shape, data }: Activation<T>, size: number, stride: number): Activation<T> {
  const [batch, height, width, channels] = shape;
  const [outHeight, outWidth] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const before = (cells: number, outputs: number): number =>
    Math.floor(Math.max((outputs - 1) * stride + size - cells, 0) / 2);
  const [top, left] = [before(height, outHeight), before(width, outWidth)];
  const result = arrayLike(data, batch * outHeight * outWidth * channels).fill(Number.NEGATIVE_INFINITY) as T;
  for (let i = 0; i < batch * outHeight; i++) {
    const [n, firstRow] = [Math.floor(i / outHeight), (i % outHeight) * stride - top];
    for (let j = 0; j < outWidth; j++) {
      const to = (i * outWidth + j) * channels;
      for (let row = Math.max(firstRow, 0); row < Math.min(firstRow + size, height); row++) {
        const firstColumn = j * stride - left;
        for (let column = Math.max(firstColumn, 0); column < Math.min(firstColumn + size, width); column++) {
          const from = ((n * height + row) * width + column) * channels;
          for (let c = 0; c < channels; c++) result[to + c] = Math.max(result[to + c], data[from + c]);
        }
      }
    }
  }
  return { shape: [batch, outHeight, outWidth, channels], data: result };
}
