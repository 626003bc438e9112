import { expect, it } from "vitest";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { allFiniteOn } from "./finite.ts";
import { hostWebAssembly } from "./webassembly.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());

it.each([0, 1, 15, 65535, 65536, 98304, 98304 + 17])(
  "finds one value of %d that is not finite, wherever it is",
  (length) => {
    // Values whose sum overflows, and whose own magnitude does not.
    const values = new Float32Array(length).fill(3e38);
    expect(allFiniteOn(engine, values)).toBe(true);
    const places = [0, 1, 2, 3, 16, 32767, 32768, 65535, 65536, length - 2, length - 1];
    for (const place of places.filter((index) => index >= 0 && index < length)) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        values[place] = value;
        expect(allFiniteOn(engine, values), `${value} at ${place}`).toBe(false);
        values[place] = 3e38;
      }
    }
    expect(allFiniteOn(engine, values)).toBe(true);
  },
);
