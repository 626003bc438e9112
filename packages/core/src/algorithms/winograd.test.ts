import { exactData, generateCases, realData, reference } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf } from "../../test/case-pass.ts";
import { resolveConvGeometry } from "../geometry.ts";
import { naive } from "./naive.ts";
import { LANE_LENGTH, STREAM_LENGTH } from "./register-tile.ts";
import { winograd2, winograd4 } from "./winograd.ts";
import { WinogradTiles } from "./winograd-tiles.ts";
import { amplification, errorConstant, F2, F4 } from "./winograd-transforms.ts";

const VARIANTS = [
  { algorithm: winograd2, f: F2, alpha: 4 },
  { algorithm: winograd4, f: F4, alpha: 88 / 3 },
];

describe.each(VARIANTS)("$algorithm.name", ({ algorithm, f, alpha }) => {
  it("transforms lines as its matrices say", () => {
    const line = Float64Array.from({ length: f.inputs }, (_, i) => (i + 2) ** 2 - 7);
    for (const [matrix, transform] of [
      [f.filterMatrix, f.transformFilter],
      [f.inputMatrix, f.transformInput],
      [f.outputMatrix, f.transformOutput],
    ] as const) {
      const result = new Float64Array(matrix.length);
      transform(line, 0, 1, result, 0, 1, 1);
      expect([...result]).toEqual(matrix.map((row) => row.reduce((sum, entry, i) => sum + entry * line[i], 0)));
    }
  });

  it("filters: Aᵀ[(G g) ⊙ (Bᵀ d)] is the correlation along one axis, for every unit kernel and image", () => {
    for (let tap = 0; tap < 3; tap++) {
      for (let cell = 0; cell < f.inputs; cell++) {
        const products = f.filterMatrix.map((row, point) => row[tap] * f.inputMatrix[point][cell]);
        f.outputMatrix.forEach((row, i) => {
          const output = row.reduce((sum, entry, point) => sum + entry * products[point], 0) / f.filterScale;
          expect(output).toBe(i + tap === cell ? 1 : 0);
        });
      }
    }
  });

  it("adds little to the rounding to float32, and says how much", () => {
    expect(amplification(f)).toBeCloseTo(alpha, 12);
    expect(errorConstant(f, 16419)).toBeLessThan(1.03 * 2 ** -24);
    const { errorBound } = algorithm;
    const g = resolveConvGeometry("test", [1, 9, 9, 8], [3, 3, 8, 8]);
    expect(errorBound.kind === "normwise" && errorBound.constant(g, "forward")).toBe(errorConstant(f, 16419));
  });

  it("refuses more channels than lanes or stream hold", () => {
    const supports = (channels: number) =>
      algorithm.supports(resolveConvGeometry("test", [1, 4, 4, channels], [3, 3, channels, 1]), "forward");
    const most = Math.min(LANE_LENGTH, STREAM_LENGTH / f.inputs ** 2);
    expect(supports(most)).toBe(true);
    expect(supports(most + 1)).toContain(`exceed the ${most}`);
  });

  it("gives exactly what the definition gives on integers, for every size of image around the tile", () => {
    for (let height = 1; height <= 2 * f.outputs + 1; height++) {
      for (let width = 1; width <= 2 * f.outputs + 1; width++) {
        for (const padding of [0, 1, 2]) {
          if (Math.min(height, width) + 2 * padding < 3) continue;
          const convCase = {
            ...generateCases(1, 1)[0],
            inputShape: [2, height, width, 6],
            filterShape: [3, 3, 3, 8],
            strides: [1, 1],
            dilations: [1, 1],
            groups: 2,
            padding,
            bias: true,
          } as const;
          const data = exactData(convCase, height * width);
          const g = geometryOf(convCase);
          const y = new Float32Array(data.dy.length).fill(Number.NaN);
          algorithm.prepare(g, data.filter, data.bias).run(data.x, y);
          expect(y).toEqual(Float32Array.from(reference(convCase, "forward", data)));
          const dx = new Float32Array(data.x.length).fill(Number.NaN);
          algorithm.prepareInputGradient(g, data.filter).run(data.dy, dx);
          expect(dx).toEqual(Float32Array.from(reference(convCase, "inputGradient", data)));
        }
      }
    }
  });

  it("computes many channels in several blocks of tiles and panels", () => {
    const convCase = {
      ...generateCases(1, 1)[0],
      inputShape: [1, 18, 19, 260],
      filterShape: [3, 3, 260, 100],
      strides: [1, 1],
      dilations: [1, 1],
      groups: 1,
      padding: 1,
      bias: true,
    } as const;
    const data = exactData(convCase, 1);
    const g = geometryOf(convCase);
    const plan = algorithm.prepare(g, data.filter, data.bias);
    const y = new Float32Array(data.dy.length).fill(Number.NaN);
    plan.run(data.x, y);
    expect(y).toEqual(Float32Array.from(reference(convCase, "forward", data)));
    expect(plan.scratchBytes).toBeLessThanOrEqual(4e6);
  });

  it("spreads a NaN over the tiles that see it, and no further", () => {
    const shape = [1, 12, 12, 1] as const;
    const convCase = { ...generateCases(1, 1)[0], name: "NaN", inputShape: shape, filterShape: [3, 3, 1, 1] } as const;
    const { x, filter } = realData({ ...convCase, strides: [1, 1], dilations: [1, 1], groups: 1, padding: 1 }, 1);
    x[5 * 12 + 5] = Number.NaN;
    const g = resolveConvGeometry("winograd", shape, convCase.filterShape, { padding: 1 });
    const [ours, truth] = [new Float32Array(144), new Float32Array(144)];
    algorithm.prepare(g, filter, undefined).run(x, ours);
    naive.prepare(g, filter, undefined).run(x, truth);
    const tileOf = (i: number) => [Math.floor(i / 12 / f.outputs), Math.floor((i % 12) / f.outputs)];
    const seen = (tile: number) => tile * f.outputs - 1 <= 5 && 5 < tile * f.outputs - 1 + f.inputs;
    for (let i = 0; i < 144; i++) {
      if (Number.isNaN(truth[i])) expect(ours[i]).toBeNaN();
      else if (Number.isNaN(ours[i])) expect(tileOf(i).every(seen)).toBe(true);
    }
  });

  it("refuses what it is not for, in words", () => {
    const of = (options: object, shape: readonly [number, number] = [3, 3]) =>
      algorithm.supports(resolveConvGeometry("winograd", [1, 9, 9, 4], [...shape, 4, 4], options), "forward");
    expect(of({})).toBe(true);
    expect(of({ strides: 2 })).toBe("the stride is 2×2, not 1");
    expect(of({ dilations: [1, 2] })).toBe("the dilation is 1×2, not 1");
    expect(of({}, [3, 5])).toBe("the kernel is 3×5, not 3×3");
    const g = resolveConvGeometry("winograd", [1, 9, 9, 4], [3, 3, 4, 4], {}, "float64");
    expect(algorithm.supports(g, "forward")).toMatch(/float32 data only/);
    expect(algorithm.supports({ ...g, dtype: "float32" }, "filterGradient")).toMatch(/gradient of the filter/);
    expect(() => algorithm.prepareFilterGradient(g)).toThrow("no gradient with respect to the filter");
  });
});

describe("WinogradTiles", () => {
  it.each([
    [4, 7, 7],
    [4, 8, 7],
    [4, 3, 9],
    [4, 8, 8],
    [2, 5, 4],
    [2, 1, 1],
  ])(
    "of m = %i, %i×%i outputs in all: each needs the products whose row or column its last one takes",
    (size, rows, columns) => {
      const tiles = new WinogradTiles(2, rows, columns, size);
      const places = Array.from({ length: tiles.count }, (_, t) => [tiles.images[t], tiles.rows[t], tiles.columns[t]]);
      const expected = [0, 1].flatMap((n) =>
        Array.from({ length: Math.ceil(rows / size) }, (_, i) =>
          Array.from({ length: Math.ceil(columns / size) }, (_, j) => [n, i * size, j * size]),
        ).flat(),
      );
      expect(places.toSorted()).toEqual(expected.toSorted());
      for (const infiniteRow of [false, true]) {
        for (const infiniteColumn of [false, true]) {
          const [first, end] = tiles.needing(infiniteRow, infiniteColumn);
          places.forEach(([, row, column], t) => {
            const needs = (!infiniteRow || row + size <= rows) && (!infiniteColumn || column + size <= columns);
            expect(first <= t && t < end).toBe(needs);
          });
        }
      }
    },
  );
});
