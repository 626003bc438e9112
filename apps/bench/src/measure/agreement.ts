/**
 * Agreement before speed: a result is held against the float64 truth before its variant is timed.
 *
 * @module
 */

import { type CaseData, type ConvCase, elementBounds, judge, normwiseBounds, reference } from "@corr2d/testkit";
import type { Agreement, BenchPass } from "../report/results.ts";

/**
 * What a variant promises:
 * - `float32`: every element within γₖ · (Σ|x||w| + |b|), the bound of any float32 summation, or, for algorithms that
 *   transform before they multiply, within their constant · (max|x| · Σ|w| + |b|);
 * - 8-bit libraries: within a number of grey levels on top, and where their border differs from zeros, on the interior only.
 */
export type Promised =
  | { readonly precision: "float32"; readonly normwise?: number | undefined }
  | { readonly precision: "8 bit"; readonly greyLevels: number; readonly interiorOnly: boolean };

/** The truth about one case, computed when it is first asked for: it takes longer than most variants. */
export class Truth {
  readonly #convCase: ConvCase;
  readonly #pass: BenchPass;
  readonly #data: CaseData;
  #known: { readonly values: Float64Array; readonly elementBounds: Float64Array } | undefined;

  /** @param data is copied where it may change later. */
  constructor(convCase: ConvCase, pass: BenchPass, data: CaseData) {
    this.#convCase = convCase;
    this.#pass = pass;
    this.#data = { ...data, x: data.x.slice(), dy: data.dy.slice() };
  }

  /** The truth after each element x of the input was exchanged for `mirror − x`. */
  exchanged(mirror: number): Truth {
    const exchange = (values: Float32Array) => values.map((value) => mirror - value);
    const { x, dy, bias } = this.#data;
    const data = this.#pass === "forward" ? { ...this.#data, x: exchange(x) } : { ...this.#data, dy: exchange(dy) };
    const truth = new Truth(this.#convCase, this.#pass, data);
    if (mirror === 0 && this.#known !== undefined) {
      // f(−x) = −(f(x) − b) + b, and what bounds depend on are magnitudes.
      const ofBias = this.#pass === "forward" ? bias : undefined;
      const values = this.#known.values.map((value, i) => (ofBias ? 2 * ofBias[i % ofBias.length] : 0) - value);
      truth.#known = { ...this.#known, values };
    }
    return truth;
  }

  /** Judges a result by what its variant promises. */
  judge(result: Float32Array, promised: Promised): Agreement {
    this.#known ??= {
      values: reference(this.#convCase, this.#pass, this.#data),
      elementBounds: elementBounds(this.#convCase, this.#pass, this.#data),
    };
    const { values, elementBounds: ofElements } = this.#known;
    const { ok, worstRatio } = judge(result, values, this.#boundsFor(promised, ofElements));
    return { agrees: ok, worstErrorOverBound: worstRatio, criterion: criterionOf(promised) };
  }

  #boundsFor(promised: Promised, bounds: Float64Array): Float64Array {
    if (promised.precision === "float32") {
      const { normwise } = promised;
      return normwise === undefined ? bounds : normwiseBounds(this.#convCase, this.#pass, this.#data, normwise);
    }
    const [, height, width] = this.#convCase.inputShape;
    const margin = promised.interiorOnly ? this.#convCase.filterShape[0] >> 1 : 0;
    const isInside = (position: number, size: number) => position >= margin && position < size - margin;
    return bounds.map((bound, i) =>
      isInside(Math.floor(i / width), height) && isInside(i % width, width)
        ? bound + promised.greyLevels
        : Number.POSITIVE_INFINITY,
    );
  }
}

/** The criterion in words. */
function criterionOf(promised: Promised): string {
  if (promised.precision === "float32") {
    const { normwise } = promised;
    const bound = normwise === undefined ? "γₖ·(Σ|x||w| + |b|)" : `${normwise.toExponential(1)}·(max|x|·Σ|w| + |b|)`;
    return `${bound}, every element`;
  }
  const levels = promised.greyLevels === 1 ? "1 grey level" : `${promised.greyLevels} grey levels`;
  return `${levels}, ${promised.interiorOnly ? "every element whose taps lie inside" : "every element"}`;
}

/** 64 bits that differ where a result's do: two sums of FNV-1a's kind over its words. */
export function digestOf(result: Float32Array): string {
  const words = new Uint32Array(result.buffer, result.byteOffset, result.length);
  let [one, other] = [0x811c9dc5, 0x9e3779b9];
  for (const word of words) {
    one = Math.imul(one ^ word, 0x01000193);
    one ^= one >>> 15;
    other = Math.imul(other ^ word, 0x85ebca6b);
    other ^= other >>> 13;
  }
  return [one, other].map((sum) => (sum >>> 0).toString(16).padStart(8, "0")).join("");
}
