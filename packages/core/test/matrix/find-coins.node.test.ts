import sharp from "sharp";
import { expect, it } from "vitest";
import { drawCoins, findCoins, readCoins } from "../../examples/find-coins.ts";

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

it("draws a circle around each, and nothing elsewhere", async () => {
  const coin = { row: 100, column: 150, radius: 20, score: 1 };
  const [drawn, plain] = await Promise.all(
    [[coin], []].map(async (coins) =>
      sharp(await drawCoins(coins))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true }),
    ),
  );
  const { width, channels } = drawn!.info;
  const differs = (row: number, column: number): boolean => {
    const first = (row * width + column) * channels;
    return !drawn!.data.subarray(first, first + 3).equals(plain!.data.subarray(first, first + 3));
  };
  for (const [row, column] of [
    [80, 150],
    [120, 150],
    [100, 130],
    [100, 170],
  ] as const) {
    expect(differs(row, column)).toBe(true);
  }
  expect(differs(100, 150)).toBe(false);
  expect(differs(100, 180)).toBe(false);
});
