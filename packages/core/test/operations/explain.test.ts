/**
 * Why an algorithm is taken, of every kind of convolution and every pass.
 */

import { zeros } from "@corr2d/core";
import { algorithms } from "@corr2d/core/internals";
import { describe, expect, it } from "vitest";
import { calls, KINDS } from "./cases.ts";

const PASSES = ["forward", "inputGradient", "filterGradient"] as const;

describe.each(KINDS)("explain: $name", (kind) => {
  const drawn = calls(kind, 9, 20);

  it("says of the forward pass what a plan says", () => {
    for (const { inputShape, filterShape, options } of drawn) {
      const { algorithm, reason } = kind.plan(inputShape, zeros(filterShape), options);
      expect(kind.explain(inputShape, filterShape, options)).toMatchObject({ algorithm, reason });
      expect(kind.explain(inputShape, filterShape, { ...options, pass: "forward" })).toMatchObject({
        algorithm,
        reason,
      });
    }
  });

  it("says of gradients which algorithm computes them, and that one asked for by name was", () => {
    for (const { inputShape, filterShape, options } of drawn) {
      for (const pass of PASSES) {
        const { algorithm, reason } = kind.explain(inputShape, filterShape, { ...options, pass });
        expect(algorithms.map(({ name }) => name)).toContain(algorithm);
        expect(reason).toMatch(/\w+ \w+/);
        expect(kind.explain(inputShape, filterShape, { ...options, pass, algorithm })).toMatchObject({
          algorithm,
          reason: "asked for by name",
        });
      }
    }
  });

  it("refuses what the operation refuses, and a pass that there is not", () => {
    const [{ inputShape, filterShape, options }] = drawn;
    expect(() => kind.explain(inputShape, [2, ...filterShape], options)).toThrow(
      /^explain\(\w+\): filterShape must have rank/,
    );
    expect(() => kind.explain(inputShape, filterShape, { ...options, stride: 1 })).toThrow(
      /^explain\(\w+\): unknown option "stride"; did you mean strides\? known options are .*pass, dtype$/,
    );
    expect(() => kind.explain(inputShape, filterShape, { ...options, pass: "backward" })).toThrow(
      /^explain\(\w+\): pass must be "forward", "inputGradient" or "filterGradient", got "backward"$/,
    );
  });
});
