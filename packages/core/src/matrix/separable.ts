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

import { checkOptionNames, requireNotNegative } from "../options.ts";
import { type Shape2, sizeOf } from "../shape.ts";
import { checkArray, checkTensor, dtypeOf, type FloatArray, type Matrix, zeros } from "../tensor.ts";
import { correlateDirectly } from "./direct.ts";
import {
  backwards,
  type Corr2dOptions,
  checkOperand,
  type MatrixGeometry,
  resolveGeometry,
  type SeparableKernel,
} from "./problem.ts";

/** By rows, then columns. */
export function correlateSeparably(
  geometry: MatrixGeometry,
  y: FloatArray,
  { factors }: { readonly factors: SeparableKernel<FloatArray> | undefined },
): void {
  const { column, row } = factors!;
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

/**
 * Cross-correlates a matrix with a kernel that is given as two vectors, by rows, then columns.
 *
 *     y[i, j] = Σ_{a, b} column[a] · row[b] · x[i + a − top, j + b − left]
 *
 * with top and left as in {@link corr2d}, h + w products for each cell.
 *
 * @param x matrix, `[H, W]`.
 * @param kernel vectors of h and w elements, of the element type of `x`.
 * @returns a new matrix.
 * @throws TypeError if an argument is of the wrong type, the element types differ or an option is unknown; RangeError if an
 *   option has a value that is not allowed, something is empty, or the kernel exceeds the image in mode `"valid"`.
 *
 * @example
 * ```ts
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const ones = new Float32Array([1, 1, 1]); // sums of 3 × 3 cells; outside, the picture is mirrored
 * const sums = corr2dSeparable(x, { column: ones, row: ones }, { mode: "same", boundary: "mirror" });
 * sums.data; // → [24, 27, 30, 33, 36, 39, 42, 45, 48]
 * ```
 */
export function corr2dSeparable<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: SeparableKernel<T>,
  options: Omit<Corr2dOptions, "method"> = {},
): Matrix<T> {
  return correlateVectors("corr2dSeparable", x, kernel, options, false);
}

/**
 * Convolves a matrix with a kernel that is given as two vectors: {@link corr2dSeparable} with both flipped, centred as
 * {@link convolve2d}.
 *
 * @throws as {@link corr2dSeparable}.
 *
 * @example
 * ```ts
 * const impulse = tensor([3, 3], [0, 0, 0, 0, 1, 0, 0, 0, 0]);
 * const kernel = { column: new Float32Array([1, 2, 3]), row: new Float32Array([1, 0, 0]) };
 * convolve2dSeparable(impulse, kernel, { mode: "same" }).data; // → [1, 0, 0, 2, 0, 0, 3, 0, 0]
 * ```
 */
export function convolve2dSeparable<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: SeparableKernel<T>,
  options: Omit<Corr2dOptions, "method"> = {},
): Matrix<T> {
  return correlateVectors("convolve2dSeparable", x, kernel, options, true);
}

function correlateVectors<T extends FloatArray>(
  operation: string,
  x: Matrix<T>,
  kernel: SeparableKernel<T>,
  options: Omit<Corr2dOptions, "method">,
  flip: boolean,
): Matrix<T> {
  checkOptionNames(operation, options, ["mode", "boundary", "fillValue"]);
  checkOperand(operation, "x", x, 2, x);
  const { column, row } = kernel ?? {};
  checkVector(operation, "kernel.column", column, x);
  checkVector(operation, "kernel.row", row, x);
  const geometry = resolveGeometry(operation, x.shape, [column.length, row.length], options, flip);
  const factors = flip ? { column: backwards(column), row: backwards(row) } : kernel;
  const y = zeros(dtypeOf(x.data), sizeOf(geometry.outShape)) as T;
  correlateSeparably({ ...geometry, source: x.data }, y, { factors });
  return { shape: geometry.outShape, data: y };
}

/** Checks that a factor of a kernel has elements, of the type of the image. */
function checkVector(operation: string, parameter: string, vector: FloatArray, image: Matrix<FloatArray>): void {
  checkArray(operation, parameter, vector, dtypeOf(image.data), vector?.length);
  if (vector.length === 0) throw new RangeError(`${operation}: ${parameter} is empty`);
}

/** Tolerance of {@link separateKernel}: four roundings of the element type, by which a product of vectors differs. */
export function defaultTolerance(values: FloatArray): number {
  return dtypeOf(values) === "float64" ? 2 ** -51 : 2 ** -22;
}

/**
 * The two vectors that a kernel of rank 1 is the product of:
 *
 *     |kernel[a, b] − column[a] · row[b]| ≤ tolerance · |kernel[a, b]|        for every a, b
 *
 * They are the row of the element of largest magnitude, and the column of it divided by that element. The tolerance is
 * relative to *each* element, so correlating with the factors stays within elementwise bounds.
 *
 * @param kernel matrix, `[h, w]`.
 * @param options `tolerance`: default 2⁻²² for float32 and 2⁻⁵¹ for float64.
 * @returns the factors, or undefined if the kernel is not of rank 1 within the tolerance, is all zero or not finite.
 * @throws TypeError if `kernel` is not a matrix or an option is unknown, RangeError if it is empty or the tolerance negative.
 *
 * @example
 * ```ts
 * const sobel = tensor([3, 3], [1, 0, -1, 2, 0, -2, 1, 0, -1]);
 * const factors = separateKernel(sobel)!;
 * factors.row; // → [2, 0, -2]
 * factors.column; // → [0.5, 1, 0.5]
 * separateKernel(tensor([3, 3], [0, 1, 0, 1, -4, 1, 0, 1, 0])); // → undefined
 * ```
 * Source: cross approximation with full pivoting, M. Bebendorf, "Hierarchical Matrices" (2008), section 3.4, of rank 1.
 */
export function separateKernel<T extends FloatArray = Float32Array>(
  kernel: Matrix<T>,
  options: { readonly tolerance?: number | undefined } = {},
): SeparableKernel<T> | undefined {
  checkOptionNames("separateKernel", options, ["tolerance"]);
  checkTensor("separateKernel", "kernel", kernel, 2);
  if (kernel.data.length === 0) throw new RangeError(`separateKernel: kernel [${kernel.shape}] is empty`);
  const { tolerance } = options;
  if (tolerance !== undefined) requireNotNegative("separateKernel", "tolerance", tolerance);
  return factorsOf(kernel.data, kernel.shape[1], tolerance);
}

/** As {@link separateKernel}, of the elements of a matrix with `width` columns. */
export function factorsOf<T extends FloatArray>(
  kernel: T,
  width: number,
  tolerance: number = defaultTolerance(kernel),
): SeparableKernel<T> | undefined {
  let pivot = 0;
  for (let i = 1; i < kernel.length; i++) if (Math.abs(kernel[i]) > Math.abs(kernel[pivot])) pivot = i;
  const first = pivot - (pivot % width);
  const row = kernel.slice(first, first + width) as T;
  const column = kernel.slice(0, kernel.length / width) as T;
  for (let a = 0; a < column.length; a++) column[a] = kernel[a * width + pivot - first] / kernel[pivot];
  // Written so that NaN fails, too.
  const isProduct = (kernel as Float64Array).every(
    (weight, i) => Math.abs(weight - column[Math.floor(i / width)] * row[i % width]) <= tolerance * Math.abs(weight),
  );
  return isProduct ? { column, row } : undefined;
}
