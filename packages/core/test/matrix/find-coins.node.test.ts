import { expect, it } from "vitest";
import { findCoins, readCoins } from "../../examples/find-coins.ts";

/** Centres of the coins: scikit-image 0.26's segmentation of the picture by watershed, less specks of under 100 pixels. */
const CENTRES = [
  [44, 335],
  [51, 155],
  [51, 215],
  [52, 276],
  [54, 44],
  [56, 100],
  [119, 271],
  [124, 45],
  [124, 205],
  [125, 336],
  [126, 102],
  [127, 154],
  [187, 347],
  [193, 212],
  [194, 274],
  [196, 102],
  [197, 44],
  [198, 154],
  [260, 46],
  [261, 172],
  [263, 301],
  [263, 244],
  [266, 114],
  [268, 358],
] as const;

it("finds every coin of the photograph, once, and nothing else", async () => {
  const coins = findCoins(await readCoins());
  const found = coins.map(({ row, column }) =>
    CENTRES.findIndex(([i, j]) => Math.abs(i - row) <= 4 && Math.abs(j - column) <= 4),
  );
  expect(found.toSorted((a, b) => a - b)).toEqual(Array.from(CENTRES.keys()));
  for (const { radius, score } of coins) {
    expect(radius).toBeGreaterThanOrEqual(18);
    expect(score).toBeGreaterThan(0.8);
  }
});
