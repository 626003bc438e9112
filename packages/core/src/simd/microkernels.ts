/**
 * The shapes of tiles, and which one suits a product of M pixels by N channels.
 *
 * A tile of MR × NR sums needs MR·NR/4 + NR/4 + 1 vector registers of the 15 that V8 leaves; over budget it falls to
 * half. Wider tiles load less per multiply-add, smaller ones waste less at the edges.
 *
 * @module
 */

import type { SimdEngine } from "./engine.ts";

/** Rows and columns of a tile; columns come in vectors of four. */
export interface TileShape {
  readonly mr: number;
  readonly vectors: number;
}

/** Compilers as far as tiles go: with fused multiply-add or without, folding constant offsets or not. */
type Compiler = "fmaFolding" | "fma" | "folding" | "plain";

interface Microkernel extends TileShape {
  /** Measured GFLOP/s, one thread, out of the first-level cache, where a fused ceiling of 60 was measured. */
  readonly speed: Readonly<Record<Compiler, number>>;
}

/**
 * Measured 2026-11-22 on an AMD EPYC (Zen 4): the folding columns in Node 24 (V8 13.6), the others in Node 22
 * (V8 12.4). There a loop over k must not be unrolled.
 */
export const MICROKERNELS: readonly Microkernel[] = [
  { mr: 6, vectors: 2, speed: { fmaFolding: 57.5, fma: 32.5, folding: 29.3, plain: 28.6 } },
  { mr: 5, vectors: 2, speed: { fmaFolding: 55.2, fma: 27.5, folding: 43.9, plain: 29.8 } },
  { mr: 4, vectors: 2, speed: { fmaFolding: 53.9, fma: 53.7, folding: 42.9, plain: 39.0 } },
  { mr: 3, vectors: 3, speed: { fmaFolding: 54.6, fma: 54.9, folding: 43.6, plain: 29.4 } },
  { mr: 3, vectors: 2, speed: { fmaFolding: 43.8, fma: 43.7, folding: 40.5, plain: 37.5 } },
  { mr: 2, vectors: 4, speed: { fmaFolding: 54.1, fma: 53.9, folding: 41.3, plain: 38.7 } },
  { mr: 8, vectors: 1, speed: { fmaFolding: 44.6, fma: 22.0, folding: 37.1, plain: 23.8 } },
];

/** Part of a tile's speed that is left when its last panel has fewer vectors. */
const NARROW_PANEL_SPEED = 0.7;

/** Name of a tile, such as `6x8`: pixels by channels. */
export function tileName({ mr, vectors }: TileShape): string {
  return `${mr}x${4 * vectors}`;
}

/** The tile that computes M pixels by N channels soonest. */
export function chooseTile(engine: SimdEngine, pixels: number, channels: number): TileShape {
  const compiler: Compiler = engine.features.foldsOffsets
    ? engine.fma
      ? "fmaFolding"
      : "folding"
    : engine.fma
      ? "fma"
      : "plain";
  const allowed = MICROKERNELS.filter(
    (kernel) => engine.microkernel === undefined || tileName(kernel) === engine.microkernel,
  );
  const time = ({ mr, vectors, speed }: Microkernel): number => {
    const whole = Math.floor(channels / (4 * vectors)) * vectors;
    const rest = Math.ceil(channels / 4) - whole;
    return (Math.ceil(pixels / mr) * mr * (whole + rest / NARROW_PANEL_SPEED)) / speed[compiler];
  };
  return allowed.reduce((best, kernel) => (time(kernel) < time(best) ? kernel : best));
}
