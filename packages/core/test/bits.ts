/**
 * Digests of results, by which hosts, engines and releases are compared to the bit. Needs nothing of Node.
 *
 * @module
 */

import { convolve2d, corr2d, tensor } from "@corr2d/core";
import type { ConvAlgorithm } from "@corr2d/core/internals";
import { CASES, type CaseData, type ConvCase, exactData, type Random, seededRandom } from "@corr2d/testkit";
import { computePass, geometryOf, supports } from "./case-pass.ts";

/** A digest for each algorithm, by name. */
export type Digests = Readonly<Record<string, string>>;

/** FNV-1a of the bits of arrays, which are added one by one. */
class Digest {
  #state = 0x811c9dc5;

  add({ buffer, byteOffset, length }: Float32Array): void {
    for (const word of new Uint32Array(buffer, byteOffset, length))
      this.#state = Math.imul(this.#state ^ word, 0x01000193);
  }

  toString(): string {
    return (this.#state >>> 0).toString(16).padStart(8, "0");
  }
}

/** A multiple of 2⁻²⁴, of which products are rounded; as no host rounds it another way, as it may the logarithm of a normal one. */
const sample = (random: Random): number => random.integer(1 - 2 ** 24, 2 ** 24 - 1) / 2 ** 24;

/** Data of a case for all hosts alike. */
export function bitsData(convCase: ConvCase): CaseData {
  const random = seededRandom(7, `bits of ${convCase.name}`);
  const refilled = (array: Float32Array): Float32Array => array.map(() => sample(random));
  const { x, filter, bias, dy } = exactData(convCase, 1);
  return { x: refilled(x), filter: refilled(filter), bias: bias && refilled(bias), dy: refilled(dy) };
}

/** Of every case of the table and every pass that an algorithm computes. */
export function networkDigests(algorithms: readonly ConvAlgorithm[]): Digests {
  return Object.fromEntries(
    algorithms.map((algorithm) => {
      const digest = new Digest();
      for (const convCase of CASES) {
        const data = bitsData(convCase);
        for (const pass of ["forward", "inputGradient", "filterGradient"] as const)
          if (supports(algorithm, geometryOf(convCase), pass)) digest.add(computePass(algorithm, pass, convCase, data));
      }
      return [algorithm.name, digest.toString()];
    }),
  );
}

/** Of the correlations of matrices on SIMD. */
export function matrixDigests(): Digests {
  const random = seededRandom(7, "bits of matrices");
  const made = (...shape: readonly [number, number]) =>
    tensor(
      shape,
      new Float32Array(shape[0] * shape[1]).map(() => sample(random)),
    );
  const pairs = [
    [made(40, 53), made(5, 7)],
    [made(130, 90), made(31, 21)],
  ] as const;
  return Object.fromEntries(
    (["direct", "separable", "fft"] as const).map((algorithm) => {
      const digest = new Digest();
      for (const [x, k] of pairs) {
        const factors = { column: k.data.slice(0, k.shape[0]), row: k.data.slice(0, k.shape[1]) };
        for (const operation of [corr2d, convolve2d])
          for (const boundary of ["constant", "reflect"] as const) {
            const options = { mode: "same", boundary, algorithm, engine: "simd" } as const;
            digest.add(operation(x, algorithm === "separable" ? factors : k, options).data);
          }
      }
      return [algorithm, digest.toString()];
    }),
  );
}
