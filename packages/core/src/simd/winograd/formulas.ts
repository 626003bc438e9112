/**
 * The one-dimensional transforms of Winograd's algorithm as code, with the points and matrices of `points.ts`. Rows for
 * a and −a share the even and the odd part of their sums.
 *
 * @module
 */

import { type FunctionBuilder, f32x4, type Local, multiplyAddOf, type V128, v128 } from "../engine/assembler.ts";
import { type AxisForm, pairsOf } from "./points.ts";

/** A one-dimensional transform: vectors in, vectors out, which are good until the next transform. */
export type Transform = (inputs: readonly V128[]) => readonly Local<"v128">[];

/**
 * The one-dimensional transforms. Their results are expressions over locals set here, none of which reads an input
 * after another result may have replaced it.
 */
export class Formulas {
  readonly #f: FunctionBuilder;
  readonly #form: AxisForm;
  /** The points ±p. */
  readonly #pairs: readonly number[];
  readonly #multiplyAdd: (a: V128, b: V128, c: V128) => V128;
  /** Locals of the transforms, which come one after the other and share them. */
  readonly #locals: Local<"v128">[] = [];
  #used = 0;

  constructor(f: FunctionBuilder, form: AxisForm, fma: boolean) {
    this.#f = f;
    this.#form = form;
    this.#pairs = pairsOf(form);
    this.#multiplyAdd = multiplyAddOf(fma);
  }

  /** Bᵀ. */
  input(): Transform {
    const all = squaresProduct(this.#pairs);
    return this.#transform((d) => {
      const [even, odd] = halves(d);
      return [
        this.#polynomial(all, even),
        ...this.#pairs.flatMap((p) => {
          const others = squaresProduct(this.#pairs.filter((q) => q !== p));
          return this.#plusMinus(
            this.#polynomial(others, even.slice(1)),
            this.#scaled(p, this.#polynomial(others, odd)),
          );
        }),
        this.#polynomial(all, odd),
      ];
    });
  }

  /** G. Where a strand has fewer taps than its form, those that are missing are zero. */
  filter(): Transform {
    const { outputs, taps, points } = this.#form;
    const isWhole = outputs + taps - 1 === points;
    return this.#transform((g) => [
      this.#scaled(this.#zeroScale(), g[0]!),
      ...this.#pairs.flatMap((p) => {
        const scale = this.#pairScale(p);
        const part = (taps: readonly V128[], first: number): V128 =>
          taps.reduce<V128 | undefined>((sum, tap, i) => {
            const factor = scale * p ** (first + 2 * i);
            return sum === undefined ? this.#scaled(factor, tap) : this.#scaledSum(factor, tap, sum);
          }, undefined)!;
        const [even, odd] = halves(g);
        if (odd.length > 0) return this.#plusMinus(part(even, 0), part(odd, 1));
        const both = this.#kept(part(even, 0));
        return [both, both];
      }),
      isWhole ? g.at(-1)! : v128.splatBits(0),
    ]);
  }

  /** Gᵀ. */
  filterGradient(): Transform {
    return this.#transform((m) => {
      const sums = this.#sumsAndDifferences(m);
      const tap = (power: number, first: V128 | undefined): V128 =>
        sums.reduce<V128 | undefined>((sum, evenAndOdd, n) => {
          const p = this.#pairs[n]!;
          const factor = this.#pairScale(p) * p ** power;
          const term = evenAndOdd[power % 2]!;
          return sum === undefined ? this.#scaled(factor, term) : this.#scaledSum(factor, term, sum);
        }, first)!;
      return Array.from({ length: this.#form.taps }, (_, n) =>
        tap(n, n === 0 ? this.#scaled(this.#zeroScale(), m[0]!) : n === this.#form.taps - 1 ? m.at(-1) : undefined),
      );
    });
  }

  /** Aᵀ. */
  output(): Transform {
    return this.#transform((m) => {
      const sums = this.#sumsAndDifferences(m);
      const last = this.#form.outputs - 1;
      return Array.from({ length: last + 1 }, (_, n) => {
        const powers = sums.reduceRight<V128 | undefined>((sum, evenAndOdd, i) => {
          const factor = this.#pairs[i]! ** n;
          const term = evenAndOdd[n % 2]!;
          return sum === undefined ? this.#scaled(factor, term) : this.#scaledSum(factor, term, sum);
        }, undefined)!;
        if (n === 0) return f32x4.add(m[0]!, powers);
        return n === last ? f32x4.add(powers, m.at(-1)!) : powers;
      });
    });
  }

  /** A. */
  outputGradient(): Transform {
    return this.#transform((y) => {
      const [even, odd] = halves(y);
      const powers = (p: number, values: readonly V128[]): V128 =>
        values.slice(1).reduce((sum, value, i) => this.#scaledSum(p ** (2 * i + 2), value, sum), values[0]!);
      return [
        y[0]!,
        ...this.#pairs.flatMap((p) => this.#plusMinus(powers(p, even), this.#scaled(p, powers(p, odd)))),
        y.at(-1)!,
      ];
    });
  }

  /** The factor of G for 0: over the product of all −p². */
  #zeroScale(): number {
    return 1 / this.#pairs.reduce((product, p) => product * -p * p, 1);
  }

  /** The factor of G for ±p: over 2p² Π (p² − q²), q being the other points. */
  #pairScale(p: number): number {
    const others = this.#pairs.filter((q) => q !== p);
    return 1 / others.reduce((product, q) => product * (p * p - q * q), 2 * p * p);
  }

  /** Σ cᵢ · vᵢ, the last cᵢ being 1. */
  #polynomial(coefficients: readonly number[], values: readonly V128[]): V128 {
    const degree = coefficients.length - 1;
    return coefficients
      .slice(0, degree)
      .reduceRight((sum, factor, i) => this.#scaledSum(factor, values[i]!, sum), values[degree]!);
  }

  /** factor · a. */
  #scaled(factor: number, a: V128): V128 {
    return factor === 1 ? a : f32x4.mul(this.#f.constant(factor), a);
  }

  /** factor · a + b. */
  #scaledSum(factor: number, a: V128, b: V128): V128 {
    if (factor === 1) return f32x4.add(b, a);
    if (factor === -1) return f32x4.sub(b, a);
    return this.#multiplyAdd(this.#f.constant(factor), a, b);
  }

  /** even + odd, even − odd. */
  #plusMinus(even: V128, odd: V128): readonly [V128, V128] {
    const e = this.#kept(even);
    const o = this.#kept(odd);
    return [f32x4.add(e, o), f32x4.sub(e, o)];
  }

  /** The sum and the difference of the products of each pair: the even and the odd part of a sum, evaluated. */
  #sumsAndDifferences(m: readonly V128[]): readonly (readonly [even: V128, odd: V128])[] {
    return this.#pairs.map((_, n) => {
      const [a, b] = [m[2 * n + 1]!, m[2 * n + 2]!];
      return [this.#kept(f32x4.add(a, b)), this.#kept(f32x4.sub(a, b))];
    });
  }

  /** A transform whose results are evaluated. */
  #transform(results: (inputs: readonly V128[]) => readonly V128[]): Transform {
    return (inputs) => {
      this.#used = 0;
      return results(inputs).map((result) => this.#kept(result));
    };
  }

  /** Evaluates an expression into a local that this transform does not use yet. */
  #kept(value: V128): Local<"v128"> {
    const kept = (this.#locals[this.#used++] ??= this.#f.v128());
    this.#f.set(kept, value);
    return kept;
  }
}

/** Those of even and of odd index. */
function halves<T>(values: readonly T[]): readonly [even: readonly T[], odd: readonly T[]] {
  return [values.filter((_, i) => i % 2 === 0), values.filter((_, i) => i % 2 === 1)];
}

/** Π (x − p²), the coefficients of the lowest power first. */
function squaresProduct(pairs: readonly number[]): readonly number[] {
  return pairs.reduce<readonly number[]>(
    (product, p) => product.concat(0).map((_, i) => (product[i - 1] ?? 0) - p * p * (product[i] ?? 0)),
    [1],
  );
}
