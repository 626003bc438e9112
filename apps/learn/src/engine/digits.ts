/**
 * A small network that learns to read digits: three convolutions, the last of which sees all that is left.
 *
 *     28 × 28 × 1 → 5 × 5, stride 2, relu → 14 × 14 × 8 → 5 × 5, stride 2, relu → 7 × 7 × 16 → 7 × 7 → 1 × 1 × 10
 *
 * The loss is the cross entropy of the softmax of the ten outputs; its gradient is probability − truth.
 *
 * @module
 */

import { Conv2d, sgdStep, type Tensor4 } from "./core.ts";
import { randomFrom } from "./random.ts";

/** Side of a digit. */
export const DIGIT_SIDE = 28;
/** Channels of the first layer, whose maps are shown. */
export const MAPS = 8;
/** Side of its maps. */
export const MAP_SIDE = 14;
/** Side of its kernels. */
export const KERNEL_SIDE = 5;

const PIXELS = DIGIT_SIDE * DIGIT_SIDE;
const KINDS = 10;
const BATCH = 32;
/** Of the first step; after `SLOWER` steps it is half of it. */
const RATE = 0.1;
const SLOWER = 400;
/** In the file: one byte for the kind, half a byte for each pixel. */
const RECORD = 1 + PIXELS / 2;
/** Of each kind, as build/digits.ts packs them. */
const TRAINING = 300;

/** Digits and which they are. */
export interface Digits {
  readonly count: number;
  /** Grey from 0 to 1, one digit after the other. */
  readonly pixels: Float32Array;
  readonly kinds: Uint8Array;
}

/** How well it reads. */
export interface Progress {
  readonly steps: number;
  /** Mean cross entropy of the last batch. */
  readonly loss: number;
  /** Part of the held-out digits that it reads rightly. */
  readonly accuracy: number;
}

/** What it makes of one digit. */
export interface Reading {
  /** Of each kind. */
  readonly probabilities: Float32Array;
  /** Of the first layer, `[14, 14, 8]`. */
  readonly maps: Float32Array;
  /** Weights of the first layer, `[5, 5, 1, 8]`. */
  readonly filter: Float32Array;
  readonly bias: Float32Array;
}

interface Network {
  readonly layers: readonly [Conv2d, Conv2d, Conv2d];
  readonly random: ReturnType<typeof randomFrom>;
  steps: number;
}

let training: Digits | undefined;
let heldOut: Digits | undefined;
let network = newNetwork();

function newNetwork(): Network {
  const strided = { kernelSize: KERNEL_SIDE, strides: 2, padding: "same", activation: "relu" } as const;
  return {
    layers: [
      new Conv2d({ ...strided, inChannels: 1, outChannels: MAPS, seed: 1 }),
      new Conv2d({ ...strided, inChannels: MAPS, outChannels: 16, seed: 2 }),
      new Conv2d({ inChannels: 16, outChannels: KINDS, kernelSize: 7, seed: 3 }),
    ],
    random: randomFrom(1),
    steps: 0,
  };
}

/** Loads the digits, once; says how many there are to be judged by. */
export async function loadDigits(url: string): Promise<number> {
  if (heldOut === undefined) {
    const answer = await fetch(url);
    if (!answer.ok || answer.body === null) throw new Error(`${url}: ${answer.status}`);
    const unpacked = answer.body.pipeThrough(new DecompressionStream("gzip"));
    takeDigits(new Uint8Array(await new Response(unpacked).arrayBuffer()));
  }
  return heldOut!.count;
}

/** Takes the digits of an unpacked file. */
export function takeDigits(bytes: Uint8Array): void {
  const all = bytes.length / RECORD;
  const part = (from: number, to: number): Digits => {
    const count = to - from;
    const pixels = new Float32Array(count * PIXELS);
    const kinds = new Uint8Array(count);
    for (let n = 0; n < count; n++) {
      const start = (from + n) * RECORD;
      kinds[n] = bytes[start]!;
      for (let i = 0; i < PIXELS / 2; i++) {
        const pair = bytes[start + 1 + i]!;
        pixels[n * PIXELS + 2 * i] = (pair >> 4) / 15;
        pixels[n * PIXELS + 2 * i + 1] = (pair & 15) / 15;
      }
    }
    return { count, pixels, kinds };
  };
  training = part(0, TRAINING * KINDS);
  heldOut = part(TRAINING * KINDS, all);
}

/** Forgets all that was learned. */
export function forgetDigits(): Progress {
  network = newNetwork();
  return { steps: 0, loss: Math.log(KINDS), accuracy: accuracyNow() };
}

/** Takes some steps of gradient descent, each on a batch drawn at random, and is examined. */
export function trainDigits(steps: number): Progress {
  const { layers, random } = network;
  const { count, pixels, kinds } = training!;
  let loss = 0;
  for (let step = 0; step < steps; step++) {
    const chosen = Array.from({ length: BATCH }, () => Math.floor(count * random.uniform()));
    const batch = new Float32Array(BATCH * PIXELS);
    for (const [n, digit] of chosen.entries()) batch.set(digitOf(pixels, digit), n * PIXELS);
    const output = outputOf(batch);
    const gradient = new Float32Array(BATCH * KINDS);
    loss = 0;
    for (const [n, digit] of chosen.entries()) {
      const probabilities = softmax(output.subarray(n * KINDS, (n + 1) * KINDS));
      loss -= Math.log(probabilities[kinds[digit]!]! + 1e-30) / BATCH;
      probabilities[kinds[digit]!]! -= 1;
      gradient.set(
        probabilities.map((value) => value / BATCH),
        n * KINDS,
      );
    }
    let dy: Tensor4 = { shape: [BATCH, 1, 1, KINDS], data: gradient };
    for (const layer of [...layers].reverse()) dy = layer.backward(dy);
    const rate = RATE / (1 + network.steps / SLOWER);
    for (const layer of layers) sgdStep(layer.parameters, rate);
    network.steps++;
  }
  return { steps: network.steps, loss, accuracy: accuracyNow() };
}

/** What the network makes of a digit. */
export function readDigit(pixels: Float32Array): Reading {
  const [first] = network.layers;
  const output = outputOf(pixels);
  const { data } = first.forward({ shape: [1, DIGIT_SIDE, DIGIT_SIDE, 1], data: pixels });
  return {
    probabilities: softmax(output),
    maps: data,
    filter: first.filter.value.slice(),
    bias: first.bias!.value.slice(),
  };
}

/** A digit that was not learned from. */
export function heldOutDigit(n: number): { readonly pixels: Float32Array; readonly kind: number } {
  return { pixels: digitOf(heldOut!.pixels, n).slice(), kind: heldOut!.kinds[n]! };
}

/**
 * A drawing as the network knows digits: scaled so that it fills 20 × 20 pixels, its centre of mass in the middle. A drawing of
 * nothing stays that.
 */
export function centredDigit(drawn: Float32Array): Float32Array {
  const BOX = 20;
  let [top, bottom, left, right] = [DIGIT_SIDE, -1, DIGIT_SIDE, -1];
  for (const [n, value] of drawn.entries()) {
    if (value <= 0.1) continue;
    const [i, j] = [Math.floor(n / DIGIT_SIDE), n % DIGIT_SIDE];
    [top, bottom, left, right] = [Math.min(top, i), Math.max(bottom, i), Math.min(left, j), Math.max(right, j)];
  }
  if (bottom < 0) return drawn.slice();
  const scale = BOX / Math.max(bottom - top + 1, right - left + 1);
  const sample = (row: number, column: number): Float32Array =>
    Float32Array.from({ length: PIXELS }, (_, n) => {
      const [i, j] = [Math.floor(n / DIGIT_SIDE), n % DIGIT_SIDE];
      return bilinear(drawn, row + (i - 13.5) / scale, column + (j - 13.5) / scale);
    });
  const [row, column] = [(top + bottom) / 2, (left + right) / 2];
  const scaled = sample(row, column);
  let [mass, down, across] = [0, 0, 0];
  for (const [n, value] of scaled.entries()) {
    mass += value;
    down += value * (Math.floor(n / DIGIT_SIDE) - 13.5);
    across += value * ((n % DIGIT_SIDE) - 13.5);
  }
  return mass === 0 ? scaled : sample(row + down / mass / scale, column + across / mass / scale);
}

function bilinear(pixels: Float32Array, row: number, column: number): number {
  const [i, j] = [Math.floor(row), Math.floor(column)];
  const [a, b] = [row - i, column - j];
  const at = (k: number, l: number): number =>
    k >= 0 && k < DIGIT_SIDE && l >= 0 && l < DIGIT_SIDE ? pixels[k * DIGIT_SIDE + l]! : 0;
  return (1 - a) * ((1 - b) * at(i, j) + b * at(i, j + 1)) + a * ((1 - b) * at(i + 1, j) + b * at(i + 1, j + 1));
}

function digitOf(pixels: Float32Array, n: number): Float32Array {
  return pixels.subarray(n * PIXELS, (n + 1) * PIXELS);
}

/** The ten outputs of each digit. */
function outputOf(pixels: Float32Array): Float32Array {
  let x: Tensor4 = { shape: [pixels.length / PIXELS, DIGIT_SIDE, DIGIT_SIDE, 1], data: pixels };
  for (const layer of network.layers) x = layer.forward(x);
  return x.data;
}

function accuracyNow(): number {
  const { count, pixels, kinds } = heldOut!;
  const output = outputOf(pixels);
  let right = 0;
  for (let n = 0; n < count; n++) {
    const own = output.subarray(n * KINDS, (n + 1) * KINDS);
    if (own.indexOf(Math.max(...own)) === kinds[n]) right++;
  }
  return right / count;
}

function softmax(values: Float32Array): Float32Array {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
