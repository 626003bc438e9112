import { describe, expect, it } from "vitest";
import { type ComplexMatrix, complexMatrix, fourierTransform, rootsOfUnity, type TransformBuffers } from "./fourier.ts";

const sides = [1, 2, 4, 8, 16, 32, 64];
const shapes = sides.flatMap((rows) => sides.map((columns) => [rows, columns] as const));

/** Numbers without a pattern. */
function sample(size: number): ComplexMatrix {
  const matrix = complexMatrix(size);
  for (let i = 0; i < size; i++) {
    matrix[0][i] = Math.sin(i * i + 1);
    matrix[1][i] = Math.cos(3 * i * i + 2);
  }
  return matrix;
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
      const expected = complexMatrix(rows * columns);
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
      const buffers: TransformBuffers = [z, complexMatrix(rows * columns)];
      fourierTransform(buffers, rootsOfUnity(rows), rootsOfUnity(columns));
      // The sum itself is rounded as often as it has terms.
      const allowed = (bound(rows, columns) + rows * columns * 2 ** -52) * norm(expected);
      expect(norm(difference(buffers[0], expected))).toBeLessThanOrEqual(allowed);
    },
  );

  it.each(shapes)(
    "of %i × %i numbers is undone by itself, with real and imaginary parts exchanged",
    (rows, columns) => {
      const z = sample(rows * columns);
      const buffers: TransformBuffers = [[z[0].slice(), z[1].slice()], complexMatrix(rows * columns)];
      const [rowRoots, columnRoots] = [rootsOfUnity(rows), rootsOfUnity(columns)];
      fourierTransform(buffers, rowRoots, columnRoots);
      buffers[0] = [buffers[0][1], buffers[0][0]];
      fourierTransform(buffers, columnRoots, rowRoots);
      const back = [1, 0].map((part) => buffers[0][part].map((value) => value / (rows * columns)));
      const error = norm(difference(back as unknown as ComplexMatrix, z));
      expect(error).toBeLessThanOrEqual((2 * bound(rows, columns) + 2 ** -52) * norm(z));
    },
  );
});
