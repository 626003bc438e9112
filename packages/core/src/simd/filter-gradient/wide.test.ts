/** Filter gradients of rows that do not fit scratch memory as a whole: blocks of columns, of which the last overlaps the one before. */

import { type ConvCase, exactData, realData, reference } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { computePass, geometryOf } from "../../../test/case-pass.ts";
import { conv1d } from "../../conv/conv.ts";
import { forwardCorrelation } from "../../geometry/correlation.ts";
import { explain } from "../../verbs/explain.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { overlap } from "../blocks/cut.ts";
import { sharedEngine } from "../engine/engine.ts";
import { cutForSums } from "./plan.ts";

const shared = { strides: [1, 1], dilations: [1, 1], padding: "same", groups: 1, bias: false } as const;
const CASES: readonly ConvCase[] = [
  { ...shared, name: "a signal", inputShape: [1, 1, 9001, 64], filterShape: [1, 3, 64, 10] },
  { ...shared, name: "strided", inputShape: [1, 1, 12001, 64], filterShape: [1, 5, 64, 7], strides: [1, 2] },
  { ...shared, name: "dilated", inputShape: [1, 1, 9003, 64], filterShape: [1, 3, 64, 5], dilations: [1, 30] },
  { ...shared, name: "grouped", inputShape: [1, 1, 9001, 64], filterShape: [1, 3, 16, 16], groups: 4 },
  { ...shared, name: "wide", inputShape: [1, 3, 9001, 32], filterShape: [3, 3, 32, 4] },
  { ...shared, name: "depthwise", inputShape: [1, 2, 9001, 36], filterShape: [3, 3, 1, 36], groups: 36 },
];
const algorithms = simdAlgorithmsOf(sharedEngine);

describe.each(CASES)("$name", (convCase) => {
  const g = geometryOf(convCase);
  const name = convCase.groups === 36 ? "depthwise" : "direct";
  const algorithm = algorithms.find((one) => one.name === name)!;

  it("is cut into blocks of columns", () => {
    const { columns } = cutForSums(forwardCorrelation(g))!;
    expect(columns.periods).toBeLessThan(columns.total / 2);
    expect(overlap({ columns })).toBe(true);
  });

  it("counts each pixel once", () => {
    const data = exactData(convCase, 3);
    const right = Float32Array.from(reference(convCase, "filterGradient", data));
    expect(computePass(algorithm, "filterGradient", convCase, data)).toEqual(right);
  });

  it("gives what the definition gives where values are not finite", () => {
    const data = realData(convCase, 4);
    // Among the last columns, which two blocks have.
    for (const fromEnd of [1, 200 * convCase.inputShape[3]]) {
      const x = data.x.slice();
      x[x.length - fromEnd] = Number.POSITIVE_INFINITY;
      const right = reference(convCase, "filterGradient", { ...data, x });
      const ours = computePass(algorithm, "filterGradient", convCase, { ...data, x });
      expect([...ours].map(kind)).toEqual([...right].map(kind));
    }
  });
});

it("is what gradients of signals run on", () => {
  const { algorithm, engine } = explain(conv1d, [1, 6000, 64], [3, 64, 64], {
    padding: "same",
    pass: "filterGradient",
  });
  expect([algorithm, engine]).toEqual(["direct", "simd"]);
});

it("a row of few columns and many channels stays whole, though it takes more than half of scratch", () => {
  const options = { ...shared, name: "deep", inputShape: [1, 24, 24, 8192], filterShape: [3, 3, 8192, 16] } as const;
  const { rows, columns, imageBytes } = cutForSums(forwardCorrelation(geometryOf(options)))!;
  expect([rows.periods, columns.periods]).toEqual([1, columns.total]);
  expect(imageBytes).toBeGreaterThan(2 * 2 ** 20);
});

/** Of values that are not finite which they are. */
function kind(value: number): number {
  return Number.isFinite(value) ? 0 : value;
}
