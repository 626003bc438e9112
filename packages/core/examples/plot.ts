/**
 * Lines over one axis as an SVG file, for the examples on signals.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";

/** A line of a plot. */
export interface Line {
  readonly name: string;
  readonly values: ArrayLike<number>;
  readonly colour: string;
}

/** One panel above the other, each with its lines; `marks` are places on the axis that are pointed out. */
export interface Panel {
  readonly lines: readonly Line[];
  /** The first place on the axis. Default 0. */
  readonly first?: number;
  readonly marks?: readonly number[];
}

const [WIDTH, HEIGHT, MARGIN] = [900, 180, 24];

/** The drawing. */
export function drawn(panels: readonly Panel[]): string {
  const parts = panels.map(
    (panel, p) => `<g transform="translate(0 ${p * (HEIGHT + MARGIN) + MARGIN})">${panelOf(panel)}</g>`,
  );
  const height = panels.length * (HEIGHT + MARGIN) + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>\n`;
}

function panelOf({ lines, first = 0, marks = [] }: Panel): string {
  const all = lines.flatMap(({ values }) => Array.from(values));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const count = Math.max(...lines.map(({ values }) => values.length));
  const x = (i: number): number =>
    Math.round((1000 * (i * (WIDTH - 2 * MARGIN))) / Math.max(1, count - 1)) / 1000 + MARGIN;
  const y = (value: number): number => Math.round((1000 * HEIGHT * (high - value)) / (high - low || 1)) / 1000;
  const paths = lines.map(
    ({ values, colour }) =>
      `<polyline fill="none" stroke="${colour}" points="${Array.from(values, (value, i) => `${x(i)},${y(value)}`).join(" ")}"/>`,
  );
  const names = lines.map(
    ({ name, colour }, i) => `<text x="${MARGIN + 4 + 220 * i}" y="-6" fill="${colour}">${name}</text>`,
  );
  const pointed = marks.map(
    (place) =>
      `<line x1="${x(place - first)}" x2="${x(place - first)}" y1="0" y2="${HEIGHT}" stroke="#999" stroke-dasharray="4"/><text x="${x(place - first) + 4}" y="12" fill="#555">${place}</text>`,
  );
  return [...paths, ...names, ...pointed].join("");
}

/** Writes a drawing to the folder `report` of the project, and says so. */
export async function writePlot(name: string, panels: readonly Panel[]): Promise<void> {
  const folder = new URL("../../../report/", import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(name, folder), drawn(panels));
  console.log(`report/${name} shows it`);
}
