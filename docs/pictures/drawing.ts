/**
 * What the pictures have in common: a white card that reads on light and dark pages alike, one set of colours (blue below
 * zero, orange above), matrices as images of one square per element, and the folder they are written to.
 *
 * @module
 */

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Matrix } from "@corr2d/core";
import sharp from "sharp";

/** Writes a picture to the folder that the program was given, or to `docs`. */
export function write(name: string, picture: string): Promise<void> {
  return writeFile(resolve(process.argv[2] ?? resolve(import.meta.dirname, ".."), `${name}.svg`), picture);
}

/** A finished picture: what `body` draws, on a card of this size, said in one sentence for those who cannot see it. */
export function svg(size: readonly [width: number, height: number], title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(" ")}" role="img">
<title>${title}</title>
<style>
  text { font-family: system-ui, sans-serif; text-anchor: middle; fill: #24292f }
  .caption { font-size: 17px; fill: #57606a }
  .label { font-size: 17px }
  .weight { font-size: 20px }
  .operator { font-size: 34px; fill: #57606a }
  .right { text-anchor: end }
  .left { text-anchor: start }
  rect { stroke: #8c959f }
  .negative { fill: #ddf4ff }
  .zero { fill: #f6f8fa }
  .positive { fill: #ffd8b5 }
  .bar { fill: #0969da; stroke: none }
  .frame { fill: none }
</style>
<rect width="100%" height="100%" rx="8" style="fill: #fff; stroke: none"/>
${body}
</svg>
`;
}

/** A line of text. */
export function text(x: number, y: number, words: string, kind = "caption"): string {
  return `<text x="${x}" y="${y}" class="${kind}">${words}</text>`;
}

/** An image file as part of a picture. */
export function image(
  [left, top]: readonly [number, number],
  [width, height]: readonly [number, number],
  type: "png" | "jpeg",
  bytes: Buffer,
): string {
  const data = bytes.toString("base64");
  return `<image x="${left}" y="${top}" width="${width}" height="${height}" href="data:image/${type};base64,${data}"/>`;
}

/** The colours of the largest weight above and below zero. */
const [ABOVE, BELOW] = [
  [0xd9, 0x5f, 0x0e],
  [0x09, 0x69, 0xda],
] as const;

/**
 * A matrix in a frame, each element a square of `cell`: white at 0, full colour from `most` on. What is NaN is no element, and
 * grey.
 */
export async function heatMap(
  [left, top]: readonly [number, number],
  { shape: [rows, columns], data }: Matrix,
  cell: number,
  most: number,
): Promise<string> {
  const [width, height] = [columns * cell, rows * cell];
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = data[Math.floor(y / cell) * columns + Math.floor(x / cell)];
      const strength = Math.min(1, Math.abs(value) / most);
      for (let c = 0; c < 3; c++) {
        const full = (value < 0 ? BELOW : ABOVE)[c];
        pixels[(y * width + x) * 3 + c] = Number.isNaN(value) ? 0xe4 : Math.round(255 + strength * (full - 255));
      }
    }
  }
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ palette: true, compressionLevel: 9 })
    .toBuffer();
  const frame = `<rect x="${left}" y="${top}" width="${width}" height="${height}" class="frame"/>`;
  return image([left, top], [width, height], "png", png) + frame;
}
