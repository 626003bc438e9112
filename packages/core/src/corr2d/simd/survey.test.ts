import { seededRandom } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { SimdEngine } from "../../simd/engine/engine.ts";
import { simdFeatures } from "../../simd/engine/features.ts";
import { hostWebAssembly } from "../../simd/engine/webassembly.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import { type Extremes, extremesOf } from "../problem/survey.ts";
import { findExtremesOn } from "./survey.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());

/** Blocks that are cut off at the right and below, rows of less than a block, and more rows than pass through scratch at once. */
const SHAPES: readonly Shape2[] = [
  [8, 8],
  [9, 17],
  [7, 23],
  [1, 8],
  [20, 5],
  [70, 2051],
];

/** The definition; blocks begin no later than at a column. */
function extremes(values: Float32Array, [height, width]: Shape2, latest: number): Extremes {
  const columns = Math.ceil(width / 8);
  const blocks = Array.from({ length: Math.ceil(height / 8) * columns }, (_, block) => {
    const [top, left] = [8 * Math.floor(block / columns), Math.min(latest, 8 * (block % columns))];
    return Array.from({ length: Math.min(8, height - top) }, (_, i) => {
      const row = (top + i) * width;
      return [...values.subarray(row + left, row + Math.min(width, left + 8))].map(Math.abs);
    }).flat();
  });
  const least = blocks.map((cells) => Math.min(...cells.filter((cell) => !Number.isNaN(cell))));
  return [Float32Array.from(least), Float32Array.from(blocks, (cells) => Math.max(...cells))];
}

it.each(SHAPES)("%i × %i: the least and the greatest of each block", (height, width) => {
  const random = seededRandom(3, `${height} ${width}`);
  const values = Float32Array.from({ length: height * width }, () => random.uniform(-1, 1) ** 9);
  const shape: Shape2 = [height, width];
  for (const [place, value] of [
    [0, 0],
    [0.5, 1e30],
    [0.999, Number.NaN],
    [0.99, Number.NEGATIVE_INFINITY],
  ] as const) {
    values[Math.floor(place * values.length)] = value;
    expect(extremesOf(values, shape)).toEqual(extremes(values, shape, width));
    // On the engine the last block of a row begins earlier, to be whole.
    expect(findExtremesOn(engine, values, shape)).toEqual(extremes(values, shape, width < 8 ? width : width - 8));
  }
});
