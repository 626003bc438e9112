/** What NumPy and SciPy give for signals (cases.ts holds their results). */

import { convolve1d, correlate1d, lags, type SignalMode, type SignalOptions, stream } from "@corr2d/core/signals";
import { expect, it } from "vitest";
import { CASES, LAGS, STREAMS } from "./cases.ts";

const OPERATIONS = { correlate1d, convolve1d };

it.each(CASES)("case %#: $operation $options", ({ x, kernel, operation, options, result }) => {
  for (const algorithm of ["auto", "naive", "direct", "overlap-save", "fft"] as const) {
    const given: SignalOptions = { ...(options as SignalOptions), algorithm };
    const y = OPERATIONS[operation](Float64Array.from(x), Float64Array.from(kernel), given);
    expect([...y], algorithm).toEqual(result);
    const single = OPERATIONS[operation](Float32Array.from(x), Float32Array.from(kernel), given);
    expect([...single], algorithm).toEqual(result);
  }
});

it.each(LAGS)("lags of $n by $m, $mode", ({ n, m, mode, lags: expected }) => {
  expect([...lags(n, m, mode as SignalMode)]).toEqual(expected);
});

it.each(STREAMS)("lfilter, case %#", ({ x, kernel, result }) => {
  const filter = stream(convolve1d, Float64Array.from(kernel));
  const y = [0, 3, 4, 11].flatMap((from, i, cuts) => [...filter.push(Float64Array.from(x.slice(from, cuts[i + 1])))]);
  expect(y).toEqual(result);
});
