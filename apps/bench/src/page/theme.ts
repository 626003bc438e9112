/**
 * How charts look: the colours of the page's own style, and for each variant a colour and a mark that stay the same in
 * every chart. Colours follow Okabe and Ito's palette, told apart by any colour vision; ours are the blues and the
 * grey. Marks differ too, so that a print in grey can be read.
 *
 * Source: M. Okabe and K. Ito, "Color Universal Design", 2008.
 *
 * @module
 */

/** A shape that stands for a variant. */
export type Mark = "circle" | "rect" | "diamond" | "triangle";

/** How one variant is drawn. */
export interface Look {
  readonly color: string;
  readonly mark: Mark;
}

/** The colours of the page. */
export interface Theme {
  readonly dark: boolean;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly paper: string;
  readonly font: string;
}

/** Reads the theme that the style sheet has chosen. */
export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const property = (name: string) => style.getPropertyValue(name).trim();
  return {
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    ink: property("--ink"),
    muted: property("--muted"),
    rule: property("--rule"),
    paper: property("--paper"),
    font: property("--sans"),
  };
}

/** Colour on light paper, colour on dark paper, mark. */
const LOOKS: Readonly<Record<string, readonly [light: string, dark: string, mark: Mark]>> = {
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
  "onnxruntime-web": ["#009e73", "#2cc79b", "rect"],
  "onnxruntime-node": ["#00604a", "#8adfc4", "diamond"],
  "opencv.js": ["#cc79a7", "#e39ac3", "circle"],
  sharp: ["#8f3d75", "#c776b0", "diamond"],
  "image-js": ["#a8972b", "#e0d25a", "triangle"],
};

/** For variants that came from elsewhere. */
const SPARE: readonly (readonly [light: string, dark: string, mark: Mark])[] = [
  ["#6a51a3", "#b39ddb", "triangle"],
  ["#4d4d4d", "#c8c8c8", "rect"],
  ["#b2182b", "#ef8a80", "circle"],
  ["#5a7d2a", "#a9d06c", "diamond"],
];

/** How `variant` is drawn; `index` tells unknown ones apart. */
export function lookOf(variant: string, index: number, { dark }: Theme): Look {
  const [light, onDark, mark] = LOOKS[variant] ?? SPARE[index % SPARE.length];
  return { color: dark ? onDark : light, mark };
}
