/** Sequences, volumes, layouts and roundings, told by what they have in common with images. */

import { describe, expect, it } from "vitest";
import { outputShapeOf, resolveCase } from "./arithmetic.ts";
import { CASE_PASSES, isPlanar, type SpatialCase } from "./case.ts";
import { CASES, SPATIAL_CASES } from "./cases.ts";
import { exactData } from "./data.ts";
import { fromChannelsLast, toChannelsLast } from "./layout.ts";
import { reference } from "./reference.ts";

const named = (name: string): SpatialCase => SPATIAL_CASES.find((each) => each.name === name)!;

describe("the reference", () => {
  it("sees a sequence as an image of one row", () => {
    const sequence = named("sequence");
    const data = exactData(sequence, 1);
    const { inputShape, filterShape, strides, dilations, padding } = sequence;
    const image: SpatialCase = {
      ...sequence,
      inputShape: [inputShape[0], 1, ...inputShape.slice(1)],
      filterShape: [1, ...filterShape],
      strides: [1, ...strides],
      dilations: [1, ...dilations],
      padding: [[0, 0], ...(padding as [number, number][])],
    };
    for (const pass of CASE_PASSES) expect(reference(sequence, pass, data)).toEqual(reference(image, pass, data));
  });

  it("sees a volume as images of which each is a sum over taps of depth", () => {
    const volume = named("volume, every axis otherwise");
    const data = exactData(volume, 1);
    const [batch, depth, ...plane] = volume.inputShape;
    const [taps, ...filterPlane] = volume.filterShape;
    const pairs = volume.padding as [number, number][];
    const image: SpatialCase = {
      ...volume,
      inputShape: [1, ...plane],
      filterShape: filterPlane,
      strides: volume.strides.slice(1),
      dilations: volume.dilations.slice(1),
      padding: pairs.slice(1),
      bias: false,
    };
    const [inSize, tapSize] = [plane.reduce((a, b) => a * b), filterPlane.reduce((a, b) => a * b)];
    const expected: number[] = [];
    for (let n = 0; n < batch; n++) {
      for (let k = 0; k < resolveCase(volume).depth.output; k++) {
        const cells = new Float64Array(outputShapeOf(image).reduce((a, b) => a * b));
        for (let e = 0; e < taps; e++) {
          const d = k * volume.strides[0] + e - pairs[0][0];
          if (d < 0 || d >= depth) continue;
          const start = (n * depth + d) * inSize;
          const x = data.x.slice(start, start + inSize);
          const y = reference(image, "forward", { x, filter: data.filter.slice(e * tapSize, (e + 1) * tapSize) });
          for (let i = 0; i < cells.length; i++) cells[i] += y[i];
        }
        expected.push(...cells.map((cell, i) => cell + data.bias![i % data.bias!.length]));
      }
    }
    expect(Array.from(reference(volume, "forward", data))).toEqual(expected);
  });

  it("gives gradients that are adjoint, of every kind", () => {
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
    for (const each of SPATIAL_CASES) {
      const convCase = { ...each, bias: false };
      const data = exactData(convCase, 2);
      const product = dot(data.dy, reference(convCase, "forward", data));
      expect(dot(data.x, reference(convCase, "inputGradient", data)), each.name).toBe(product);
      expect(dot(data.filter, reference(convCase, "filterGradient", data)), each.name).toBe(product);
    }
  });

  it("computes channels first as channels last, moved", () => {
    for (const first of SPATIAL_CASES.filter(({ layout }) => layout === "channels first")) {
      const last: SpatialCase = { ...first, layout: "channels last" };
      const data = exactData(first, 1);
      const moved = {
        ...data,
        x: toChannelsLast(data.x, first, "inputGradient"),
        dy: toChannelsLast(data.dy, first, "forward"),
      };
      for (const pass of CASE_PASSES) {
        expect(toChannelsLast(reference(first, pass, data), first, pass)).toEqual(reference(last, pass, moved));
      }
      expect(fromChannelsLast(moved.x, first, "inputGradient")).toEqual(data.x);
    }
  });
});

describe("shapes", () => {
  it("round as they are told: 8 cells, 3 taps, stride 2 and 9 cells, 2 taps, stride 3", () => {
    const sizes = (rounding: "floor" | "round" | "ceil") =>
      outputShapeOf({ ...named("image rounded up"), rounding }).slice(1, 3);
    expect([sizes("floor"), sizes("round"), sizes("ceil")]).toEqual([
      [3, 3],
      [4, 3],
      [4, 4],
    ]);
  });

  it("tell images of the usual kind from all others", () => {
    expect(CASES.every(isPlanar)).toBe(true);
    expect(SPATIAL_CASES.some(isPlanar)).toBe(false);
  });

  it("of unequal rank are refused", () => {
    const sequence = named("sequence");
    expect(() => resolveCase({ ...sequence, strides: [1, 1] })).toThrow("shapes must have one to three spatial axes");
    expect(() => resolveCase({ ...sequence, inputShape: [1, 2] })).toThrow("the same in all, got input [1,2]");
  });
});
