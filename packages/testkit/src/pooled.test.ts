import { describe, expect, it } from "vitest";
import {
  absoluteReference,
  dataOf,
  elementBounds,
  reference,
  resolveCase,
  type SpatialCase,
  seesCells,
} from "./index.ts";

const average: SpatialCase = {
  name: "means",
  inputShape: [1, 2, 3, 1],
  filterShape: [2, 2, 1, 1],
  strides: [1, 1],
  padding: "same",
  dilations: [1, 1],
  groups: 1,
  bias: false,
  pool: "average",
};
const max: SpatialCase = { ...average, name: "largest", pool: "max" };
const x = [1, 2, 3, -4, 5, 7];

describe("pooling", () => {
  it("takes the mean of the cells that are there", () => {
    expect([...reference(average, "forward", { x })]).toEqual([1, 17 / 4, 5, 0.5, 6, 7]);
  });

  it("takes the largest of them, negative or not", () => {
    expect([...reference(max, "forward", { x })]).toEqual([5, 7, 7, 5, 7, 7]);
    expect([...reference(max, "forward", { x: [-1, -2, -3, -4, -5, -7] })]).toEqual([-1, -2, -3, -4, -5, -7]);
  });

  it("gives each cell its share of the gradient, or the largest all of it", () => {
    const dy = [4, 8, 2, 6, 10, 1];
    expect([...reference(average, "inputGradient", { dy })]).toEqual([1, 3, 3, 4, 11, 9]);
    expect([...reference(max, "inputGradient", { x, dy })]).toEqual([0, 0, 0, 0, 10, 21]);
  });

  it("is the same in either layout", () => {
    const volume: SpatialCase = {
      ...average,
      name: "volumes",
      inputShape: [2, 3, 4, 5, 3],
      filterShape: [2, 1, 3, 1, 3],
      strides: [1, 2, 2],
      dilations: [1, 1, 1],
      groups: 3,
    };
    const first = { ...volume, layout: "channels first" as const };
    const turn = (array: Float64Array, cells: number): number[] =>
      Array.from({ length: array.length }, (_, i) => {
        const [c, cell, n] = [i % 3, Math.floor(i / 3) % cells, Math.floor(i / 3 / cells)];
        return array[(n * 3 + c) * cells + cell]!;
      });
    for (const pool of ["average", "max"] as const) {
      const data = dataOf({ ...first, pool }, "real", 1);
      const last = Float64Array.from(turn(Float64Array.from(data.x), 60));
      const cells = resolveCase(volume);
      const outputs = cells.depth.output * cells.height.output * cells.width.output;
      expect(turn(reference({ ...first, pool }, "forward", data), outputs)).toEqual([
        ...reference({ ...volume, pool }, "forward", { x: last }),
      ]);
    }
  });

  it("is bounded by the rounding of a sum, and the largest not at all", () => {
    expect(elementBounds(max, "forward", dataOf(max, "real", 1)).every((bound) => bound === 0)).toBe(true);
    const data = dataOf(average, "real", 1);
    const magnitudes = absoluteReference(average, "forward", data);
    for (const [i, bound] of elementBounds(average, "forward", data).entries()) {
      expect(bound / magnitudes[i]!).toBeGreaterThan(6 * 2 ** -24);
      expect(bound / magnitudes[i]!).toBeLessThan(7 * 2 ** -24);
    }
  });

  it("is asked about images in which no two cells are the largest, and without weights", () => {
    const { x: image, filter, bias } = dataOf({ ...max, inputShape: [1, 20, 20, 1] }, "exact", 1);
    expect(new Set(image).size).toBe(400);
    expect([filter.length, bias]).toEqual([0, undefined]);
  });

  it("has no filter, no bias and no window of padding alone", () => {
    expect(() => reference(max, "filterGradient", { x, dy: x })).toThrow(
      'case "largest" pools, so it has no filterGradient',
    );
    expect(() => resolveCase({ ...max, bias: true })).toThrow(
      "pooling has one window for each of 1 channels and no bias",
    );
    const past = { ...max, padding: 2 };
    expect(seesCells(past)).toBe(false);
    expect(() => resolveCase(past)).toThrow("a window would see nothing but padding");
  });
});
