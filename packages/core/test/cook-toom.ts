/**
 * The matrices of Winograd's minimal filtering in exact rationals, worked out from the points alone as textbooks do: what
 * the code of the transforms is held to.
 *
 * @module
 */

/** A fraction. */
export class Rational {
  readonly #over: bigint;
  readonly #under: bigint;

  private constructor(over: bigint, under: bigint) {
    this.#over = over;
    this.#under = under;
  }

  /** A number, which is a fraction of a power of two. */
  static of(value: number): Rational {
    let under = 1n;
    let over = value;
    while (!Number.isInteger(over)) [over, under] = [2 * over, 2n * under];
    return new Rational(BigInt(over), under);
  }

  plus(other: Rational): Rational {
    return new Rational(this.#over * other.#under + other.#over * this.#under, this.#under * other.#under);
  }

  times(other: Rational): Rational {
    return new Rational(this.#over * other.#over, this.#under * other.#under);
  }

  minus(other: Rational): Rational {
    return this.plus(other.times(Rational.of(-1)));
  }

  /** Of what is not 0. */
  inverse(): Rational {
    return new Rational(this.#under, this.#over);
  }

  equals(other: Rational): boolean {
    return this.#over * other.#under === other.#over * this.#under;
  }

  toNumber(): number {
    return Number(this.#over) / Number(this.#under);
  }
}

/** A matrix by rows. */
export type RationalMatrix = readonly (readonly Rational[])[];

const ZERO = Rational.of(0);
const ONE = Rational.of(1);

/** A[ξ][i], G[ξ][b] and B[ξ][k] of F(outputs, taps) on the finite points and ∞, which is the last. */
export function cookToom(
  points: readonly number[],
  outputs: number,
  taps: number,
): { readonly A: RationalMatrix; readonly G: RationalMatrix; readonly B: RationalMatrix } {
  const finite = points.map(Rational.of);
  const others = (point: Rational): readonly Rational[] => finite.filter((other) => !other.equals(point));
  const powers = (point: Rational, count: number): Rational[] => {
    const all = [ONE];
    while (all.length < count) all.push(all.at(-1)!.times(point));
    return all;
  };
  /** Π (x − root), the lowest power first. */
  const polynomial = (roots: readonly Rational[]): Rational[] => {
    let product = [ONE];
    for (const root of roots)
      product = [...product, ZERO].map((_, i) => (product[i - 1] ?? ZERO).minus(root.times(product[i] ?? ZERO)));
    return product;
  };
  const last = (count: number): Rational[] => [...new Array<Rational>(count - 1).fill(ZERO), ONE];
  return {
    A: [...finite.map((point) => powers(point, outputs)), last(outputs)],
    G: [
      ...finite.map((point) => {
        const scale = others(point)
          .reduce((product, other) => product.times(point.minus(other)), ONE)
          .inverse();
        return powers(point, taps).map((power) => power.times(scale));
      }),
      last(taps),
    ],
    B: [...finite.map((point) => [...polynomial(others(point)), ZERO]), polynomial(finite)],
  };
}
