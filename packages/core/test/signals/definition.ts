/** The definition of correlation and convolution along one axis, in float64 and without a thought for speed. */

import type { SignalOptions } from "@corr2d/core/signals";

/** What stands at place i of a signal that goes on as the boundary says; undefined where it is absent. */
function sampleAt(
  x: ArrayLike<number>,
  i: number,
  boundary: string,
  fillValue: number | undefined,
): number | undefined {
  const n = x.length;
  if (i >= 0 && i < n) return x[i];
  if (boundary === "edge") return x[i < 0 ? 0 : n - 1];
  if (boundary === "wrap") return x[((i % n) + n) % n];
  if (boundary === "symmetric")
    return i < 0 ? sampleAt(x, -1 - i, boundary, fillValue) : sampleAt(x, 2 * n - 1 - i, boundary, fillValue);
  if (boundary === "reflect") {
    if (n === 1) return x[0];
    return sampleAt(x, i < 0 ? -i : 2 * n - 2 - i, boundary, fillValue);
  }
  return fillValue === undefined || fillValue === 0 ? undefined : fillValue;
}

/** The full result, and of it what mode and centre leave. */
export function defined(
  x: ArrayLike<number>,
  kernel: ArrayLike<number>,
  { mode = "valid", centre = "scipy", boundary = "constant", fillValue }: SignalOptions,
  flip: boolean,
): number[] {
  const [n, m] = [x.length, kernel.length];
  const full = Array.from({ length: n + m - 1 }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < m; j++) {
      const sample = sampleAt(x, flip ? i - j : i + j - (m - 1), boundary, fillValue);
      if (sample !== undefined) sum += kernel[j]! * sample;
    }
    return sum + 0;
  });
  if (mode === "full") return full;
  if (mode === "valid") return full.slice(m - 1, n);
  // numpy's _pyarray_correlate, with signals exchanged where the kernel is longer, and scipy.signal's _centered.
  const [start, length] =
    centre === "numpy" && m > n
      ? [flip ? (n - 1) >> 1 : n >> 1, m]
      : centre === "correlate2d" && !flip
        ? [m >> 1, n]
        : [(m - 1) >> 1, n];
  return full.slice(start, start + length);
}
