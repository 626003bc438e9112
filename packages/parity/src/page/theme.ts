/**
 * The colours of the page's own style sheet, which knows light and dark, and those of the points.
 *
 * Below the bound a colour goes from that of the paper over blue and green to amber; what is wrong is vermilion, what is known
 * to be, purple: told apart by any colour vision (M. Okabe and K. Ito, "Color Universal Design", 2008).
 *
 * @module
 */

import type { Tone } from "./points.ts";

/** The colours. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly paper: string;
  readonly font: string;
  /** From 10⁻⁴ of the bound up to it. */
  readonly scale: readonly string[];
  readonly tones: Readonly<Record<Exclude<Tone, "bounded">, string>>;
}

const SCALES = {
  light: ["#dbe6ef", "#a9c6de", "#5f9bc9", "#2b7f86", "#f0a202"],
  dark: ["#223443", "#2c5675", "#3b8fc0", "#57c4ad", "#ffc233"],
};

const TONES = {
  light: { exact: "#c9ccd1", known: "#b0699a", wrong: "#d4380d" },
  dark: { exact: "#3d434c", known: "#d594c0", wrong: "#ff6a3c" },
};

/** Reads the theme that the style sheet has chosen. */
export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const property = (name: string): string => style.getPropertyValue(name).trim();
  const scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return {
    ink: property("--ink"),
    muted: property("--muted"),
    rule: property("--rule"),
    paper: property("--paper"),
    font: property("--sans"),
    scale: SCALES[scheme],
    tones: TONES[scheme],
  };
}
