/**
 * The definition, as nested loops. Never optimised: everything else is measured against it.
 *
 * Cells outside an image that goes on with zeros are skipped, never multiplied: an infinite weight makes no NaN of
 * them. Sums are float64, over a then b, and rounded once.
 *
 * @module
 */

import { continuedIndices } from "../../geometry/boundary.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { MatrixProblem } from "../problem/problem.ts";

/** y[i, j] = Σ k[a, b] · x[i + a − top, j + b − left]. */
export function correlateNaively(problem: MatrixProblem, y: FloatArray): void {
  const {
    source,
    shape: [height, width],
    boundary,
    fillValue,
    kernel,
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape: [outHeight, outWidth],
  } = problem;
  const rows = continuedIndices(boundary, -top, outHeight + kernelHeight - 1, height);
  const columns = continuedIndices(boundary, -left, outWidth + kernelWidth - 1, width);
  for (let i = 0; i < outHeight; i++) {
    for (let j = 0; j < outWidth; j++) {
      let sum = 0;
      for (let a = 0; a < kernelHeight; a++) {
        for (let b = 0; b < kernelWidth; b++) {
          const weight = kernel[a * kernelWidth + b];
          const inside = rows[i + a] >= 0 && columns[j + b] >= 0;
          if (inside) sum += weight * source[rows[i + a] * width + columns[j + b]];
          else if (fillValue !== 0) sum += weight * fillValue;
        }
      }
      y[i * outWidth + j] = sum;
    }
  }
}
