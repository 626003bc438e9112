import { expect, it } from "vitest";
import { bytes, percent, range, threeDigits, times } from "./number-format.ts";

it.each([
  [0, "0"],
  [0.00012345, "1.2e-4"],
  [0.0123, "0.012"],
  [0.5, "0.500"],
  [1, "1.00"],
  [9.999, "10.0"],
  [12.345, "12.3"],
  [123.4, "123"],
  [12345, "12300"],
  [1.5e7, "1.5e+7"],
  [Number.POSITIVE_INFINITY, "∞"],
  [-2.5, "-2.50"],
])("writes %d as %s", (value, text) => {
  expect(threeDigits(value)).toBe(text);
});

it("writes factors, ranges, shares and sizes", () => {
  expect(times(5.834)).toBe("5.83×");
  expect(range(0.97, 1.021)).toBe("0.970–1.02");
  expect(percent(0.4213)).toBe("42\u2009%");
  expect(percent(0.0214)).toBe("2.1\u2009%");
  expect(bytes(0)).toBe("0\u2009B");
  expect(bytes(999)).toBe("999\u2009B");
  expect(bytes(1_500_000)).toBe("1.50\u2009MB");
});
