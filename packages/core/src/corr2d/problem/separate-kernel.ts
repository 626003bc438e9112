/**
 * Is a kernel of rank 1, and of which two vectors is it the product?
 *
 *     |k[a, b] − column[a] · row[b]| ≤ tolerance · |k[a, b]| + underflow        for every a, b
 *
 * The row is that of the element of largest magnitude, and the column is its column divided by that element. A kernel that was
 * computed as a product and rounded differs from the product of these by five roundings: its own, and those of the three
 * elements and the quotient that stand for it; one that was computed as e^z, as a Gaussian is, by as much as z was rounded, which is
 * more the smaller the element is. The tolerance is relative to *each* element, so correlating with the factors stays within
 * elementwise bounds. Below the smallest normal number roundings are absolute, and so is what is allowed there:
 * the corners of a narrow Gaussian.
 *
 * Source: cross approximation with full pivoting, M. Bebendorf, "Hierarchical Matrices" (2008), section 3.4, of rank 1.
 *
 * @module
 */

import { checkOptionNames, requireNotNegative } from "../../geometry/options.ts";
import { checkTensor, dtypeOf, type FloatArray, type Matrix } from "../../tensor/tensor.ts";
import { requireElements, type SeparableKernel } from "./problem.ts";

/** How far the product of factors is from a kernel, relative to each element that is a normal number, at most. */
export function deviationOf(kernel: FloatArray, { column, row }: SeparableKernel<FloatArray>): number {
  const { smallestNormal } = rangeOf(kernel);
  let deviation = 0;
  for (let i = 0; i < kernel.length; i++) {
    const weight = Math.abs(kernel[i]);
    if (weight < smallestNormal) continue;
    const product = column[Math.floor(i / row.length)] * row[i % row.length];
    deviation = Math.max(deviation, Math.abs(kernel[i] - product) / weight);
  }
  return deviation;
}

function rangeOf(values: FloatArray): {
  readonly unit: number;
  readonly smallest: number;
  readonly smallestNormal: number;
} {
  return dtypeOf(values) === "float64"
    ? { unit: 2 ** -53, smallest: 2 ** -1074, smallestNormal: 2 ** -1022 }
    : { unit: 2 ** -24, smallest: 2 ** -149, smallestNormal: 2 ** -126 };
}

/**
 * The two vectors that a kernel of rank 1 is the product of:
 *
 *     |kernel[a, b] − column[a] · row[b]| ≤ tolerance · |kernel[a, b]|        for every a, b
 *
 * but for elements so small that they have lost digits. `corr2d` takes such a pair in the place of the kernel.
 *
 * @param kernel matrix, `[h, w]`.
 * @param options `tolerance`: default (6 + 2 · |ln(|kernel[a, b]| / max|kernel|)|) · u for each element, with u = 2⁻²⁴ for float32 and
 *   2⁻⁵³ for float64.
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
 */
export function separateKernel<T extends FloatArray = Float32Array>(
  kernel: Matrix<T>,
  options: { readonly tolerance?: number | undefined } = {},
): SeparableKernel<T> | undefined {
  checkOptionNames("separateKernel", options, ["tolerance"]);
  checkTensor("separateKernel", "kernel", kernel, 2);
  requireElements("separateKernel", "kernel", kernel.shape, kernel.data);
  const { tolerance } = options;
  if (tolerance !== undefined) requireNotNegative("separateKernel", "tolerance", tolerance);
  return factorsOf(kernel.data, kernel.shape[1], tolerance);
}

/** As {@link separateKernel}, of the elements of a matrix with `width` columns. */
export function factorsOf<T extends FloatArray>(
  kernel: T,
  width: number,
  tolerance?: number,
): SeparableKernel<T> | undefined {
  let pivot = 0;
  for (let i = 1; i < kernel.length; i++) if (Math.abs(kernel[i]) > Math.abs(kernel[pivot])) pivot = i;
  const first = pivot - (pivot % width);
  const row = kernel.slice(first, first + width) as T;
  const column = kernel.slice(0, kernel.length / width) as T;
  for (let a = 0; a < column.length; a++) column[a] = kernel[a * width + pivot - first] / kernel[pivot];
  const { unit, smallest, smallestNormal } = rangeOf(kernel);
  const heaviest = Math.abs(kernel[pivot]);
  // What four roundings below the normal numbers come to; of a kernel that is all there, they would hide what it is.
  const underflow = heaviest < 2 ** 30 * smallestNormal ? 0 : 4 * smallest;
  for (let a = 0, i = 0; a < column.length; a++) {
    for (let b = 0; b < width; b++, i++) {
      const weight = kernel[i];
      const difference = Math.abs(weight - column[a] * row[b]);
      if (difference === 0) continue;
      const relative = tolerance ?? unit * (6 + 2 * Math.log(heaviest / Math.max(Math.abs(weight), smallest)));
      // Written so that NaN fails, too.
      if (!(difference <= relative * Math.abs(weight) + underflow)) return undefined;
    }
  }
  return { column, row };
}

/** Rows whose Σ|r| is in this range stay as they are. */
const [LIGHTEST_ROW, HEAVIEST_ROW] = [2 ** -32, 1];
/** What is less than this has no digits to lose that matter. */
const NEGLIGIBLE = 2 ** -63;

/**
 * Factors in float32 for sums in float32: the row is made so heavy, by a power of two, that a sum along it is at most max |x|, so that none
 * overflows or loses digits where y does not. Undefined where the range of float32 has no room for that.
 */
export function balanced({ column, row }: SeparableKernel<FloatArray>): SeparableKernel | undefined {
  const { smallestNormal } = rangeOf(new Float32Array(0));
  const magnitudes = Float64Array.from(column, Math.abs).filter((weight) => weight > 0);
  const sum = Float64Array.from(row).reduce((total, weight) => total + Math.abs(weight), 0);
  let exponent = 0;
  if (sum > HEAVIEST_ROW || (sum > 0 && sum < LIGHTEST_ROW)) exponent = Math.ceil(Math.log2(sum));
  // A column that is light is not made lighter than normal numbers are.
  if (exponent < 0) {
    const least = magnitudes.reduce((least, weight) => Math.min(least, weight), Infinity);
    exponent = Math.min(0, Math.max(exponent, Math.ceil(Math.log2(smallestNormal / least))));
  }
  const scale = 2 ** exponent;
  const light = Float32Array.from(row, (weight) => weight / scale);
  const heavy = Float32Array.from(column, (weight) => weight * scale);
  const isLost = light.some((weight, b) => Math.abs(weight) < smallestNormal && Math.abs(row[b]) >= NEGLIGIBLE);
  return isLost || !heavy.every(Number.isFinite) ? undefined : { column: heavy, row: light };
}

/** Whether no product of factors has overflowed or lost digits. */
export function areInRange(products: FloatArray, { column, row }: SeparableKernel<FloatArray>): boolean {
  const { smallestNormal } = rangeOf(products);
  return (products as Float64Array).every((product, i) => {
    if (column[Math.floor(i / row.length)] === 0 || row[i % row.length] === 0) return true;
    return Number.isFinite(product) && Math.abs(product) >= smallestNormal;
  });
}
