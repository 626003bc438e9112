import { expect, it } from "vitest";
import { forwardPart, inputGradientParts } from "../geometry/correlation-parts.ts";
import { resolveConvGeometry } from "../geometry/planes.ts";
import { layoutOf } from "./stream-layout.ts";

function layoutFor(channels: number, kernel: number, options: object = {}) {
  const shape = [1, 20, 20, channels] as const;
  return layoutOf(
    forwardPart(resolveConvGeometry("block", shape, [kernel, kernel, channels, 8], { padding: "same", ...options })),
  );
}

it("takes strips where they save a tenth of the terms", () => {
  expect(layoutFor(3, 3)).toMatchObject({ terms: 28, parts: [0, 1, 2], runs: [{ length: 27 }] });
  expect(layoutFor(1, 5)).toMatchObject({ terms: 28, parts: [0, 1, 2, 3, 4], runs: [{ length: 25 }] });
  expect(layoutFor(3, 7, { strides: 2 })).toMatchObject({ terms: 148, sourceRowStep: 2 });
  expect(layoutFor(3, 3, { dilations: [2, 1] })).toMatchObject({ terms: 28, parts: [0, 2, 4] });
});

it("takes rows where they save nothing", () => {
  expect(layoutFor(4, 3)).toMatchObject({
    terms: 36,
    parts: [0],
    runs: [{ length: 12 }, { length: 12 }, { length: 12 }],
  });
  expect(layoutFor(64, 3).parts).toEqual([0]);
  expect(layoutFor(7, 5)).toMatchObject({ terms: 180, parts: [0] });
});

it("turns the kernel of an input gradient with its strips", () => {
  const g = resolveConvGeometry("block", [1, 9, 9, 2], [3, 3, 2, 3], { padding: 1 });
  const [k] = inputGradientParts(g);
  const { correlation } = layoutOf(k);
  expect(correlation.channels).toBe(9);
  // The first pixel of a strip meets the last kernel row, and its first column the last column.
  const [tap] = correlation.taps;
  expect(correlation.weightIndex(tap, 0, 0, 1)).toBe(((2 * 3 + 2) * 2 + 1) * 3);
  expect(correlation.weightIndex(tap, 0, 8, 1)).toBe(((0 * 3 + 2) * 2 + 1) * 3 + 2);
});
