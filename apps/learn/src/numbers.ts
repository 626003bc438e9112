/**
 * Numbers and matrices as the page shows them.
 *
 * @module
 */

import type { Rows } from "./codecs.ts";

/** A number as it is read: at most `digits` after the point, none that say nothing, and a real minus sign. */
export function shown(value: number, digits = 2): string {
  return `${Number(value.toFixed(digits))}`.replace("-", "\u2212");
}

/** What is shown in a text that is copied: no minus sign that code does not know. */
export function written(value: number, digits = 4): string {
  return `${Number(value.toFixed(digits))}`;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number that may be very small: `0.25`, `5.5 · 10⁻¹²`. */
export function scientific(value: number): string {
  if (value === 0 || Math.abs(value) >= 0.001) return shown(value, value >= 100 ? 0 : 3);
  const [digits, exponent] = value.toExponential(1).split("e-") as [string, string];
  return `${digits} · 10⁻${exponent.replaceAll(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!)}`;
}

/** A large whole number in groups of three. */
export function grouped(value: number): string {
  return value.toLocaleString("en").replaceAll(",", "\u202f");
}

/** Rows of cells as one array. */
export function flat(rows: Rows): Float32Array<ArrayBuffer> {
  return Float32Array.from(rows.flat());
}

/** An array as rows of cells. */
export function rowsOf(data: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: data.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => data[i * columns + j]!),
  );
}

/** A matrix of another size: the cells around the middle stay, new ones are 0. */
export function resized(rows: Rows, height: number, width: number): number[][] {
  const down = Math.floor((rows.length - height) / 2);
  const across = Math.floor((rows[0]!.length - width) / 2);
  return Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => rows[i + down]?.[j + across] ?? 0),
  );
}

/** The value moved into what is allowed. */
export function clamp(value: number, minimum: number, maximum: number): number {
  return Math.max(minimum, Math.min(maximum, value));
}
