/**
 * The input changes from call to call: a peer that remembers what it was given before has to compute nonetheless, and one
 * that does not look gives a result of the past. An element x is exchanged for `mirror − x`: for −x where data is random, for
 * 255 − x in a photograph, which stays one. Before each call one element is exchanged, outside the clock, which costs nothing
 * and leaves the caches as they are; after the last round all of them are.
 *
 * @module
 */

import type { PreparedCase } from "@corr2d/parity";
import type { CaseData } from "@corr2d/testkit";
import type { BenchPass } from "../report/results.ts";
import type { BenchCase } from "../suites/suite.ts";

const WHITE = 255;

/** The array that a pass reads anew at every call: the input, or what comes back from the output. */
export function inputOf(pass: BenchPass, data: CaseData): Float32Array {
  return pass === "forward" ? data.x : data.dy;
}

/** What an element and the one it is exchanged for add up to. */
export function mirrorOf({ data }: Pick<BenchCase, "data">, pass: BenchPass): number {
  return data === "photograph" && pass === "forward" ? WHITE : 0;
}

/** The input of a task, changed in place. */
export class ChangingInput {
  readonly #values: Float32Array;
  readonly #original: Float32Array;
  readonly #mirror: number;
  readonly #random: () => number;

  /** @param random uniform numbers in [0, 1), which draw the elements that change. */
  constructor(values: Float32Array, mirror: number, random: () => number) {
    this.#values = values;
    this.#original = values.slice();
    this.#mirror = mirror;
    this.#random = random;
  }

  /** Exchanges one element. */
  changeOne({ inputChanged }: Pick<PreparedCase, "inputChanged">): void {
    const index = Math.floor(this.#random() * this.#values.length);
    this.#values[index] = this.#mirror - this.#values[index];
    inputChanged?.(index);
  }

  /** Every element as it was in the beginning. */
  restore(prepared: Pick<PreparedCase, "inputChanged">): void {
    this.#set(prepared, (x) => x);
  }

  /** Every element exchanged. */
  exchange(prepared: Pick<PreparedCase, "inputChanged">): void {
    this.#set(prepared, (x) => this.#mirror - x);
  }

  /** About half of the elements exchanged. */
  exchangeHalf(prepared: Pick<PreparedCase, "inputChanged">): void {
    this.#set(prepared, (x) => (this.#random() < 0.5 ? x : this.#mirror - x));
  }

  #set({ inputChanged }: Pick<PreparedCase, "inputChanged">, value: (original: number) => number): void {
    for (let i = 0; i < this.#values.length; i++) this.#values[i] = value(this.#original[i]);
    inputChanged?.();
  }
}
