/**
 * What charts that are drawn without a library share: words, coordinates, and scales whose steps are factors of two.
 *
 * @module
 */

import { escapeHtml } from "@corr2d/parity/escape";
import { type Drawing, digits } from "./axes.ts";
import { lookOf, markShape } from "./looks.ts";

/** Radius of marks, in pixels. */
export const MARK_RADIUS = 5;

/** The opening of a chart. */
export function openSvg(width: number, height: number): string {
  return `<svg class="chart-svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg">`;
}

/** A line of text, which looks as the group that it is in. */
export function label(text: string, x: number, y: number): string {
  return `<text x="${px(x)}" y="${px(y)}">${escapeHtml(text)}</text>`;
}

/** Lines of text that look alike. */
export function labels(classes: string, anchor: "start" | "middle" | "end", lines: readonly string[]): string {
  return `<g class="${classes}" text-anchor="${anchor}">${lines.join("")}</g>`;
}

/** A tenth of a pixel is enough. */
export function px(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** How many times: `2×`, `1/4`. */
export function factor(value: number): string {
  return value < 1 ? `1/${digits(1 / value)}` : `${digits(value)}×`;
}

/** About `most` powers of 2, or of 4, or of 8 …, 1 among them, the first and the last beyond the logarithms given. */
export function powersOfTwo(lowest: number, highest: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((highest - lowest) / most));
  const [first, last] = [Math.floor(lowest / step), Math.ceil(highest / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => 2 ** (step * (first + i)));
}

/** Marks and names in rows, of a chart that stands alone. */
export function legendOf(names: readonly string[], { width, indexOf }: Drawing): string {
  let [x, y] = [0, 10];
  return names
    .map((name) => {
      const needs = 38 + 7 * name.length;
      if (x > 0 && x + needs > width) [x, y] = [0, y + 22];
      const shape = markShape(lookOf(name, indexOf(name)), x + 7, y, MARK_RADIUS);
      const entry = `<g data-v="${indexOf(name)}">${shape}</g>${labels("ink", "start", [label(name, x + 19, y)])}`;
      x += needs;
      return entry;
    })
    .join("");
}
