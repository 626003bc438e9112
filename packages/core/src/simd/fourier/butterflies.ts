/**
 * Discrete Fourier transforms of two to five complex numbers, and their products with roots of unity, as code: of vectors of either
 * element type, in place.
 *
 *     z[k] ← Σ_l ω^(k·l) · z[l]        ω = e^(−2πi/r), or its inverse
 *
 * Source: C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", section 2.1.
 *
 * @module
 */

import type { FloatVectors, FunctionBuilder, Local, V128 } from "../engine/assembler.ts";

type Vector = Local<"v128">;
export type Complex = readonly [re: Vector, im: Vector];
/** How many numbers there are transforms of. */
export type Radix = 2 | 3 | 4 | 5;

/** New locals for a complex number. */
export function complex(f: FunctionBuilder): Complex {
  return [f.v128(), f.v128()];
}

/** z ← z · w, or z · conj w; `product` is any local. */
export function multiply(
  f: FunctionBuilder,
  v: FloatVectors,
  [re, im]: Complex,
  [c, s]: readonly [V128, V128],
  conjugate: boolean,
  product: Vector,
): void {
  const [plus, minus] = [v.multiplyAdd, v.multiplySubtract];
  f.set(product, (conjugate ? plus : minus)(im, s, v.mul(re, c)));
  f.set(im, (conjugate ? minus : plus)(re, s, v.mul(im, c)));
  f.set(re, product);
}

/** Makes the transform of a radix; its own locals are declared once. */
export function butterfly(
  f: FunctionBuilder,
  v: FloatVectors,
  radix: Radix,
  inverse: boolean,
): (z: readonly Complex[]) => void {
  const make = { 2: butterfly2, 3: butterfly3, 4: butterfly4, 5: butterfly5 }[radix];
  const compute = make(f, v);
  // The inverse is the same, with its results in the order of the other sense of rotation.
  return (z) => compute(z, inverse ? [z[0]!, ...z.slice(1).reverse()] : z);
}

/** Reads all of z before it writes. */
type Butterfly = (f: FunctionBuilder, v: FloatVectors) => (z: readonly Complex[], to: readonly Complex[]) => void;

const butterfly2: Butterfly = (f, { add, sub }) => {
  const sum = f.v128();
  return ([a, b]) => {
    for (const part of [0, 1] as const) {
      f.set(sum, add(a![part], b![part]));
      f.set(b![part], sub(a![part], b![part]));
      f.set(a![part], sum);
    }
  };
};

/** z₀ + z₁ + z₂, and z₀ − (z₁ + z₂)/2 ∓ i·√¾·(z₁ − z₂). */
const butterfly3: Butterfly = (f, { add, sub, splat, multiplyAdd, multiplySubtract }) => {
  const [sum, difference, middle] = [complex(f), complex(f), complex(f)];
  return ([a, b, c], [, first, second]) => {
    for (const part of [0, 1] as const) {
      f.set(sum[part], add(b![part], c![part]));
      f.set(difference[part], sub(b![part], c![part]));
      f.set(middle[part], multiplySubtract(sum[part], splat(0.5), a![part]));
      f.set(a![part], add(a![part], sum[part]));
    }
    const sine = splat(Math.sqrt(0.75));
    f.set(second![0], multiplySubtract(difference[1], sine, middle[0]));
    f.set(second![1], multiplyAdd(difference[0], sine, middle[1]));
    f.set(first![0], multiplyAdd(difference[1], sine, middle[0]));
    f.set(first![1], multiplySubtract(difference[0], sine, middle[1]));
  };
};

const butterfly4: Butterfly = (f, { add, sub }) => {
  const [sum, difference, even, odd] = [complex(f), complex(f), complex(f), complex(f)];
  return ([a, b, c, d], [, first, , third]) => {
    for (const part of [0, 1] as const) {
      f.set(sum[part], add(a![part], c![part]));
      f.set(difference[part], sub(a![part], c![part]));
      f.set(even[part], add(b![part], d![part]));
      f.set(odd[part], sub(b![part], d![part]));
    }
    for (const part of [0, 1] as const) {
      f.set(a![part], add(sum[part], even[part]));
      f.set(c![part], sub(sum[part], even[part]));
    }
    // i · (re + i·im) = −im + i·re
    f.set(third![0], sub(difference[0], odd[1]));
    f.set(third![1], add(difference[1], odd[0]));
    f.set(first![0], add(difference[0], odd[1]));
    f.set(first![1], sub(difference[1], odd[0]));
  };
};

/** With t = z₁ ± z₄ and u = z₂ ± z₃: cosines of their sums, and ∓ i times sines of their differences. */
const butterfly5: Butterfly = (f, { add, sub, mul, splat, multiplyAdd, multiplySubtract }) => {
  const [c1, c2] = [1, 2].map((k) => splat(Math.cos((2 * Math.PI * k) / 5))) as [V128, V128];
  const [s1, s2] = [1, 2].map((k) => splat(Math.sin((2 * Math.PI * k) / 5))) as [V128, V128];
  const [t, u] = [complex(f), complex(f)];
  const [near, far] = [complex(f), complex(f)];
  const [first, second] = [complex(f), complex(f)];
  return ([z0, z1, z2, z3, z4], to) => {
    for (const part of [0, 1] as const) {
      f.set(t[part], add(z1![part], z4![part]));
      f.set(u[part], add(z2![part], z3![part]));
      f.set(near[part], multiplyAdd(u[part], c2, multiplyAdd(t[part], c1, z0![part])));
      f.set(far[part], multiplyAdd(u[part], c1, multiplyAdd(t[part], c2, z0![part])));
      f.set(z0![part], add(z0![part], add(t[part], u[part])));
      f.set(t[part], sub(z1![part], z4![part]));
      f.set(u[part], sub(z2![part], z3![part]));
      f.set(first[part], multiplyAdd(u[part], s2, mul(t[part], s1)));
      f.set(second[part], multiplySubtract(u[part], s1, mul(t[part], s2)));
    }
    for (const [up, down, cosines, sines] of [
      [to[1]!, to[4]!, near, first],
      [to[2]!, to[3]!, far, second],
    ] as const) {
      f.set(up[0], add(cosines[0], sines[1]));
      f.set(up[1], sub(cosines[1], sines[0]));
      f.set(down[0], sub(cosines[0], sines[1]));
      f.set(down[1], add(cosines[1], sines[0]));
    }
  };
};
