import { expect, it } from "vitest";
import {
  filled,
  inputShapeOfConvolution,
  isPlanar,
  outputShapeOfConvolution,
  resolveConvolution,
  resolveTransposedConvolution,
} from "./convolution.ts";
import { inputShapeOf, outputShapeOf, planarGeometry } from "./planes.ts";

it("gives a lower-dimensional convolution axes of size one", () => {
  const s = resolveConvolution("test", 1, [2, 9, 3], [3, 3, 4], { strides: 2 }, "float32");
  expect(inputShapeOfConvolution(s)).toEqual([2, 9, 3]);
  expect(outputShapeOfConvolution(s)).toEqual([2, 4, 4]);
  expect(inputShapeOf(planarGeometry(s))).toEqual([2, 1, 9, 3]);
  expect(outputShapeOf(planarGeometry(s))).toEqual([2, 1, 4, 4]);
});

it("takes planes that do not meet for a larger batch, others one at a time", () => {
  const planar = resolveConvolution("test", 3, [2, 5, 6, 6, 1], [1, 3, 3, 1, 1], {}, "float32");
  expect([isPlanar(planar), planarGeometry(planar).batch]).toEqual([true, 10]);
  for (const options of [
    { strides: 2 },
    {
      padding: [
        [1, 1],
        [0, 0],
        [0, 0],
      ],
    },
  ] as const) {
    const s = resolveConvolution("test", 3, [2, 5, 6, 6, 1], [1, 3, 3, 1, 1], options, "float32");
    expect([isPlanar(s), planarGeometry(s).batch]).toEqual([false, 1]);
  }
  const deep = resolveConvolution("test", 3, [2, 5, 6, 6, 1], [2, 3, 3, 1, 1], {}, "float32");
  expect([isPlanar(deep), planarGeometry(deep).batch]).toEqual([false, 1]);
});

it("fills padding in, but for what rounding hangs over", () => {
  const options = {
    padding: [
      [2, 1],
      [0, 3],
    ],
    strides: [1, 5],
    rounding: "ceil",
  } as const;
  const zeros = resolveConvolution("test", 2, [1, 4, 6, 1], [3, 3, 1, 1], options, "float32");
  expect(filled(zeros)).toBe(zeros);
  expect(planarGeometry(zeros)).toMatchObject({ padTop: 2, padBottom: 1, padLeft: 0, padRight: 7 });
  const s = resolveConvolution(
    "test",
    2,
    [1, 4, 6, 1],
    [3, 3, 1, 1],
    { ...options, paddingMode: "reflect" },
    "float32",
  );
  expect(inputShapeOfConvolution(filled(s))).toEqual([1, 7, 9, 1]);
  expect(planarGeometry(filled(s))).toMatchObject({ padTop: 0, padBottom: 0, padLeft: 0, padRight: 4 });
  expect(outputShapeOfConvolution(filled(s))).toEqual(outputShapeOfConvolution(s));
});

it("resolves a transposed convolution to the one it is the transpose of", () => {
  const options = { strides: 2, layout: "NCHW", groups: 2 } as const;
  const s = resolveTransposedConvolution("test", 2, [1, 6, 4, 5], [3, 2, 4, 6], options, "float64");
  expect(outputShapeOfConvolution(s)).toEqual([1, 6, 4, 5]);
  expect(inputShapeOfConvolution(s)).toEqual([1, 8, 9, 10]);
  expect(planarGeometry(s)).toMatchObject({ inChannels: 8, outChannels: 6, groupInChannels: 4, dtype: "float64" });
});

it("freezes what it resolves", () => {
  const s = resolveConvolution("test", 2, [1, 4, 4, 1], [3, 3, 1, 1], { padding: 1, paddingMode: "wrap" }, "float32");
  for (const geometry of [s, filled(s), planarGeometry(filled(s))]) expect(Object.isFrozen(geometry)).toBe(true);
});
