import { expect, it } from "vitest";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { allFiniteOn } from "./finite.ts";
import { hostWebAssembly } from "./webassembly.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());

it.each([0, 1, 15, 8191, 8192, 65536, 65536 + 17])(
  "finds one value of %d that is not finite, wherever it is",
  (length) => {
    // Values whose sum overflows, and whose own magnitude does not.
    const values = new Float32Array(length).fill(3e38);
    expect(allFiniteOn(engine, values)).toBe(true);
    const places = [0, 1, 2, 3, 16, 8190, 8191, 32767, 32768, length - 2, length - 1];
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
