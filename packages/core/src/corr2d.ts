/**
 * The seed of it all: two-dimensional cross-correlation of one matrix with another.
 *
 *     y[i, j] = Σ_{a, b} k[a, b] · x[i + a − top, j + b − left]        cells outside x count as absent
 *
 * A weighted sum of neighbours whose weights do not depend on where one looks (translation invariance) and reach no
 * further than the kernel (locality). {@link convolve2d} is the same with the kernel flipped in both directions.
 *
 * @module
 */

import { checkOptionNames } from "./geometry.ts";
import type { Shape2 } from "./shape.ts";
import { checkTensor, describe, dtypeOf, type FloatArray, type Matrix, zeros } from "./tensor.ts";

/** How much of the plane is computed. */
export type Corr2dMode =
  /** Only where the kernel lies wholly inside the image: (H − h + 1) × (W − w + 1). */
  | "valid"
  /** As large as the image, the kernel centred on each cell: H × W. */
  | "same"
  /** Wherever kernel and image touch: (H + h − 1) × (W + w − 1). */
  | "full";

/** Options of {@link corr2d} and {@link convolve2d}. */
export interface Corr2dOptions {
  /** Default `"valid"`. */
  readonly mode?: Corr2dMode;
}

/**
 * Cross-correlates a matrix with a kernel. The kernel is *not* flipped.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i + a − top, j + b − left]
 *
 * with top = left = 0 for `"valid"`, ⌊(h − 1) / 2⌋ and ⌊(w − 1) / 2⌋ for `"same"`, h − 1 and w − 1 for `"full"` (SciPy's
 * `correlate2d`). Sums are float64 and rounded once.
 *
 * @param x matrix, `[H, W]`.
 * @param kernel matrix, `[h, w]`, of the element type of `x`.
 * @returns a new matrix.
 * @throws TypeError if an argument is not a matrix, the element types differ or an option is unknown; RangeError if the mode is
 *   unknown, a matrix is empty, or the kernel exceeds the image in mode `"valid"`.
 *
 * @example
 * ```ts
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const kernel = tensor([2, 2], [0, 1, 2, 3]);
 * corr2d(x, kernel).data; // → [19, 25, 37, 43]
 * ```
 * Source: A. Zhang, Z. Lipton, M. Li and A. Smola, "Dive into Deep Learning", section 7.2.
 */
export function corr2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Matrix<T> {
  const mode = checkArguments("corr2d", x, kernel, options);
  const [h, w] = kernel.shape;
  return correlate("corr2d", x, kernel, mode, Math.floor((h - 1) / 2), Math.floor((w - 1) / 2));
}

/**
 * Convolves a matrix with a kernel: cross-correlation with the kernel flipped in both directions.
 *
 *     y[i, j] = Σ_{a, b} kernel[a, b] · x[i − a + bottom, j − b + right]
 *
 * with bottom = h − 1 and right = w − 1 for `"valid"`, ⌊(h − 1) / 2⌋ and ⌊(w − 1) / 2⌋ for `"same"`, 0 for `"full"` (SciPy's
 * `convolve2d`). It commutes: in mode `"full"`, x and kernel may change places.
 *
 * @throws as {@link corr2d}.
 *
 * @example
 * ```ts
 * const x = tensor([3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const kernel = tensor([2, 2], [0, 1, 2, 3]);
 * convolve2d(x, kernel).data; // → [5, 11, 23, 29]
 * ```
 */
export function convolve2d<T extends FloatArray = Float32Array>(
  x: Matrix<T>,
  kernel: Matrix<T>,
  options: Corr2dOptions = {},
): Matrix<T> {
  const mode = checkArguments("convolve2d", x, kernel, options);
  const [h, w] = kernel.shape;
  // Reading a dense matrix backwards flips both of its axes.
  const flipped = { shape: kernel.shape, data: kernel.data.slice().reverse() as T };
  return correlate("convolve2d", x, flipped, mode, Math.floor(h / 2), Math.floor(w / 2));
}

function checkArguments(
  operation: string,
  x: Matrix<FloatArray>,
  kernel: Matrix<FloatArray>,
  options: Corr2dOptions,
): Corr2dMode {
  checkOptionNames(operation, options, ["mode"]);
  checkTensor(operation, "x", x, 2);
  checkTensor(operation, "kernel", kernel, 2);
  if (dtypeOf(x.data) !== dtypeOf(kernel.data)) {
    throw new TypeError(
      `${operation}: x is ${dtypeOf(x.data)}, but kernel is ${dtypeOf(kernel.data)}; both must be the same`,
    );
  }
  if (x.data.length === 0) throw new RangeError(`${operation}: x [${x.shape}] is empty`);
  if (kernel.data.length === 0) throw new RangeError(`${operation}: kernel [${kernel.shape}] is empty`);
  const mode = options.mode ?? "valid";
  if (mode !== "valid" && mode !== "same" && mode !== "full") {
    throw new RangeError(`${operation}: mode must be "valid", "same" or "full", got ${describe(mode)}`);
  }
  return mode;
}

/** Correlates; `centreRow` and `centreColumn` are the kernel cell that mode `"same"` puts over each image cell. */
function correlate<T extends FloatArray>(
  operation: string,
  x: Matrix<T>,
  kernel: Matrix<T>,
  mode: Corr2dMode,
  centreRow: number,
  centreColumn: number,
): Matrix<T> {
  const [height, width] = x.shape;
  const [h, w] = kernel.shape;
  if (mode === "valid") {
    if (h > height) throw new RangeError(`${operation}: kernel height ${h} exceeds input height ${height}`);
    if (w > width) throw new RangeError(`${operation}: kernel width ${w} exceeds input width ${width}`);
  }
  const top = mode === "valid" ? 0 : mode === "same" ? centreRow : h - 1;
  const left = mode === "valid" ? 0 : mode === "same" ? centreColumn : w - 1;
  const shape: Shape2 =
    mode === "valid"
      ? [height - h + 1, width - w + 1]
      : mode === "same"
        ? [height, width]
        : [height + h - 1, width + w - 1];
  const [outHeight, outWidth] = shape;
  const y = zeros(dtypeOf(x.data), outHeight * outWidth) as T;
  const sums = new Float64Array(outWidth);
  for (let i = 0; i < outHeight; i++) {
    sums.fill(0);
    for (let a = 0; a < h; a++) {
      const row = i + a - top;
      if (row < 0 || row >= height) continue;
      for (let b = 0; b < w; b++) {
        const weight = kernel.data[a * w + b];
        const shift = b - left;
        const from = Math.max(0, -shift);
        const to = Math.min(outWidth, width - shift);
        const base = row * width + shift;
        for (let j = from; j < to; j++) sums[j] += weight * x.data[base + j];
      }
    }
    y.set(sums, i * outWidth);
  }
  return { shape, data: y };
}
