import { describe, expect, it } from "vitest";
import { CASE_PASSES } from "./case.ts";
import { CASES, SPATIAL_CASES } from "./cases.ts";
import { absoluteReference, reference } from "./reference.ts";
import { dataOf, isExactClass, VALUE_CLASSES } from "./values.ts";

const convCase = CASES.find(({ name }) => name === "batch of 3")!;
const magnitudes = (array: Float32Array) => Array.from(array, Math.abs).filter((value) => value !== 0);

describe("classes of values", () => {
  it.each(VALUE_CLASSES)("%s is the same for a seed and another for another, of every kind of case", (valueClass) => {
    for (const each of [convCase, ...SPATIAL_CASES]) {
      const data = dataOf(each, valueClass, 1);
      expect(dataOf(each, valueClass, 1)).toEqual(data);
      expect(dataOf(each, valueClass, 2)).not.toEqual(data);
      expect(data.x.length).toBe(each.inputShape.reduce((a, b) => a * b));
      expect(data.bias?.length).toBe(each.bias ? each.filterShape.at(-1) : undefined);
    }
  });

  it("are what they are called", () => {
    const of = (name: (typeof VALUE_CLASSES)[number]) => dataOf(convCase, name, 3);
    expect(of("exact").x.every((value) => Number.isInteger(value) && value !== 0)).toBe(true);
    expect(magnitudes(of("one-hot").x)).toEqual([1]);
    expect(magnitudes(of("one-hot").dy)).toEqual([1]);
    expect(Math.max(...magnitudes(of("huge").x))).toBeGreaterThan(2 ** 48);
    expect(Math.max(...magnitudes(of("tiny").filter))).toBeLessThan(2 ** -46);
    const subnormals = [1, 2, 3, 4, 5, 6].map((seed) => dataOf(convCase, "subnormal", seed));
    const isSubnormal = (array: Float32Array) => Math.max(...magnitudes(array)) < 2 ** -126;
    for (const { x, dy, filter } of subnormals)
      expect([isSubnormal(x), isSubnormal(dy)]).toEqual(Array(2).fill(!isSubnormal(filter)));
    expect(new Set(subnormals.map(({ filter }) => isSubnormal(filter)))).toEqual(new Set([true, false]));
    expect(of("non-finite").x.some((value) => !Number.isFinite(value))).toBe(true);
    expect(of("non-finite").filter.every(Number.isFinite)).toBe(true);
    expect(of("non-finite").filter.some((value) => value === 0)).toBe(true);
    const weights = of("non-finite weights");
    expect(weights.filter.some((value) => !Number.isFinite(value))).toBe(true);
    expect(weights.x.some((value) => value === 0) && weights.x.every(Number.isFinite)).toBe(true);
    const many = Array.from({ length: 40 }, (_, seed) => seed);
    for (const name of ["x", "filter", "dy"] as const) {
      const sides = many.map((seed) => Math.max(...magnitudes(dataOf(convCase, "lopsided", seed)[name])));
      expect(Math.min(...sides)).toBeLessThan(2 ** -80);
      expect(Math.max(...sides)).toBeGreaterThan(2 ** 80);
    }
    expect(Math.max(...magnitudes(of("outlier").filter))).toBeGreaterThan(1000);
    expect(of("pixels").x.every((value) => Number.isInteger(value) && value >= 0 && value < 256)).toBe(true);
    const types = new Set<string>();
    for (const seed of many) {
      const wide = dataOf(convCase, "wide integers", seed);
      expect([...wide.x, ...wide.filter].every(Number.isInteger)).toBe(true);
      const bits = [wide.x, wide.filter].map((array) => Math.ceil(Math.log2(Math.max(...magnitudes(array)) + 1)));
      types.add(`${bits}${wide.x.every((value) => value > 0) ? " positive" : ""}`);
      const most = Math.max(...absoluteReference(convCase, "forward", wide));
      // Sums are past what is taken for enough for the products of such types.
      expect(most).toBeGreaterThan(bits[0]! < 15 ? 2 ** 15 : 2 ** 31);
    }
    expect([...types].sort()).toEqual(
      ["7,7", "8,7", "15,15", "16,16"].flatMap((bits) => [bits, `${bits} positive`]).sort(),
    );
    const { x } = of("cancelling");
    expect(Math.abs(x.reduce((sum, value) => sum + value, 0))).toBeLessThan(x.length / 3);
    expect(VALUE_CLASSES.filter(isExactClass)).toEqual(["exact", "one-hot", "integers"]);
  });

  it("are patterned as shortcuts want them", () => {
    const square = {
      ...convCase,
      name: "square",
      inputShape: [2, 6, 6, 2],
      filterShape: [3, 3, 2, 2],
      groups: 1,
    } as const;
    const met = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const { x, filter } = dataOf(square, "patterned", seed);
      const tap = (row: number, column: number) => filter[(row * 3 + column) * 4]!;
      const minor = tap(0, 0) * tap(1, 1) - tap(0, 1) * tap(1, 0);
      if (filter.every((value) => value === filter[0])) met.add(filter[0] === 0 ? "no weights" : "one weight");
      else if (filter.every((value) => Math.abs(value) === 1)) met.add("signs");
      else if (filter.filter((value) => value === 0).length > filter.length / 2) met.add("few weights");
      else if ([0, 1, 2].every((row) => tap(row, 0) === tap(row, 2))) met.add("symmetric");
      else if (Math.abs(minor) < 2 ** -20) met.add("rank one");
      else if (Math.abs(minor) < 2 ** -8 * Math.abs(tap(0, 0) * tap(1, 1))) met.add("nearly of rank one");
      if (x.every((value) => value === x[0])) met.add(x[0] === 0 ? "no image" : "flat image");
      else if (x.every((value) => value <= 0)) met.add("negative image");
      else if (x.filter((value) => value === 0).length > x.length / 2) met.add("sparse image");
    }
    expect([...met].sort()).toEqual([
      ...["few weights", "flat image", "nearly of rank one", "negative image", "no image", "no weights"],
      ...["one weight", "rank one", "signs", "sparse image", "symmetric"],
    ]);
  });

  it("overflow in float32 in some sums and not in others, in any order", () => {
    const y = reference(convCase, "forward", dataOf(convCase, "overflowing", 1));
    const infinite = y.filter((value) => Math.fround(value) === Number.POSITIVE_INFINITY).length;
    expect(infinite).toBeGreaterThan(0);
    expect(dataOf(convCase, "overflowing", 1).x.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
  });

  it("are integers past int16 in one array, whose sums are exact", () => {
    const large = new Set<string>();
    for (const each of [convCase, ...SPATIAL_CASES]) {
      for (const seed of [1, 2, 3, 4]) {
        const data = dataOf(each, "integers", seed);
        for (const name of ["x", "filter", "dy"] as const)
          if (Math.max(...magnitudes(data[name])) > 2 ** 15) large.add(name);
        for (const pass of CASE_PASSES) {
          expect(Math.max(0, ...absoluteReference(each, pass, data))).toBeLessThan(2 ** 24);
        }
      }
    }
    expect(large).toEqual(new Set(["x", "filter", "dy"]));
  });
});
