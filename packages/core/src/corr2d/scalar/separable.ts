/**
 * Kernels of rank 1: k[a, b] = c[a] · r[b]. Rows first, then columns, costs h + w instead of h · w products a cell:
 *
 *     m[i, j] = Σ_b r[b] · x[i, j + b − left],        y[i, j] = Σ_a c[a] · m[i + a − top, j]
 *
 * m is float64, so the result is rounded once: |y − ŷ| ≤ γ · Σ |k||x|, γ = u + (h + w + 4) · 2⁻⁵³, and where the factors
 * were found, plus the tolerance they were found with.
 *
 * @module
 */

import { type Shape2, sizeOf } from "../../tensor/shape.ts";
import type { FloatArray } from "../../tensor/tensor.ts";
import type { ContinuedMatrix } from "../problem/boundary.ts";
import type { KernelGeometry, SeparableKernel } from "../problem/problem.ts";
import { correlateDirectly } from "./direct.ts";

/** By rows, then columns. */
export function correlateSeparably(
  geometry: KernelGeometry & ContinuedMatrix,
  { column, row }: SeparableKernel<FloatArray>,
  y: FloatArray,
): void {
  const { fillValue, before } = geometry;
  const shape: Shape2 = [geometry.shape[0], geometry.outShape[1]];
  const middle = new Float64Array(sizeOf(shape));
  correlateDirectly(
    { ...geometry, kernel: row, kernelShape: [1, row.length], before: [0, before[1]], outShape: shape },
    middle,
  );
  // A row outside is everywhere the fill value, so its sum is known.
  let outside = 0;
  if (fillValue !== 0) for (const weight of row) outside += weight * fillValue;
  const vertical = { source: middle, shape, kernel: column, kernelShape: [column.length, 1] as const };
  correlateDirectly({ ...geometry, ...vertical, before: [before[0], 0], fillValue: outside }, y);
}
