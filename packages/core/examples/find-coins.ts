/**
 * Finds all coins of a photograph by template matching, and draws a circle around each: `npm run example find-coins.ts`.
 *
 * The coins are of all sizes and wear, and the light falls off across the picture. What they share is being a bright disc on a
 * darker ground, so that is the template, in a few sizes; normalised cross-correlation does not mind how bright. At each place
 * the size that fits best counts, and of places that are nearer to each other than two coins can be the best one.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
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

/** The photograph with a circle around each coin, as a PNG. */
export function drawCoins(coins: readonly Coin[]): Promise<Buffer> {
  const { url, width, height } = PHOTOGRAPHS.coins;
  const circles = coins.map(({ row, column, radius }) => `<circle cx="${column}" cy="${row}" r="${radius}"/>`);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="none" stroke="#e06c1a" stroke-width="2">${circles.join("")}</svg>`;
  return sharp(fileURLToPath(url))
    .toColourspace("srgb")
    .composite([{ input: Buffer.from(drawing) }])
    .png()
    .toBuffer();
}

if (import.meta.main) {
  const coins = findCoins(await readCoins());
  console.log(`${coins.length} coins`);
  console.table(coins.map((coin) => ({ ...coin, score: coin.score.toFixed(2) })));
  const folder = new URL("../../../report/", import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("coins.png", folder), await drawCoins(coins));
  console.log("report/coins.png shows them");
}
