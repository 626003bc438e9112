/**
 * Options and matrices in, one {@link MatrixGeometry} out: modes, centring and the flip of convolution are answered here,
 * once, and every error is thrown here. The methods compute
 *
 *     y[i, j] = Σ_{a, b} k[a, b] · x[i + a − top, j + b − left]        0 ≤ i < outHeight, 0 ≤ j < outWidth
 *
 * with x continued over its edge as `boundary` says.
 *
 * @module
 */

import { checkOptionNames, resolveWord } from "../options.ts";
import type { Shape2 } from "../shape.ts";
import { checkShape, checkTensor, describe, dtypeOf, type FloatArray, type Matrix, type Tensor } from "../tensor.ts";
import { BOUNDARIES, type Boundary, type ContinuedMatrix } from "./boundary.ts";

/** How much of the plane is computed. */
export type Corr2dMode =
  /** Only where the kernel lies wholly inside the image: (H − h + 1) × (W − w + 1). */
  | "valid"
  /** As large as the image, the kernel centred on each cell: H × W. */
  | "same"
  /** Wherever kernel and image touch: (H + h − 1) × (W + w − 1). */
  | "full";

/** How it is computed; all give the same within their bounds. */
export type Corr2dMethod =
  /** The definition. */
  | "naive"
  /** The definition, six cells at once. Bound: elementwise. */
  | "direct"
  /** Rows, then columns; for kernels of rank 1. Bound: elementwise. */
  | "separable"
  /** Overlap-save by fast Fourier transform; for finite values. Bound: normwise. */
  | "fft";

/** Options of `corr2d` and `convolve2d`. */
export interface Corr2dOptions {
  /** Default `"valid"`. */
  readonly mode?: Corr2dMode;
  /** How the image goes on outside its edge, for `"same"` and `"full"`. Default `"constant"`. */
  readonly boundary?: Boundary;
  /** The value outside for boundary `"constant"`. Default 0, for which the cells outside count as absent. */
  readonly fillValue?: number;
  /** Default `"auto"`: the one that is expected to be fastest; `explainCorr2d` says which and why. */
  readonly method?: Corr2dMethod | "auto";
}

/** The two vectors that a kernel of rank 1 is the product of: k[a, b] = column[a] · row[b]. */
export interface SeparableKernel<T extends FloatArray = Float32Array> {
  readonly column: T;
  readonly row: T;
}

/** A correlation in plain numbers, as the methods take it; valid by construction. */
export interface MatrixGeometry extends ContinuedMatrix {
  readonly kernelShape: Shape2;
  /** The image cell under the first kernel cell at the first output cell is (−top, −left). */
  readonly before: readonly [top: number, left: number];
  readonly outShape: Shape2;
}

/** A geometry and its kernel: row-major, and flipped already if the operation flips. */
export interface MatrixProblem extends MatrixGeometry {
  readonly kernel: FloatArray;
}

const MODES: readonly [Corr2dMode, ...Corr2dMode[]] = ["valid", "same", "full"];
/**
 * Checks and resolves everything that a caller of `corr2d` or `convolve2d` gives.
 *
 * @param flip whether the kernel is flipped: convolution.
 * @throws TypeError for a value of the wrong type, RangeError for one that is not allowed.
 */
export function resolveProblem(
  operation: string,
  x: Matrix<FloatArray>,
  kernel: Matrix<FloatArray>,
  options: Corr2dOptions,
  flip: boolean,
): MatrixProblem {
  checkOptionNames(operation, options, ["mode", "boundary", "fillValue", "method"]);
  checkOperand(operation, "x", x, 2, x);
  checkOperand(operation, "kernel", kernel, 2, x);
  const geometry = resolveGeometry(operation, x, kernel.shape, options, flip);
  return { ...geometry, kernel: flip ? backwards(kernel.data) : kernel.data };
}

/** As {@link resolveProblem}, for a kernel of which only the shape is known, and an image that is a matrix. */
export function resolveGeometry(
  operation: string,
  x: Matrix<FloatArray>,
  kernelShape: Shape2,
  options: Corr2dOptions,
  flip: boolean,
): MatrixGeometry {
  const { fillValue = 0 } = options;
  const mode = resolveWord(operation, "mode", MODES, options.mode);
  const boundary = resolveWord(operation, "boundary", BOUNDARIES, options.boundary);
  if (options.fillValue !== undefined && boundary !== "constant") {
    throw new RangeError(`${operation}: fillValue needs boundary "constant", got "${boundary}"`);
  }
  if (typeof fillValue !== "number") {
    throw new TypeError(`${operation}: fillValue must be a number, got ${describe(fillValue)}`);
  }
  const [top, outHeight] = resolveAxis(operation, "height", x.shape[0], kernelShape[0], mode, flip);
  const [left, outWidth] = resolveAxis(operation, "width", x.shape[1], kernelShape[1], mode, flip);
  const outShape: Shape2 = [outHeight, outWidth];
  checkShape(operation, "output", outShape, 2);
  return {
    source: x.data,
    shape: x.shape,
    boundary,
    fillValue,
    kernelShape,
    before: [top, left],
    outShape,
  };
}

/** Along one axis: how far the kernel starts outside, and how many cells come out. */
function resolveAxis(
  operation: string,
  axis: "height" | "width",
  size: number,
  kernelSize: number,
  mode: Corr2dMode,
  flip: boolean,
): readonly [before: number, outSize: number] {
  // SciPy's centre of an even kernel: the cell before the middle, flipped along with the kernel.
  if (mode === "same") return [Math.floor((flip ? kernelSize : kernelSize - 1) / 2), size];
  if (mode === "full") return [kernelSize - 1, size + kernelSize - 1];
  if (kernelSize > size) {
    throw new RangeError(`${operation}: kernel ${axis} ${kernelSize} exceeds input ${axis} ${size}`);
  }
  return [0, size - kernelSize + 1];
}

/** Checks that an operand is a tensor of this rank, with elements, of the type of the image. */
export function checkOperand(
  operation: string,
  parameter: string,
  operand: Tensor<readonly number[], FloatArray>,
  rank: number,
  image: Matrix<FloatArray>,
): void {
  checkTensor(operation, parameter, operand, rank);
  const dtype = dtypeOf(operand.data);
  const wanted = dtypeOf(image.data);
  if (dtype !== wanted) {
    throw new TypeError(`${operation}: x is ${wanted}, but ${parameter} is ${dtype}; both must be the same`);
  }
  if (operand.data.length === 0) throw new RangeError(`${operation}: ${parameter} [${operand.shape}] is empty`);
}

/** The elements in reverse order: that flips both axes of a dense matrix. */
export function backwards<T extends FloatArray>(values: T): T {
  return values.slice().reverse() as T;
}
