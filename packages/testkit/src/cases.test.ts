import { describe, expect, test } from "vitest";
import { type ResolvedCase, resolveCase, sizeOf } from "./arithmetic.ts";
import type { ConvCase } from "./case.ts";
import { CASES, generateCases } from "./cases.ts";
import { NETWORK_LAYERS } from "./networks.ts";

/** What both the table and any few hundred generated cases must contain. */
const DIMENSIONS: Readonly<Record<string, (convCase: ConvCase, resolved: ResolvedCase) => boolean>> = {
  "even kernel": (_, { height, width }) => height.kernel % 2 === 0 || width.kernel % 2 === 0,
  "1×1 kernel": (_, { height, width }) => height.kernel * width.kernel === 1,
  "non-square kernel": (_, { height, width }) => height.kernel !== width.kernel,
  "kernel larger than the image": (_, { height, width }) => height.kernel > height.input || width.kernel > width.input,
  "stride by axis": ({ strides }) => strides[0] !== strides[1],
  "stride past the kernel": (_, { height }) => height.stride > height.kernel,
  "stride past the image": (_, { height }) => height.stride > height.input,
  "dilation by axis": ({ dilations }) => dilations[0] !== dilations[1],
  "stride and dilation on one axis": (_, { width }) => width.stride > 1 && width.dilation > 1 && width.kernel > 1,
  "same, odd total": ({ padding }, { height }) => padding === "same" && height.after > height.before,
  "same, even total": ({ padding }, { height }) =>
    padding === "same" && height.after > 0 && height.after === height.before,
  "same, strided": ({ padding }, { width }) => padding === "same" && width.stride > 1,
  "padding of one number": ({ padding }) => typeof padding === "number" && padding > 0,
  "padding differs by side": (_, { height }) => Math.abs(height.before - height.after) > 1,
  "padding past the kernel": (_, { height }) => height.before >= height.kernel,
  groups: ({ groups }, { groupInChannels }) => groups > 1 && groupInChannels > 1,
  depthwise: ({ groups }, { groupInChannels }) => groups > 1 && groupInChannels === 1,
  "depthwise with multiplier": ({ groups }, r) => groups > 1 && r.groupInChannels === 1 && r.groupOutChannels > 1,
  "one channel": ({ inputShape }) => inputShape[3] === 1,
  "three channels": ({ inputShape }) => inputShape[3] === 3,
  "channels no multiple of 4": ({ filterShape }) => filterShape[3] % 4 !== 0,
  "channels multiple of 8": ({ filterShape }) => filterShape[3] % 8 === 0,
  "one channel out": ({ filterShape }) => filterShape[3] === 1,
  "fewer pixels than a 4×4 tile": (_, { height, width }) => height.output * width.output < 16,
  "one pixel out": (_, { height, width }) => height.output * width.output === 1,
  "several images": ({ inputShape }) => inputShape[0] > 1,
  bias: ({ bias }) => bias,
  "no bias": ({ bias }) => !bias,
};

describe.each([
  ["table", CASES],
  ["300 generated cases", generateCases(1, 300)],
])("%s", (_, cases) => {
  test.each(Object.entries(DIMENSIONS))("contains: %s", (_name, holds) => {
    expect(cases.filter((convCase) => holds(convCase, resolveCase(convCase))).length).toBeGreaterThan(0);
  });

  test("has cases small enough to run by the hundred", () => {
    for (const { name, inputShape, filterShape } of cases) {
      expect(sizeOf(inputShape) + sizeOf(filterShape), name).toBeLessThan(15_000);
    }
  });
});

test("every name is given once, generated cases and layers of networks included", () => {
  const names = [...CASES, ...generateCases(1, 300), ...generateCases(2, 300), ...NETWORK_LAYERS].map(
    ({ name }) => name,
  );
  expect(new Set(names).size).toBe(names.length);
});

describe("generateCases", () => {
  test("more cases begin with the fewer", () => {
    expect(generateCases(6, 30).slice(0, 10)).toEqual(generateCases(6, 10));
  });

  test("another seed gives other cases", () => {
    const geometries = (seed: number) => generateCases(seed, 10).map(({ name: _, ...geometry }) => geometry);
    expect(geometries(6)).not.toEqual(geometries(7));
  });
});
