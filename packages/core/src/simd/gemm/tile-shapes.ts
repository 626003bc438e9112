/**
 * The shapes of tiles, and which one suits a product of M pixels by N channels.
 *
 * A tile of MR × NR sums needs MR·NR/4 + NR/4 + 1 vector registers of the 15 that V8 leaves; over budget it falls to
 * half. Wider tiles load less per multiply-add, smaller ones waste less at the edges. Where the compiler makes one 256-bit
 * operation of two, half the registers do, and a tile is twice as wide.
 *
 * @module
 */

import type { SimdEngine } from "../engine/engine.ts";

/** Rows and columns of a tile; columns come in vectors of four. */
export interface TileShape {
  readonly mr: number;
  readonly vectors: number;
}

/**
 * Compilers as far as tiles go: with fused multiply-add or without, folding constant offsets or not, or making 256-bit
 * operations of pairs of vectors.
 */
type Compiler = "revectorized" | "fmaFolding" | "fma" | "folding" | "plain";

interface Microkernel extends TileShape {
  /** Measured GFLOP/s, one thread, out of the first-level cache, where a fused ceiling of 60 was measured. */
  readonly speed: Readonly<Record<Compiler, number>>;
}

/**
 * Measured 2026-11-22 on an AMD EPYC (Zen 4): the folding columns in Node 24 (V8 13.6), the others in Node 22
 * (V8 12.4). There a loop over k must not be unrolled. On 2026-11-23 there, too: the column of wide operations (fused)
 * and the wide tiles, 6×16 and its like, and that Node 26 (V8 14.6) is within 3 % of Node 24 in all of it.
 */
export const MICROKERNELS: readonly Microkernel[] = [
  { mr: 6, vectors: 4, speed: { revectorized: 106.5, fmaFolding: 32.0, fma: 32.3, folding: 31.4, plain: 30.9 } },
  { mr: 5, vectors: 4, speed: { revectorized: 99.8, fmaFolding: 31.1, fma: 31.9, folding: 30.0, plain: 30.3 } },
  { mr: 4, vectors: 4, speed: { revectorized: 93.0, fmaFolding: 28.2, fma: 32.3, folding: 32.9, plain: 31.1 } },
  { mr: 6, vectors: 2, speed: { revectorized: 75.0, fmaFolding: 57.5, fma: 32.5, folding: 29.3, plain: 28.6 } },
  { mr: 5, vectors: 2, speed: { revectorized: 66.2, fmaFolding: 55.2, fma: 27.5, folding: 43.9, plain: 29.8 } },
  { mr: 4, vectors: 2, speed: { revectorized: 55.7, fmaFolding: 53.9, fma: 53.7, folding: 42.9, plain: 39.0 } },
  { mr: 3, vectors: 3, speed: { revectorized: 57.4, fmaFolding: 54.6, fma: 54.9, folding: 43.6, plain: 29.4 } },
  { mr: 3, vectors: 2, speed: { revectorized: 43.3, fmaFolding: 43.8, fma: 43.7, folding: 40.5, plain: 37.5 } },
  { mr: 2, vectors: 4, speed: { revectorized: 57.1, fmaFolding: 54.1, fma: 53.9, folding: 41.3, plain: 38.7 } },
  { mr: 8, vectors: 1, speed: { revectorized: 42.3, fmaFolding: 44.6, fma: 22.0, folding: 37.1, plain: 23.8 } },
];

/** Part of a tile's speed that is left when its last panel has fewer vectors. */
const NARROW_PANEL_SPEED = 0.7;

/**
 * What a weight costs each time it passes by, in the unit of terms / speed, beside its share in `speed`: from the
 * second-level cache or beyond. It decides between tiles of like speed for the one that needs fewer passes.
 */
const WEIGHT_PASS = 0.005;

/** Name of a tile, such as `6x8`: pixels by channels. */
export function tileName({ mr, vectors }: TileShape): string {
  return `${mr}x${4 * vectors}`;
}

function compilerOf({ features, fma }: SimdEngine): Compiler {
  if (features.revectorizes) return "revectorized";
  if (features.foldsOffsets) return fma ? "fmaFolding" : "folding";
  return fma ? "fma" : "plain";
}

/** The tile that computes M pixels by N channels soonest. */
export function chooseTile(engine: SimdEngine, pixels: number, channels: number): TileShape {
  const compiler = compilerOf(engine);
  const allowed = MICROKERNELS.filter(
    (kernel) => engine.microkernel === undefined || tileName(kernel) === engine.microkernel,
  );
  const time = ({ mr, vectors, speed }: Microkernel): number => {
    const whole = Math.floor(channels / (4 * vectors)) * vectors;
    const rest = Math.ceil(channels / 4) - whole;
    const passes = Math.ceil(pixels / mr);
    return passes * (whole + rest / NARROW_PANEL_SPEED) * (mr / speed[compiler] + WEIGHT_PASS);
  };
  return allowed.reduce((best, kernel) => (time(kernel) < time(best) ? kernel : best));
}
