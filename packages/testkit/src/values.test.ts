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
    expect(Math.max(...magnitudes(of("subnormal").x))).toBeLessThan(2 ** -126);
    expect(of("subnormal").dy.some((value) => value !== 0)).toBe(true);
    expect(of("non-finite").x.some((value) => !Number.isFinite(value))).toBe(true);
    expect(of("non-finite").filter.every(Number.isFinite)).toBe(true);
    expect(of("non-finite").filter.some((value) => value === 0)).toBe(true);
    const weights = of("non-finite weights");
    expect(weights.filter.some((value) => !Number.isFinite(value))).toBe(true);
    expect(weights.x.some((value) => value === 0) && weights.x.every(Number.isFinite)).toBe(true);
    const sides = [1, 2, 3, 4, 5, 6].map((seed) => Math.max(...magnitudes(dataOf(convCase, "lopsided", seed).x)));
    expect(Math.min(...sides)).toBeLessThan(2 ** -90);
    expect(Math.max(...sides)).toBeGreaterThan(2 ** 90);
    expect(Math.max(...magnitudes(of("outlier").filter))).toBeGreaterThan(1000);
    const { x } = of("cancelling");
    expect(Math.abs(x.reduce((sum, value) => sum + value, 0))).toBeLessThan(x.length / 3);
    expect(VALUE_CLASSES.filter(isExactClass)).toEqual(["exact", "one-hot", "integers"]);
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
