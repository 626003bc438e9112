/** Calls on signals that cannot be right are refused in words that say how to mend them. */

import { explain, filterGradient, plan, tensor } from "@corr2d/core";
import { convolve1d, correlate1d, lags } from "@corr2d/core/signals";
import { expect, it } from "vitest";

const untyped = (value: unknown): never => value as never;
const x = new Float32Array(5);
const k = new Float32Array(2);

const REFUSED: readonly (readonly [() => unknown, typeof TypeError | typeof RangeError, string])[] = [
  [
    () => correlate1d(untyped([1, 2]), k),
    TypeError,
    "correlate1d: x must be a Float32Array or Float64Array of samples, or a matrix, got [1,2]; write Float32Array.from(x)",
  ],
  [
    () => correlate1d(untyped(undefined), k),
    TypeError,
    "correlate1d: x must be a tensor { shape, data }, got undefined",
  ],
  [
    () => correlate1d(x, untyped([1, 2])),
    TypeError,
    "correlate1d: kernel must be a Float32Array or Float64Array of taps, got [1,2]; write Float32Array.from(kernel)",
  ],
  [
    () => correlate1d(x, untyped(tensor([1, 2], [1, 2]))),
    TypeError,
    "correlate1d: kernel must be a Float32Array or Float64Array of taps, got Object",
  ],
  [
    () => correlate1d(x, untyped(new Float64Array(2))),
    TypeError,
    "correlate1d: x is float32, but kernel is float64; both must be the same",
  ],
  [() => convolve1d(x, new Float32Array(0)), RangeError, "convolve1d: kernel is empty"],
  [() => convolve1d(new Float32Array(0), k), RangeError, "convolve1d: x [1,0] is empty"],
  [
    () => convolve1d(k, x),
    RangeError,
    'convolve1d: a kernel of 5 taps exceeds a signal of 2 samples; use mode "same" or "full", or exchange them',
  ],
  [
    () => convolve1d(x, k, { mode: untyped("ful") }),
    RangeError,
    'convolve1d: mode must be "valid", "same" or "full", got "ful"',
  ],
  [
    () => convolve1d(x, k, { mode: "full", centre: "numpy" }),
    RangeError,
    'convolve1d: centre needs mode "same", got "full"',
  ],
  [
    () => convolve1d(x, k, { mode: "full", boundary: "edge", fillValue: 1 }),
    RangeError,
    'convolve1d: fillValue needs boundary "constant", got "edge"',
  ],
  [
    () => convolve1d(x, k, untyped({ padding: 1 })),
    TypeError,
    'convolve1d: unknown option "padding"; did you mean mode?',
  ],
  [
    () => convolve1d(x, k, { algorithm: untyped("separable") }),
    RangeError,
    'convolve1d: algorithm must be "auto", "naive", "direct", "fft" or "overlap-save", got "separable"',
  ],
  [
    () => plan(convolve1d, untyped([5]), k),
    RangeError,
    "plan(convolve1d): inputShape must have rank 2, got shape [5] of rank 1",
  ],
  [
    () => plan(convolve1d, [1, 5], k).run(new Float32Array(4)),
    RangeError,
    "plan(convolve1d).run: x must have 5 elements, got 4",
  ],
  [() => explain(convolve1d, [1, 5], [0]), RangeError, "explain(convolve1d): kernel is empty"],
  [
    () => filterGradient(convolve1d, tensor([1, 5], [...x]), tensor([1, 5], [...x]), [2]),
    RangeError,
    "filterGradient(convolve1d): dy has shape [1,5], but the output of this convolution has [1,4]",
  ],
  [() => lags(0, 2), RangeError, "lags: n must be an integer of 1 or more, got 0"],
  [() => lags(5, untyped("2")), TypeError, 'lags: m must be a number, got "2"'],
  [() => lags(2, 5), RangeError, "lags: a kernel of 5 taps exceeds a signal of 2 samples"],
];

it.each(REFUSED)("%s", (call, type, text) => {
  expect(call).toThrow(type);
  expect(call).toThrow(text);
});
