import { CASES, type CaseData, dataOf, SPATIAL_CASES, type SpatialCase, VALUE_CLASSES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { mapArrays, negated, turned } from "../interrogate.ts";
import { preciseReference } from "./reference.ts";
import { widened } from "./widened.ts";

const row: SpatialCase = {
  name: "a row",
  inputShape: [1, 1, 40, 3],
  filterShape: [1, 5, 3, 2],
  strides: [1, 2],
  padding: [
    [0, 0],
    [2, 1],
  ],
  dilations: [1, 2],
  groups: 1,
  bias: true,
};

/** Every float64 is a multiple of this. */
const SCALE = 1074n;

/** A float64 as an integer of 2⁻¹⁰⁷⁴. */
function exactly(value: number): bigint {
  let exponent = 0;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    exponent++;
  }
  return BigInt(whole) << (SCALE - BigInt(exponent));
}

/** Forward, by integers. */
function forwardExactly({ x, filter, bias }: CaseData<Float64Array>): bigint[] {
  return Array.from({ length: 17 * 2 }, (_, at) => {
    const [o, j] = [at % 2, at >> 1];
    let sum = exactly(bias![o]!) << SCALE;
    for (let b = 0; b < 5; b++) {
      const w = j * 2 + b * 2 - 2;
      if (w < 0 || w >= 40) continue;
      for (let c = 0; c < 3; c++) sum += exactly(x[w * 3 + c]!) * exactly(filter[(b * 3 + c) * 2 + o]!);
    }
    return sum;
  });
}

describe("the truth about float64", () => {
  it.each(["real", "outlier", "lopsided", "tiny", "patterned"] as const)("is twice as exact, on %s data", (values) => {
    const data = widened(dataOf(row, values, 3));
    const { high, low } = preciseReference(row, "forward", data);
    for (const [i, right] of forwardExactly(data).entries()) {
      const told = (exactly(high[i]!) + exactly(low[i]!)) << SCALE;
      const error = told > right ? told - right : right - told;
      const size = right < 0n ? -right : right;
      expect(error << 95n, `${i}`).toBeLessThanOrEqual(size);
    }
  });

  it("keeps what is not finite where it is", () => {
    const { high, low } = preciseReference(row, "forward", widened(dataOf(row, "non-finite", 1)));
    expect(high.some((value) => !Number.isFinite(value))).toBe(true);
    for (const [i, value] of high.entries()) if (!Number.isFinite(value)) expect(low[i]).toBe(0);
  });
});

describe("a question in float64", () => {
  it("has bits that float32 has no room for, but for data whose sums are exact", () => {
    const hasMore = (array: Float64Array): boolean => array.some((value) => value !== Math.fround(value));
    const of = (values: (typeof VALUE_CLASSES)[number]): boolean => hasMore(widened(dataOf(row, values, 1)).x);
    expect(VALUE_CLASSES.filter((values) => !of(values))).toEqual(
      expect.arrayContaining(["exact", "one-hot", "integers", "pixels", "wide integers"]),
    );
    for (const values of ["real", "huge", "tiny", "outlier", "lopsided"] as const) expect(of(values)).toBe(true);
  });

  it("is near that in float32", () => {
    for (const convCase of [...CASES.slice(0, 40), ...SPATIAL_CASES.slice(0, 20)]) {
      const data = dataOf(convCase, "real", 5);
      const wide = widened(data);
      for (const [i, value] of data.x.entries()) {
        expect(Math.abs(wide.x[i]! - value)).toBeLessThanOrEqual(2 ** -23 * Math.abs(value));
      }
    }
  });

  it("follows from the values: of other signs, or in another order, it is so too", () => {
    const data = dataOf(row, "real", 2);
    const asArrays = (of: CaseData<Float64Array>): unknown => mapArrays(of, (array) => array.slice());
    expect(asArrays(widened(negated(data)))).toEqual(mapArrays(widened(data), (array) => array.map((value) => -value)));
    expect(widened(turned(data)).x.toSorted()).toEqual(widened(data).x.toSorted());
  });
});
