/**
 * Finds all coins of a photograph by template matching: `node packages/core/examples/find-coins.ts` (Node 24).
 *
 * The coins are of all sizes and wear, and the light falls off across the picture. What they share is being a bright disc on a
 * darker ground, so that is the template, in a few sizes; normalised cross-correlation does not mind how bright. At each place
 * the size that fits best counts, and of places that are nearer to each other than two coins can be the best one.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { findPeaks, type Matrix, matchTemplate, tensor } from "@corr2d/core";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import sharp from "sharp";

/** A coin, in pixels. */
export interface Coin {
  readonly row: number;
  readonly column: number;
  readonly radius: number;
  /** How much it looks like a disc: a correlation coefficient. */
  readonly score: number;
}

const RADII = [18, 20, 22, 24, 26, 28, 30];
/** Ground around the disc, so that its edge counts. */
const MARGIN = 5;
/** Coins do not overlap: the centres of two are further apart than the diameter of the smallest. */
const DISTANCE = 2 * RADII[0];
/** Every coin scores more than 0.8 and nothing else more than 0.3. */
const THRESHOLD = 0.5;

/** A bright disc on a dark ground. */
function disc(radius: number): Matrix {
  const size = 2 * (radius + MARGIN) + 1;
  const isInside = (i: number): boolean =>
    Math.hypot(Math.floor(i / size) - radius - MARGIN, (i % size) - radius - MARGIN) <= radius;
  return tensor(
    [size, size],
    Float32Array.from({ length: size * size }, (_, i) => (isInside(i) ? 1 : 0)),
  );
}

/** The coins of a grey picture, best first. */
export function findCoins(picture: Matrix): Coin[] {
  const [height, width] = picture.shape;
  const best = tensor([height, width], new Float32Array(height * width).fill(-1));
  const radii = new Uint8Array(height * width);
  for (const radius of RADII) {
    const scores = matchTemplate(picture, disc(radius));
    scores.data.forEach((score, i) => {
      const row = Math.floor(i / scores.shape[1]) + radius + MARGIN;
      const column = (i % scores.shape[1]) + radius + MARGIN;
      if (score <= best.data[row * width + column]) return;
      best.data[row * width + column] = score;
      radii[row * width + column] = radius;
    });
  }
  return findPeaks(best, { threshold: THRESHOLD, distance: DISTANCE }).map(({ row, column, value }) => ({
    row,
    column,
    radius: radii[row * width + column],
    score: value,
  }));
}

/** The photograph of coins, grey, 0 … 255. */
export async function readCoins(): Promise<Matrix> {
  const { url, width, height } = PHOTOGRAPHS.coins;
  const pixels = await sharp(fileURLToPath(url)).greyscale().raw().toBuffer();
  return tensor([height, width], Float32Array.from(pixels));
}

if (import.meta.main) {
  const coins = findCoins(await readCoins());
  console.log(`${coins.length} coins`);
  console.table(coins.map((coin) => ({ ...coin, score: coin.score.toFixed(2) })));
}
