import { describe, expect, it } from "vitest";
import { outputShapeOf, resolveCase, resultShapeOf } from "./arithmetic.ts";
import { elementBounds, normwiseBounds } from "./bounds.ts";
import { CASE_PASSES, type SpatialCase } from "./case.ts";
import { exactData } from "./data.ts";
import { reference } from "./reference.ts";
import { termsOf } from "./terms.ts";
import { convolutionOf } from "./transposed.ts";

const CASE: SpatialCase = {
  name: "transposed",
  inputShape: [1, 2, 1],
  filterShape: [3, 2, 1],
  strides: [2],
  padding: "valid",
  dilations: [1],
  groups: 1,
  bias: true,
  transposed: { outputPadding: [1] },
};

describe("a transposed convolution", () => {
  it("writes its kernel, scaled by each input, into the output", () => {
    const data = { x: [1, 2], filter: [1, -1, 10, -10, 100, -100], bias: [0, 1000], dy: [] };
    expect(outputShapeOf(CASE)).toEqual([1, 6, 2]);
    const y = [...reference(CASE, "forward", data)];
    expect(y.filter((_, i) => i % 2 === 0)).toEqual([1, 10, 102, 20, 200, 0]);
    expect(y.filter((_, i) => i % 2 === 1)).toEqual([999, 990, 898, 980, 800, 1000]);
    expect(CASE_PASSES.map((pass) => resultShapeOf(CASE, pass))).toEqual([[1, 6, 2], [1, 2, 1], [3, 2, 1], [2]]);
    expect(CASE_PASSES.map((pass) => termsOf(CASE, pass))).toEqual([2, 6, 2, 6]);
  });

  const cases: readonly SpatialCase[] = [
    CASE,
    { ...CASE, name: "same", padding: "same", transposed: { outputPadding: [0] } },
    {
      name: "groups, channels first",
      inputShape: [2, 3, 2, 4],
      filterShape: [3, 2, 3, 4],
      strides: [3, 1],
      padding: [
        [1, 0],
        [0, 1],
      ],
      dilations: [1, 2],
      groups: 2,
      bias: true,
      layout: "channels first",
      transposed: { outputPadding: [2, 0] },
    },
  ];

  it.each(cases)("is linear, and its gradients are adjoint: $name", (convCase) => {
    const data = exactData(convCase, 1);
    const [y, dx, dw, db] = CASE_PASSES.map((pass) => reference({ ...convCase, bias: false }, pass, data));
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);
    const product = dot(data.dy, y!);
    expect([dot(data.x, dx!), dot(data.filter, dw!)]).toEqual([product, product]);
    const biased = reference(convCase, "forward", data);
    expect(dot(data.dy, biased) - product).toBe(dot(data.bias!, db!));
    const { depth, height, width } = resolveCase(convCase);
    expect([depth, height, width].map(({ output }) => output).slice(-convCase.strides.length)).toEqual(
      convCase.inputShape.slice(1, -1),
    );
    for (const pass of CASE_PASSES) {
      const [element, normwise] = [elementBounds(convCase, pass, data), normwiseBounds(convCase, pass, data, 1)];
      expect(element.length).toBe(reference(convCase, pass, data).length);
      expect(element.every((bound, i) => bound <= normwise[i]!)).toBe(true);
    }
  });

  it.each<[Partial<SpatialCase>, string]>([
    [{ transposed: { outputPadding: [2] } }, "an output padding of 0 to stride − 1 for each axis"],
    [{ transposed: { outputPadding: [0, 0] } }, "an output padding of 0 to stride − 1 for each axis"],
    [{ padding: "same" }, '"same" takes no output padding'],
    [{ filterShape: [3, 2, 3] }, "no convolution leads back to [2,1]: it would give [2,3]"],
    [{ padding: 4 }, "sizes, strides, dilations and groups must be integers of 1 or more"],
  ])("refuses what cannot be: %#", (change, message) => {
    expect(() => resolveCase({ ...CASE, ...change })).toThrow(message);
  });

  it("leads back by a convolution, which another case is itself", () => {
    const back = convolutionOf(CASE);
    expect(back).toMatchObject({ inputShape: [1, 6, 2], bias: false });
    expect(outputShapeOf(back)).toEqual([1, 2, 1]);
    expect(convolutionOf(back)).toBe(back);
  });
});
