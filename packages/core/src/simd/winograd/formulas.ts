/**
 * The one-dimensional transforms of Winograd's algorithm as code, with the points and matrices of `points.ts`. Rows for
 * a and −a share the even and the odd part of their sums.
 *
 * @module
 */

import { type FunctionBuilder, f32x4, type Local, multiplyAddOf, type V128, v128 } from "../assembler.ts";
import { type TileSize, WINOGRAD_POINTS } from "./points.ts";

/** A one-dimensional transform: so many vectors in, so many out. */
export type Transform = (inputs: readonly V128[]) => readonly V128[];

/**
 * The one-dimensional transforms. Their results are expressions over locals set here, none of which reads an input
 * after another result may have replaced it.
 */
export class Formulas {
  readonly #f: FunctionBuilder;
  readonly #points: readonly number[];
  readonly #multiplyAdd: (a: V128, b: V128, c: V128) => V128;
  readonly #constants = new Map<number, Local<"v128">>();
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
    const [p, q] = this.#points as [number, number?];
    const [p2, q2] = [p * p, (q ?? 0) ** 2];
    if (q === undefined) {
      return this.#transform(([d0, d1, d2, d3]) => [
        this.#scaledSum(-p2, d0!, d2!),
        ...this.#plusMinus(d2!, this.#scaled(p, d1!)),
        this.#scaledSum(-p2, d1!, d3!),
      ]);
    }
    return this.#transform(([d0, d1, d2, d3, d4, d5]) => [
      this.#scaledSum(p2 * q2, d0!, this.#scaledSum(-p2 - q2, d2!, d4!)),
      ...this.#plusMinus(this.#scaledSum(-q2, d2!, d4!), this.#scaled(p, this.#scaledSum(-q2, d1!, d3!))),
      ...this.#plusMinus(this.#scaledSum(-p2, d2!, d4!), this.#scaled(q, this.#scaledSum(-p2, d1!, d3!))),
      this.#scaledSum(p2 * q2, d1!, this.#scaledSum(-p2 - q2, d3!, d5!)),
    ]);
  }

  /** G. */
  filter(): Transform {
    return this.#transform(([g0, g1, g2]) => [
      this.#scaled(this.#zeroScale(), g0!),
      ...this.#points.flatMap((a) => {
        const scale = this.#pairScale(a);
        return this.#plusMinus(
          this.#scaledSum(scale * a * a, g2!, this.#scaled(scale, g0!)),
          this.#scaled(scale * a, g1!),
        );
      }),
      g2!,
    ]);
  }

  /** Gᵀ. */
  filterGradient(): Transform {
    return this.#transform((m) => {
      const sums = this.#points.map((_, n) => {
        const [plus, minus] = [m[2 * n + 1]!, m[2 * n + 2]!];
        return this.#keep([f32x4.add(plus, minus), f32x4.sub(plus, minus)]) as [even: V128, odd: V128];
      });
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
    const [p, q] = this.#points as [number, number?];
    return this.#transform((m) => {
      const [m0, m1, m2] = m as [V128, V128, V128];
      const [even, odd] = this.#keep([f32x4.add(m1, m2), f32x4.sub(m1, m2)]) as [V128, V128];
      if (q === undefined) return [f32x4.add(m0, even), this.#scaledSum(p, odd, m[3]!)];
      const [even2, odd2] = this.#keep([f32x4.add(m[3]!, m[4]!), f32x4.sub(m[3]!, m[4]!)]) as [V128, V128];
      const powers = (n: number, a: V128, b: V128) => this.#scaledSum(p ** n, a, this.#scaled(q ** n, b));
      return [
        f32x4.add(m0, f32x4.add(even, even2)),
        powers(1, odd, odd2),
        powers(2, even, even2),
        f32x4.add(powers(3, odd, odd2), m[5]!),
      ];
    });
  }

  /** A. (Of inputs, the rows of a square matrix, it reads the first.) */
  outputGradient(): Transform {
    const points = this.#points;
    return this.#transform((rows) => {
      const [y0, y1, y2, y3] = rows.slice(0, 2 * points.length);
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
    return factor === 1 ? a : f32x4.mul(this.#constant(factor), a);
  }

  /** factor · a + b. */
  #scaledSum(factor: number, a: V128, b: V128): V128 {
    if (factor === 1) return f32x4.add(b, a);
    if (factor === -1) return f32x4.sub(b, a);
    return this.#multiplyAdd(this.#constant(factor), a, b);
  }

  /** even + odd, even − odd. */
  #plusMinus(even: V128, odd: V128): readonly [V128, V128] {
    const [e, o] = this.#keep([even, odd]) as [V128, V128];
    return [f32x4.add(e, o), f32x4.sub(e, o)];
  }

  /** A transform whose results are evaluated; they are good until the next transform. */
  #transform(results: Transform): Transform {
    return (inputs) => {
      this.#used = 0;
      return this.#keep(results(inputs));
    };
  }

  /** Evaluates expressions into locals that this transform does not use yet. */
  #keep(values: readonly V128[]): readonly V128[] {
    return values.map((value) => {
      const kept = (this.#locals[this.#used++] ??= this.#f.v128());
      this.#f.set(kept, value);
      return kept;
    });
  }

  /** A factor, set where it is first needed. */
  #constant(factor: number): V128 {
    let constant = this.#constants.get(factor);
    if (constant === undefined) {
      constant = this.#f.v128();
      this.#f.set(constant, v128.splat(factor));
      this.#constants.set(factor, constant);
    }
    return constant;
  }
}
