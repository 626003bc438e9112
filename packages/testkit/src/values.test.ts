import { describe, expect, it } from "vitest";
import { CASES, SPATIAL_CASES } from "./cases.ts";
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
    const { x } = of("cancelling");
    expect(Math.abs(x.reduce((sum, value) => sum + value, 0))).toBeLessThan(x.length / 3);
    expect(VALUE_CLASSES.filter(isExactClass)).toEqual(["exact", "one-hot"]);
  });
});
