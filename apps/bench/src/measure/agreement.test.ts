import { type ConvCase, realData, reference } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { digestOf, Truth } from "./agreement.ts";

const convCase: ConvCase = {
  name: "agreement",
  inputShape: [1, 8, 9, 1],
  filterShape: [3, 3, 1, 1],
  strides: [1, 1],
  padding: "same",
  dilations: [1, 1],
  groups: 1,
  bias: false,
};
const data = realData(convCase, 1);
const truth = new Truth(convCase, "forward", data);
const right = Float32Array.from(reference(convCase, "forward", data));
const WIDTH = 9;

/** The right result with one element changed. */
function changed(index: number, by: number): Float32Array {
  return right.map((value, i) => (i === index ? value + by : value));
}

describe("Truth", () => {
  it("accepts the rounded truth and refuses an error in the fourth digit", () => {
    expect(truth.judge(right, { precision: "float32" })).toMatchObject({ agrees: true });
    const verdict = truth.judge(changed(40, 1e-3), { precision: "float32" });
    expect(verdict.agrees).toBe(false);
    expect(verdict.worstErrorOverBound).toBeGreaterThan(1);
  });

  it("grants 8-bit libraries their grey levels and no more", () => {
    const promised = { precision: "8 bit", greyLevels: 0.5, interiorOnly: false } as const;
    expect(truth.judge(changed(40, 0.49), promised).agrees).toBe(true);
    expect(truth.judge(changed(40, 0.51), promised).agrees).toBe(false);
  });

  it("looks past the border only where the border is said to differ", () => {
    const promised = { precision: "8 bit", greyLevels: 1, interiorOnly: true } as const;
    const corner = 0;
    const firstInside = WIDTH + 1;
    expect(truth.judge(changed(corner, 99), promised).agrees).toBe(true);
    expect(truth.judge(changed(WIDTH - 1, 99), promised).agrees).toBe(true);
    expect(truth.judge(changed(firstInside, 99), promised).agrees).toBe(false);
    expect(truth.judge(changed(corner, 99), { ...promised, interiorOnly: false }).agrees).toBe(false);
  });

  it("refuses a result of the wrong length", () => {
    expect(truth.judge(right.slice(1), { precision: "float32" }).agrees).toBe(false);
  });
});

it("gives results the same digest only if all their bits are the same", () => {
  expect(digestOf(right)).toBe(digestOf(right.slice()));
  expect(digestOf(right)).not.toBe(digestOf(changed(5, 1e-6)));
  expect(digestOf(Float32Array.of(0))).not.toBe(digestOf(Float32Array.of(-0)));
});
