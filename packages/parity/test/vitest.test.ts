/** The matchers for vitest. */

import "../src/vitest.ts";
import { CASES, dataOf, reference } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { corr2dAdapter } from "../src/index.ts";

const convCase = CASES[1];
const data = dataOf(convCase, "real", 1);

it("toMatchConvolution holds values to the bound, of every pass", () => {
  const y = Float32Array.from(reference(convCase, "forward", data));
  expect(y).toMatchConvolution(convCase, data);
  expect(Float32Array.from(reference(convCase, "inputGradient", data))).toMatchConvolution(
    convCase,
    data,
    "inputGradient",
  );
  const wrong = y.with(3, y[3] + 1e-3);
  expect(wrong).not.toMatchConvolution(convCase, data);
  expect(() => expect(wrong).toMatchConvolution(convCase, data)).toThrow(
    /expected the forward of "odd kernel": 1 of 336 elements/,
  );
  expect(() => expect(y).not.toMatchConvolution(convCase, data)).toThrow(/but it is: 0\.\d+ of the bound/);
  expect(() => expect([1]).toMatchConvolution(convCase, data)).toThrow(/expect a Float32Array/);
  expect(() => expect(y).toMatchConvolution(convCase, data, "inputgradient" as never)).toThrow(
    'pass must be one of forward, inputGradient, filterGradient, biasGradient, got "inputgradient"',
  );
});

it("toAgreeWith runs the check", async () => {
  await expect(corr2dAdapter("naive")).toAgreeWith("tfjs-cpu", { cases: 3, only: "generated" });
  const zeros = {
    ...corr2dAdapter("naive"),
    name: "zeros",
    prepare: () => ({ run() {}, read: () => new Float32Array(), dispose() {} }),
  };
  await expect(zeros).not.toAgreeWith("tfjs-cpu", { cases: 0, only: "textbook" });
});
