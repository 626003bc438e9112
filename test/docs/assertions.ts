/**
 * What the claims of examples mean (see examples.ts).
 *
 * @module
 */

import { expect } from "vitest";

/** `actual` is `expected`, typed arrays being written as arrays and float32 as decimal numbers; −0 is 0. */
export function equals(actual: unknown, expected: unknown): void {
  expect(plain(actual, false)).toEqual(plain(expected, actual instanceof Float32Array));
}

/** The numbers in `actual` are those in the text, to the digits shown there. */
export function approximates(actual: unknown, expected: string): void {
  const shown = expected.match(/-?\d+(\.\d+)?/g) ?? [];
  const numbers = [plain(actual, false)].flat(Number.POSITIVE_INFINITY) as number[];
  expect(numbers, `as many numbers as in ${expected}`).toHaveLength(shown.length);
  shown.forEach((text, i) => {
    const digits = text.split(".")[1]?.length ?? 0;
    expect(Math.abs(numbers[i]! - Number(text)), `${numbers[i]} ≈ ${text}`).toBeLessThanOrEqual(0.5 * 10 ** -digits);
  });
}

/** The call fails with an error that reads `expected`: its name, a colon, its message. */
export async function throws(call: () => Promise<unknown>, expected: string): Promise<void> {
  const failure = await call().then(
    () => "nothing was thrown",
    (error: unknown) => String(error),
  );
  expect(failure).toBe(expected);
}

function plain(value: unknown, rounded: boolean): unknown {
  if (typeof value === "number") return (rounded ? Math.fround(value) : value) + 0;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return plain(Array.from(value as Float32Array), rounded);
  if (Array.isArray(value)) return value.map((element) => plain(element, rounded));
  return value;
}
