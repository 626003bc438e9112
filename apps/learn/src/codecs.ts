/**
 * How values of the page are written in its address: `3`, `0.25`, `full`, `1,-1;0,2`.
 *
 * @module
 */

import type { Codec } from "./address.ts";

/** A matrix of numbers, rows of cells. */
export type Rows = readonly (readonly number[])[];

/** An integer from `minimum` to `maximum`. */
export function integer(minimum: number, maximum: number): Codec<number> {
  return {
    parse: (text) => {
      const value = numberOf(text);
      return value !== undefined && Number.isInteger(value) && value >= minimum && value <= maximum ? value : undefined;
    },
    format: String,
  };
}

/** A number from `minimum` to `maximum`. */
export function real(minimum: number, maximum: number): Codec<number> {
  return {
    parse: (text) => {
      const value = numberOf(text);
      return value !== undefined && value >= minimum && value <= maximum ? value : undefined;
    },
    format: (value) => `${Number(value.toFixed(3))}`,
  };
}

/** One of a few words. */
export function word<W extends string>(...words: readonly W[]): Codec<W> {
  return { parse: (text) => words.find((candidate) => candidate === text), format: (value) => value };
}

/** True or false, written 1 and 0. */
export const yesOrNo: Codec<boolean> = {
  parse: (text) => (text === "1" ? true : text === "0" ? false : undefined),
  format: (value) => (value ? "1" : "0"),
};

/** Numbers, as many as `count` says, each from `minimum` to `maximum`. */
export function integers(count: number, minimum: number, maximum: number): Codec<readonly number[]> {
  const one = integer(minimum, maximum);
  return {
    parse: (text) => {
      const values = text.split(",").map(one.parse);
      return values.length === count && values.every((value) => value !== undefined) ? values : undefined;
    },
    format: (values) => values.join(","),
  };
}

/** A matrix of at most `largest` rows and columns. */
export function matrix(largest: number): Codec<Rows> {
  return {
    parse: (text) => {
      const rows = text.split(";").map((row) => row.split(",").map(numberOf));
      const [{ length: columns }] = rows as [unknown[]];
      const fits = rows.length <= largest && columns <= largest;
      const isMatrix = rows.every((row) => row.length === columns && row.every((cell) => cell !== undefined));
      return fits && isMatrix ? (rows as number[][]) : undefined;
    },
    format: (rows) => rows.map((row) => row.join(",")).join(";"),
  };
}

/** A finite number; undefined for anything else. */
export function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : undefined;
}
