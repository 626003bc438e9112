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
import { BOUNDARIES, type Boundary, type ContinuedMatrix, type ContinuedShape } from "./boundary.ts";

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
  readonly mode?: Corr2dMode | undefined;
  /** How the image goes on outside its edge, for `"same"` and `"full"`. Default `"constant"`. */
  readonly boundary?: Boundary | undefined;
  /** The value outside for boundary `"constant"`. Default 0, for which the cells outside count as absent. */
  readonly fillValue?: number | undefined;
  /** Default `"auto"`: the one that is expected to be fastest; `explainCorr2d` says which and why. */
  readonly method?: Corr2dMethod | "auto" | undefined;
}

/** The two vectors that a kernel of rank 1 is the product of: k[a, b] = column[a] · row[b]. */
export interface SeparableKernel<T extends FloatArray = Float32Array> {
  readonly column: T;
  readonly row: T;
}

/** A correlation in plain numbers, whatever the image holds; valid by construction. */
export interface KernelGeometry extends ContinuedShape {
  readonly kernelShape: Shape2;
  /** The image cell under the first kernel cell at the first output cell is (−top, −left). */
  readonly before: readonly [top: number, left: number];
  readonly outShape: Shape2;
}

/** The same with its image, as the methods take it. */
export interface MatrixGeometry extends KernelGeometry, ContinuedMatrix {}

/** A geometry and its kernel, row-major, and flipped already if the operation flips; the image is still to come. */
export interface PlannedProblem extends KernelGeometry {
  readonly kernel: FloatArray;
}

/** All that there is to compute. */
export interface MatrixProblem extends PlannedProblem, ContinuedMatrix {}

const OPTION_NAMES: readonly (keyof Corr2dOptions)[] = ["mode", "boundary", "fillValue", "method"];

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
  checkOptionNames(operation, options, OPTION_NAMES);
  checkOperand(operation, "x", x, 2, x);
  checkOperand(operation, "kernel", kernel, 2, x);
  const geometry = resolveGeometry(operation, x.shape, kernel.shape, options, flip);
  return { ...geometry, source: x.data, kernel: flip ? backwards(kernel.data) : kernel.data };
}

/** As {@link resolveProblem}, for an image of which only the shape is known; the kernel is copied. */
export function resolvePlanned(
  operation: string,
  inputShape: Shape2,
  kernel: Matrix<FloatArray>,
  options: Corr2dOptions,
  flip: boolean,
): PlannedProblem {
  checkOptionNames(operation, options, OPTION_NAMES);
  if (checkShape(operation, "inputShape", inputShape, 2) === 0) {
    throw new RangeError(`${operation}: inputShape [${inputShape}] is empty`);
  }
  checkOperand(operation, "kernel", kernel, 2, kernel);
  const [height, width] = inputShape;
  const geometry = resolveGeometry(operation, [height, width], kernel.shape, options, flip);
  return { ...geometry, kernel: flip ? backwards(kernel.data) : kernel.data.slice() };
}

/** As {@link resolveProblem}, for shapes alone, which are those of matrices. */
export function resolveGeometry(
  operation: string,
  shape: Shape2,
  kernelShape: Shape2,
  options: Corr2dOptions,
  flip: boolean,
): KernelGeometry {
  const { fillValue = 0 } = options;
  const mode = resolveWord(operation, "mode", ["valid", "same", "full"], options.mode);
  const boundary = resolveWord(operation, "boundary", BOUNDARIES, options.boundary);
  if (options.fillValue !== undefined && boundary !== "constant") {
    throw new RangeError(`${operation}: fillValue needs boundary "constant", got "${boundary}"`);
  }
  if (typeof fillValue !== "number") {
    throw new TypeError(`${operation}: fillValue must be a number, got ${describe(fillValue)}`);
  }
  const [top, outHeight] = resolveAxis(operation, "height", shape[0], kernelShape[0], mode, flip);
  const [left, outWidth] = resolveAxis(operation, "width", shape[1], kernelShape[1], mode, flip);
  const outShape: Shape2 = [outHeight, outWidth];
  checkShape(operation, "output", outShape, 2);
  return { shape, boundary, fillValue, kernelShape, before: [top, left], outShape };
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
