import { expect, it } from "vitest";
import {
  type AxisPadding,
  effectiveKernel,
  type Rounding,
  resolveAxis,
  resolveTransposedAxis,
  UNIT_AXIS,
} from "./axis.ts";

const named = { operation: "test", axis: "width" };
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Every axis of small numbers, and the number of them that were possible. */
function forEachAxis(visit: (request: Parameters<typeof resolveAxis>[0], rounding: Rounding) => void): number {
  let count = 0;
  const paddings: AxisPadding[] = ["valid", "same", "same-lower", [0, 2], [3, 1]];
  for (const inSize of range(1, 7))
    for (const kernelSize of range(1, 4))
      for (const stride of range(1, 4))
        for (const dilation of range(1, 3))
          for (const padding of paddings)
            for (const rounding of ["floor", "round", "ceil"] as const) {
              const request = { ...named, inSize, kernelSize, stride, dilation, padding };
              const extent = effectiveKernel(request);
              if (padding === "valid" && extent > inSize) continue;
              if (Array.isArray(padding) && extent > inSize + padding[0] + padding[1]) continue;
              visit(request, rounding);
              count++;
            }
  return count;
}

it("puts the last window inside input, padding and overhang, and no further", () => {
  const count = forEachAxis((request, rounding) => {
    const axis = resolveAxis(request, rounding);
    const reach = (axis.outSize - 1) * axis.stride + effectiveKernel(axis);
    const padded = axis.before + axis.inSize + axis.after;
    expect(axis.overhang).toBe(Math.max(0, reach - padded));
    expect(axis.overhang).toBeLessThan(axis.stride);
    if (rounding === "floor") expect(axis.overhang).toBe(0);
    if (request.padding !== "same" && request.padding !== "same-lower") {
      // One more window would not fit, however generous the rounding.
      expect(reach + axis.stride).toBeGreaterThan(padded);
    }
  });
  expect(count).toBeGreaterThan(3000);
});

it("shares the padding of same between both sides, the odd cell on one", () => {
  forEachAxis((request, rounding) => {
    const upper = resolveAxis({ ...request, padding: "same" }, rounding);
    const lower = resolveAxis({ ...request, padding: "same-lower" }, rounding);
    expect([lower.before, lower.after]).toEqual([upper.after, upper.before]);
    expect([0, 1]).toContain(upper.after - upper.before);
    expect(upper.outSize).toBe(Math.ceil(request.inSize / request.stride));
  });
});

it("resolves a transposed axis to one that leads back", () => {
  forEachAxis((request) => {
    const there = resolveAxis(request, "floor");
    const back = resolveTransposedAxis({ ...request, inSize: there.outSize }, 0, request.inSize);
    expect([back.inSize, back.outSize, back.overhang]).toEqual([request.inSize, there.outSize, 0]);
    expect(back.before).toBe(there.before);
    const reach = (back.outSize - 1) * back.stride + effectiveKernel(back);
    expect(back.before + back.inSize + back.after).toBeGreaterThanOrEqual(reach);
  });
});

it("freezes what it resolves", () => {
  const request = { ...named, inSize: 5, kernelSize: 3, stride: 2, dilation: 1, padding: [1, 1] } as const;
  for (const axis of [UNIT_AXIS, resolveAxis(request, "floor"), resolveTransposedAxis(request, 1, undefined)]) {
    expect(axis).toBeTypeOf("object");
    expect(Object.isFrozen(axis)).toBe(true);
  }
});
