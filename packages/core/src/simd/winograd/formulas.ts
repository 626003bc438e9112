/**
 * The one-dimensional transforms of Winograd's algorithm as code, with the points and matrices of `points.ts`. Rows for
 * a and −a share the even and the odd part of their sums.
 *
 * @module
 */

import { type FunctionBuilder, f32x4, type Local, multiplyAddOf, type V128 } from "../engine/assembler.ts";
import { type TileSize, WINOGRAD_POINTS } from "./points.ts";

/** A one-dimensional transform: vectors in, vectors out, which are good until the next transform. */
export type Transform = (inputs: readonly V128[]) => readonly Local<"v128">[];

/**
 * The one-dimensional transforms. Their results are expressions over locals set here, none of which reads an input
 * after another result may have replaced it.
 */
export class Formulas {
  readonly #f: FunctionBuilder;
  readonly #points: readonly number[];
  readonly #multiplyAdd: (a: V128, b: V128, c: V128) => V128;
  /** Locals of the transforms, which come one after the other and share them. */
  readonly #locals: Local<"v128">[] = [];
  #used = 0;

  constructor(f: FunctionBuilder, tileSize: TileSize, fma: boolean) {
    this.#f = f;
    this.#points = WINOGRAD_POINTS[tileSize];
    this.#multiplyAdd = multiplyAddOf(fma);
  }

  /** Bᵀ. */
  input(): Transform {
    const p = this.#points[0]!;
    const q = this.#points[1];
    const p2 = p * p;
    if (q === undefined) {
      return this.#transform((d) => [
        this.#scaledSum(-p2, d[0]!, d[2]!),
        ...this.#plusMinus(d[2]!, this.#scaled(p, d[1]!)),
        this.#scaledSum(-p2, d[1]!, d[3]!),
      ]);
    }
    const q2 = q * q;
    const ends = (a: V128, b: V128, c: V128) => this.#scaledSum(p2 * q2, a, this.#scaledSum(-p2 - q2, b, c));
    return this.#transform((d) => [
      ends(d[0]!, d[2]!, d[4]!),
      ...this.#plusMinus(this.#scaledSum(-q2, d[2]!, d[4]!), this.#scaled(p, this.#scaledSum(-q2, d[1]!, d[3]!))),
      ...this.#plusMinus(this.#scaledSum(-p2, d[2]!, d[4]!), this.#scaled(q, this.#scaledSum(-p2, d[1]!, d[3]!))),
      ends(d[1]!, d[3]!, d[5]!),
    ]);
  }

  /** G. */
  filter(): Transform {
    return this.#transform((g) => [
      this.#scaled(this.#zeroScale(), g[0]!),
      ...this.#points.flatMap((a) => {
        const scale = this.#pairScale(a);
        const even = this.#scaledSum(scale * a * a, g[2]!, this.#scaled(scale, g[0]!));
        return this.#plusMinus(even, this.#scaled(scale * a, g[1]!));
      }),
      g[2]!,
    ]);
  }

  /** Gᵀ. */
  filterGradient(): Transform {
    return this.#transform((m) => {
      const sums = this.#points.map((_, n) => this.#sumAndDifference(m[2 * n + 1]!, m[2 * n + 2]!));
      const tap = (power: number, first: V128 | undefined): V128 =>
        sums.reduce<V128 | undefined>((sum, evenAndOdd, n) => {
          const a = this.#points[n]!;
          const factor = this.#pairScale(a) * a ** power;
          const term = evenAndOdd[power % 2]!;
          return sum === undefined ? this.#scaled(factor, term) : this.#scaledSum(factor, term, sum);
        }, first)!;
      return [tap(0, this.#scaled(this.#zeroScale(), m[0]!)), tap(1, undefined), tap(2, m.at(-1))];
    });
  }

  /** Aᵀ. */
  output(): Transform {
    const p = this.#points[0]!;
    const q = this.#points[1];
    return this.#transform((m) => {
      const pair = this.#sumAndDifference(m[1]!, m[2]!);
      if (q === undefined) return [f32x4.add(m[0]!, pair[0]), this.#scaledSum(p, pair[1], m[3]!)];
      const pair2 = this.#sumAndDifference(m[3]!, m[4]!);
      const powers = (n: number) => this.#scaledSum(p ** n, pair[n % 2]!, this.#scaled(q ** n, pair2[n % 2]!));
      return [f32x4.add(m[0]!, f32x4.add(pair[0], pair2[0])), powers(1), powers(2), f32x4.add(powers(3), m[5]!)];
    });
  }

  /** A. */
  outputGradient(): Transform {
    const points = this.#points;
    return this.#transform((inputs) => {
      const [y0, y1, y2, y3] = inputs;
      const plusMinus = (a: number) => {
        const even = y2 === undefined ? y0! : this.#scaledSum(a * a, y2, y0!);
        const odd = y3 === undefined ? y1! : this.#scaledSum(a * a, y3, y1!);
        return this.#plusMinus(even, this.#scaled(a, odd));
      };
      return [y0!, ...points.flatMap(plusMinus), y3 ?? y1!];
    });
  }

  /** The factor of G for 0: over the product of all −a². */
  #zeroScale(): number {
    return 1 / this.#points.reduce((product, a) => product * -a * a, 1);
  }

  /** The factor of G for ±a: over 2a² Π (a² − b²), b being the other points. */
  #pairScale(a: number): number {
    const others = this.#points.filter((b) => b !== a);
    return 1 / others.reduce((product, b) => product * (a * a - b * b), 2 * a * a);
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

  /** a + b, a − b: the even and the odd part of a sum, evaluated. */
  #sumAndDifference(a: V128, b: V128): readonly [even: V128, odd: V128] {
    return [this.#kept(f32x4.add(a, b)), this.#kept(f32x4.sub(a, b))];
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
