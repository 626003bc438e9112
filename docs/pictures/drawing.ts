/**
 * What the pictures have in common: a card whose colours follow those of the page, light or dark (its own background too,
 * so that words stand out whatever the page does), one set of colours (blue below zero, orange above), matrices as images
 * of one square per element, and the folder they are written to.
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
  svg {
    color-scheme: light dark;
    --card: #fff; --ink: #24292f; --quiet: #57606a; --line: #8c959f; --grid: #d0d7de;
    --bar: #0969da; --below: #ddf4ff; --none: #f6f8fa; --above: #ffd8b5;
  }
  @media (prefers-color-scheme: dark) {
    svg {
      --card: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --line: #656c76; --grid: #2f353d;
      --bar: #4493f8; --below: #0c2d6b; --none: #161b22; --above: #5a2e02;
    }
    .ink { filter: invert(1) }
  }
  text { font-family: system-ui, sans-serif; text-anchor: middle; fill: var(--ink) }
  .caption { font-size: 17px; fill: var(--quiet) }
  .label { font-size: 17px }
  .note { font-size: 14px; fill: var(--quiet) }
  .weight { font-size: 20px }
  .operator { font-size: 34px; fill: var(--quiet) }
  .right { text-anchor: end }
  .left { text-anchor: start }
  .strong { font-weight: 600 }
  rect { stroke: var(--line) }
  .negative { fill: var(--below) }
  .zero { fill: var(--none) }
  .positive { fill: var(--above) }
  .bar { fill: var(--bar); stroke: none }
  .faint { fill: var(--bar); fill-opacity: 0.3 }
  .whisker { stroke: var(--bar); stroke-width: 3 }
  .grid { stroke: var(--grid) }
  .one { stroke: var(--quiet); stroke-width: 1.5 }
  .frame { fill: none }
  .mark { fill: none; stroke: var(--ink); stroke-width: 2.5 }
  .number { font-size: 16px }
  .none { fill: var(--line) }
  .above { stroke: #e06c1a }
  .below { stroke: #2f81f7 }
  .unit { fill: var(--card); stroke: var(--ink); stroke-width: 2 }
  .arrow { stroke: var(--quiet); stroke-width: 1.5 }
  .curve { fill: none; stroke: var(--bar); stroke-width: 3 }
  .pale { stroke-opacity: 0.4 }
</style>
<rect width="100%" height="100%" rx="8" style="fill: var(--card); stroke: none"/>
${body}
</svg>
`;
}

/** A line of text. */
export function text(x: number, y: number, words: string, kind = "caption"): string {
  return `<text x="${x}" y="${y}" class="${kind}">${words}</text>`;
}

/** An image file as part of a picture; `ink` is what is drawn in black on white, and on dark pages in white on black. */
export function image(
  [left, top]: readonly [number, number],
  [width, height]: readonly [number, number],
  type: "png" | "jpeg",
  bytes: Buffer,
  kind?: "ink",
): string {
  const data = bytes.toString("base64");
  const named = kind === undefined ? "" : ` class="${kind}"`;
  return `<image x="${left}" y="${top}" width="${width}" height="${height}"${named} href="data:image/${type};base64,${data}"/>`;
}

/** The colours of the largest weight above and below zero, and of none: they read on white and on black. */
const [ABOVE, BELOW, GREY] = [
  [0xe0, 0x6c, 0x1a],
  [0x2f, 0x81, 0xf7],
  [0x80, 0x80, 0x80],
] as const;

/**
 * A matrix in a frame, each element a square of `cell`: clear at 0, full colour from `most` on. What is NaN is no element, and
 * grey.
 */
export async function heatMap(
  [left, top]: readonly [number, number],
  { shape: [rows, columns], data }: Matrix,
  cell: number,
  most: number,
): Promise<string> {
  const [width, height] = [columns * cell, rows * cell];
  const pixels = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = data[Math.floor(y / cell) * columns + Math.floor(x / cell)];
      const missing = Number.isNaN(value);
      const strength = missing ? 0.25 : Math.min(1, Math.abs(value) / most);
      pixels.set([...(missing ? GREY : value < 0 ? BELOW : ABOVE), Math.round(255 * strength)], (y * width + x) * 4);
    }
  }
  const png = await sharp(pixels, { raw: { width, height, channels: 4 } })
    .png({ palette: true, compressionLevel: 9 })
    .toBuffer();
  const frame = `<rect x="${left}" y="${top}" width="${width}" height="${height}" class="frame"/>`;
  return image([left, top], [width, height], "png", png) + frame;
}

/** A frame around what a picture speaks of. */
export function frame([x, y]: readonly [number, number], [width, height]: readonly [number, number]): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" class="mark"/>`;
}

/** A line from one point to another. */
export function arrow([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="arrow"/>`;
}

/** A matrix as numbers in cells; `weights` is coloured by sign, with zeros dimmed. */
export function grid(
  [left, top]: readonly [number, number],
  { shape: [, columns], data }: Matrix,
  cell: number,
  kind: "numbers" | "weights" = "numbers",
): string {
  const cells = Array.from(data, (value, n) => {
    const [x, y] = [left + (n % columns) * cell, top + Math.floor(n / columns) * cell];
    const sign = value < 0 ? "negative" : value > 0 && kind === "weights" ? "positive" : "zero";
    const style = kind === "weights" && value === 0 ? "number none" : "number";
    const number = text(x + cell / 2, y + cell / 2 + 6, value < 0 ? `−${-value}` : `${value}`, style);
    return `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" class="${sign}"/>${number}`;
  });
  return cells.join("");
}
