import { expect, it } from "vitest";
import { fitPowerLaw } from "./slope.ts";

it("finds the exponent of a power law", () => {
  const points = [1, 10, 100, 1000].map((work) => ({ work, time: 3 * work ** 0.8 }));
  const law = fitPowerLaw(points)!;
  expect(law.exponent).toBeCloseTo(0.8, 12);
  expect(law.rSquared).toBeCloseTo(1, 12);
});

it("says how badly a law fits", () => {
  const points = [1, 2, 4, 8].map((work, i) => ({ work, time: i % 2 === 0 ? work : 5 * work }));
  expect(fitPowerLaw(points)!.rSquared).toBeLessThan(0.9);
});

it("fits nothing to fewer than three sizes", () => {
  expect(fitPowerLaw([])).toBeUndefined();
  expect(
    fitPowerLaw([
      { work: 1, time: 1 },
      { work: 2, time: 2 },
      { work: 2, time: 3 },
    ]),
  ).toBeUndefined();
});
