import { describe, expect, it } from "vitest";
import {
  type ComplexMatrix,
  complexMatrix,
  fourierTransform,
  PADDING,
  rootsOfUnity,
  type TransformBuffers,
} from "./fourier.ts";

const sides = [1, 2, 3, 4, 8, 12, 16, 32, 48, 64];
const shapes = sides.flatMap((rows) => sides.map((columns) => [rows, columns] as const));

/** Numbers without a pattern, without padding. */
function sample(size: number): ComplexMatrix {
  return [
    Float64Array.from({ length: size }, (_, i) => Math.sin(i * i + 1)),
    Float64Array.from({ length: size }, (_, i) => Math.cos(3 * i * i + 2)),
  ];
}

/** Both buffers, the first with these numbers. */
function buffersOf(z: ComplexMatrix, rows: number, columns: number): TransformBuffers {
  const front = complexMatrix(rows, columns);
  for (const part of [0, 1]) {
    for (let i = 0; i < rows; i++) {
      front[part].set(z[part].subarray(i * columns, (i + 1) * columns), i * (columns + PADDING));
    }
  }
  return [front, complexMatrix(rows, columns)];
}

/** The numbers of a padded matrix. */
function withoutPadding(z: ComplexMatrix, rows: number, columns: number): ComplexMatrix {
  const numbers = (part: Float64Array): Float64Array =>
    Float64Array.from({ length: rows * columns }, (_, p) => part[p + Math.floor(p / columns) * PADDING]);
  return [numbers(z[0]), numbers(z[1])];
}

function norm([re, im]: ComplexMatrix): number {
  return Math.sqrt(re.reduce((sum, value, i) => sum + value * value + im[i] * im[i], 0));
}

function difference(a: ComplexMatrix, b: ComplexMatrix): ComplexMatrix {
  return [a[0].map((value, i) => value - b[0][i]), a[1].map((value, i) => value - b[1][i])];
}

/** What the module states: t·η relative to the 2-norm of the result. */
const bound = (rows: number, columns: number): number => Math.log2(rows * columns) * 16 * 2 ** -53;

describe("fourierTransform", () => {
  it.each(shapes.filter(([rows, columns]) => rows * columns <= 256))(
    "of %i × %i numbers is the sum that defines it, transposed",
    (rows, columns) => {
      const z = sample(rows * columns);
      const expected: ComplexMatrix = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
      for (let u = 0; u < rows; u++) {
        for (let v = 0; v < columns; v++) {
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < columns; j++) {
              const angle = -2 * Math.PI * (((u * i) % rows) / rows + ((v * j) % columns) / columns);
              const [re, im] = [z[0][i * columns + j], z[1][i * columns + j]];
              expected[0][v * rows + u] += re * Math.cos(angle) - im * Math.sin(angle);
              expected[1][v * rows + u] += re * Math.sin(angle) + im * Math.cos(angle);
            }
          }
        }
      }
      const buffers = buffersOf(z, rows, columns);
      fourierTransform(buffers, rootsOfUnity(rows), rootsOfUnity(columns), rows);
      const transformed = withoutPadding(buffers[0], columns, rows);
      // The sum itself is rounded as often as it has terms.
      const allowed = (bound(rows, columns) + rows * columns * 2 ** -52) * norm(expected);
      expect(norm(difference(transformed, expected))).toBeLessThanOrEqual(allowed);
    },
  );

  it.each(shapes)(
    "of %i × %i numbers is undone by itself, with real and imaginary parts exchanged",
    (rows, columns) => {
      const z = sample(rows * columns);
      const buffers = buffersOf(z, rows, columns);
      const [rowRoots, columnRoots] = [rootsOfUnity(rows), rootsOfUnity(columns)];
      fourierTransform(buffers, rowRoots, columnRoots, rows);
      buffers[0] = [buffers[0][1], buffers[0][0]];
      fourierTransform(buffers, columnRoots, rowRoots, columns);
      const [im, re] = withoutPadding(buffers[0], rows, columns);
      const back: ComplexMatrix = [re.map((value) => value / re.length), im.map((value) => value / im.length)];
      expect(norm(difference(back, z))).toBeLessThanOrEqual((2 * bound(rows, columns) + 2 ** -52) * norm(z));
    },
  );

  it("keeps the first rows where only they are wanted", () => {
    const [whole, part] = [buffersOf(sample(48 * 32), 48, 32), buffersOf(sample(48 * 32), 48, 32)];
    const [rowRoots, columnRoots] = [rootsOfUnity(48), rootsOfUnity(32)];
    fourierTransform(whole, rowRoots, columnRoots, 48);
    fourierTransform(part, rowRoots, columnRoots, 7);
    const expected = withoutPadding(whole[0], 32, 48);
    const kept = withoutPadding(part[0], 32, 7);
    for (let v = 0; v < 32; v++) {
      for (let u = 0; u < 7; u++) {
        expect([kept[0][v * 7 + u], kept[1][v * 7 + u]]).toEqual([expected[0][v * 48 + u], expected[1][v * 48 + u]]);
      }
    }
  });
});
