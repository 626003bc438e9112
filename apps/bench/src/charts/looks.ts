/**
 * How charts look: for each variant a colour and a mark that stay the same in every chart. Colours follow Okabe and Ito's
 * palette, told apart by any colour vision; ours are the blues and the grey. Marks differ in shape, and those of ONNX Runtime,
 * OpenCV and image-js are hollow, so that a print in grey can be read.
 *
 * A chart names its colours by custom properties of CSS, and the style sheet that goes with it says what they are by day, by
 * night and on paper: one drawing serves them all.
 *
 * Source: M. Okabe and K. Ito, "Color Universal Design", 2008.
 *
 * @module
 */

import { escapeHtml } from "@corr2d/parity/escape";

/** A shape that stands for a variant. */
export type Mark = "circle" | "rect" | "diamond" | "triangle";

/** How one variant is drawn. */
export interface Look {
  readonly color: string;
  readonly mark: Mark;
  readonly hollow: boolean;
}

/** Colours of what is not data. */
export const INK = "var(--ink)";
export const MUTED = "var(--muted)";
export const RULE = "var(--rule)";
export const PAPER = "var(--paper)";

type LookOfBoth = readonly [light: string, dark: string, mark: Mark, hollow?: "hollow"];

/** Colour on light paper, colour on dark paper, mark. */
const LOOKS: Readonly<Record<string, LookOfBoth>> = {
  "corr2d/function": ["#1f3b73", "#b7cdf5", "triangle"],
  "corr2d/simd-function": ["#24478f", "#9db9ef", "rect"],
  "corr2d/simd-plan": ["#2b57ad", "#83a8ea", "triangle"],
  "corr2d/naive": ["#8a8f98", "#9aa0aa", "circle"],
  "corr2d/im2col": ["#8fc1ea", "#a8d3f5", "rect"],
  "corr2d/tiled": ["#56b4e9", "#6cc0f0", "circle"],
  "corr2d/direct": ["#2f6fd6", "#6a9cf5", "rect"],
  "corr2d/winograd2": ["#5b4bb5", "#8f7ff0", "circle"],
  "corr2d/winograd4": ["#3d2a9c", "#7361d9", "triangle"],
  "corr2d/depthwise": ["#1d4e89", "#4f86c9", "circle"],
  "corr2d/single-channel": ["#123a6b", "#3f6fa8", "rect"],
  "corr2d/revectorized": ["#003c71", "#8fd0ff", "diamond"],
  "corr2d/auto": ["#0072b2", "#3b9fe0", "diamond"],
  "tfjs-cpu": ["#e69f00", "#f0b429", "circle"],
  "tfjs-wasm": ["#d55e00", "#f07f33", "rect"],
  "tfjs-node": ["#8c3b00", "#c96a3a", "diamond"],
  "onnxruntime-web": ["#009e73", "#2cc79b", "rect", "hollow"],
  "onnxruntime-node": ["#00604a", "#8adfc4", "diamond", "hollow"],
  "opencv.js": ["#cc79a7", "#e39ac3", "circle", "hollow"],
  sharp: ["#8f3d75", "#c776b0", "triangle"],
  "image-js": ["#a8972b", "#e0d25a", "triangle", "hollow"],
};

/** For variants that came from elsewhere. */
const SPARE: readonly LookOfBoth[] = [
  ["#6a51a3", "#b39ddb", "triangle"],
  ["#4d4d4d", "#c8c8c8", "rect"],
  ["#b2182b", "#ef8a80", "circle"],
  ["#5a7d2a", "#a9d06c", "diamond"],
];

/** How the variant at this place among those of a report is drawn. */
export function lookOf(variant: string, index: number): Look {
  const [, , mark, hollow] = bothOf(variant, index);
  return { color: `var(--c${index})`, mark, hollow: hollow !== undefined };
}

/**
 * An outline in the colour of the variant that it, or what it lies in, belongs to (`data-v`); `words` are said on hovering.
 */
export function painted(outline: string, hollow: boolean, words?: string): string {
  const opening = `<path class="${hollow ? "hollow" : "full"}" d="${outline}"`;
  return words === undefined ? `${opening}/>` : `${opening}><title>${escapeHtml(words)}</title></path>`;
}

/** The outline of a mark around a point, as path data. */
export function markPath(mark: Mark, x: number, y: number, radius: number): string {
  const by = (factor: number): number => tenth(factor * radius);
  const from = (dx: number, dy: number): string => `M${tenth(x + dx * radius)} ${tenth(y + dy * radius)}`;
  switch (mark) {
    case "circle":
      return `${from(-1, 0)}a${radius} ${radius} 0 1 0 ${by(2)} 0a${radius} ${radius} 0 1 0 ${by(-2)} 0z`;
    case "rect":
      return `${from(-0.9, -0.9)}h${by(1.8)}v${by(1.8)}h${by(-1.8)}z`;
    case "diamond":
      return `${from(0, -1.3)}l${by(1.3)} ${by(1.3)}l${by(-1.3)} ${by(1.3)}l${by(-1.3)} ${by(-1.3)}z`;
    case "triangle":
      return `${from(0, -1.2)}l${by(1.15)} ${by(2.1)}h${by(-2.3)}z`;
  }
}

/** A mark of a look around a point. */
export function markShape({ mark, hollow }: Look, x: number, y: number, radius: number, words?: string): string {
  return painted(markPath(mark, x, y, radius), hollow, words);
}

/** A mark and its name, as an entry of a legend. */
export function legendEntry(variant: string, index: number): string {
  return `<li data-v="${index}"><svg class="chart-svg" viewBox="0 0 12 12" aria-hidden="true">${markShape(lookOf(variant, index), 6, 6, 4.4)}</svg> ${escapeHtml(variant)}</li>`;
}

function tenth(value: number): number {
  return Number(value.toFixed(1));
}

function bothOf(variant: string, index: number): LookOfBoth {
  return LOOKS[variant] ?? SPARE[index % SPARE.length];
}

const PAGE_COLORS = {
  light: { ink: "#1d1c1a", muted: "#6a6761", rule: "#e3dfd6", paper: "#fcfbf8" },
  dark: { ink: "#e7e4dd", muted: "#9d9a93", rule: "#30333a", paper: "#15171a" },
} as const;

/** The style sheet that gives the colours of these variants, and with `page` those of everything else. */
export function colorSheet(variants: readonly string[], { page = false }: { readonly page?: boolean } = {}): string {
  const rules = (side: 0 | 1): string =>
    [
      ...variants.map((variant, index) => `--c${index}:${bothOf(variant, index)[side]}`),
      ...(page
        ? Object.entries(side === 0 ? PAGE_COLORS.light : PAGE_COLORS.dark).map(([name, color]) => `--${name}:${color}`)
        : []),
    ].join(";");
  const ofMarks = variants.map((_, index) => `[data-v="${index}"]{--v:var(--c${index})}`).join("");
  return `${ofMarks}:root{${rules(0)}}@media screen and (prefers-color-scheme:dark){:root{${rules(1)}}}`;
}
