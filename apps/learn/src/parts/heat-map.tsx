/**
 * A matrix as colours: the accent for what is positive, ink blue for what is negative, the stronger the larger; hatched grey
 * where there is nothing.
 *
 * @module
 */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { dark } from "../scheme.ts";

/** What a map is told. */
export interface HeatMapProps {
  /** Row by row; NaN where there is nothing. */
  readonly data: ArrayLike<number>;
  readonly columns: number;
  /** The magnitude that has the full colour. */
  readonly strongest: number;
  /** For those who do not see it; without, it is a part of something that has one. */
  readonly label?: string;
  /** Whether 0 is black and `strongest` white. */
  readonly grey?: boolean;
  /** SVG drawn over it, a unit to a cell. */
  readonly children?: ComponentChildren;
}

/** The map. */
export function HeatMap({ data, columns, strongest, label, grey = false, children }: HeatMapProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = Math.max(1, data.length / columns);
  const isDark = dark.value;
  useLayoutEffect(() => {
    paint(canvas.current!, data, strongest, grey);
  }, [data, strongest, grey, isDark, columns]);
  return (
    <div class="heat">
      <canvas
        ref={canvas}
        width={columns}
        height={rows}
        {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
      />
      {children !== undefined && (
        <svg viewBox={`0 0 ${columns} ${rows}`} aria-hidden="true">
          {children}
        </svg>
      )}
    </div>
  );
}

/** Red, green and blue of what is positive, negative, nowhere, and of 0. */
interface Palette {
  readonly positive: readonly number[];
  readonly negative: readonly number[];
  readonly nothing: readonly number[];
  readonly ground: readonly number[];
}

/** By whether the page is dark: asking for styles costs more than painting. */
const palettes = new Map<boolean, Palette>();

/** The style sheet says the colours, in properties that a canvas has no other use for. */
function paletteOf(canvas: HTMLCanvasElement): Palette {
  const known = palettes.get(dark.peek());
  if (known !== undefined) return known;
  const { color, borderTopColor, outlineColor, backgroundColor } = getComputedStyle(canvas);
  const palette = {
    positive: channelsOf(color),
    negative: channelsOf(borderTopColor),
    nothing: channelsOf(outlineColor),
    ground: channelsOf(backgroundColor),
  };
  palettes.set(dark.peek(), palette);
  return palette;
}

function paint(canvas: HTMLCanvasElement, data: ArrayLike<number>, strongest: number, grey: boolean): void {
  if (data.length === 0) return;
  const { width, height } = canvas;
  const { positive, negative, nothing, ground } = paletteOf(canvas);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const value = data[i]!;
    const strength = Math.min(1, Math.abs(value) / strongest) ** 0.8;
    const full = value < 0 ? negative : positive;
    for (let c = 0; c < 3; c++) {
      const mixed = Number.isNaN(value) ? nothing[c]! : ground[c]! + (full[c]! - ground[c]!) * strength;
      image.data[4 * i + c] = grey && !Number.isNaN(value) ? 255 * Math.max(0, Math.min(1, value / strongest)) : mixed;
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

function channelsOf(color: string): number[] {
  return (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}
