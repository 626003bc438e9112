/**
 * What one output cell of a stack of convolutions sees: the input gradient of a 1 in the middle of the output. Where it is not
 * zero is the receptive field; how large it is there says how much of the field counts.
 *
 * Source: W. Luo et al., "Understanding the effective receptive field in deep convolutional neural networks", NIPS 2016.
 *
 * @module
 */

import { conv2d, inputGradient, tensor } from "./core.ts";
import { randomFrom } from "./random.ts";

/** A layer of the stack, along both axes alike. */
export interface FieldLayer {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** What the cell sees. */
export interface Field {
  /** Side of the input. */
  readonly side: number;
  /** Gradient with respect to the input, its largest magnitude 1; `[side, side]`. */
  readonly gradient: Float32Array;
  /** Side of the smallest square that holds all that is not zero. */
  readonly seen: number;
  /** Side of a square of as many cells as have more than a part of the largest. */
  readonly effective: number;
}

/** Output cells along an axis: the middle one has neighbours, so that the field has surroundings. */
const OUTPUTS = 3;
/** 1 − 95.45 %, the bound of Luo et al. */
const COUNTS = 0.0455;

/** The gradient of the middle output cell, through layers from input to output. */
export function fieldOf(layers: readonly FieldLayer[], weights: "equal" | "random"): Field {
  const { normal } = randomFrom(5);
  let side = OUTPUTS;
  let gradient = new Float32Array(OUTPUTS * OUTPUTS);
  gradient[(OUTPUTS * OUTPUTS - 1) / 2] = 1;
  for (const { kernel, stride, dilation } of [...layers].reverse()) {
    const taps = kernel * kernel;
    const filter = Float32Array.from({ length: taps }, () => (weights === "equal" ? 1 / taps : normal() / kernel));
    const before = (side - 1) * stride + dilation * (kernel - 1) + 1;
    const { data } = inputGradient(
      conv2d,
      tensor([1, side, side, 1], gradient),
      tensor([kernel, kernel, 1, 1], filter),
      [1, before, before, 1],
      { strides: stride, dilations: dilation },
    );
    side = before;
    gradient = new Float32Array(data);
  }
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let [first, last, counting] = [side, -1, 0];
  for (const [n, value] of gradient.entries()) {
    if (value === 0) continue;
    const row = Math.floor(n / side);
    first = Math.min(first, row);
    last = Math.max(last, row);
    if (Math.abs(value) > COUNTS * largest) counting++;
  }
  return {
    side,
    gradient: gradient.map((value) => value / largest),
    seen: last - first + 1,
    effective: Math.sqrt(counting),
  };
}
