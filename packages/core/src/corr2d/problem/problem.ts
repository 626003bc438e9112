/**
 * Options and matrices in, one {@link PlannedProblem} out: modes, centring, the flip of convolution and both forms of a kernel
 * are answered here, once, and every error is thrown here. The algorithms compute
 *
 *     y[i, j] = Σ_{a, b} k[a, b] · x[i + a − top, j + b − left]        0 ≤ i < outHeight, 0 ≤ j < outWidth
 *
 * with x continued over its edge as `boundary` says.
 *
 * @module
 */

import { BOUNDARIES, type Boundary } from "../../geometry/boundary.ts";
import { resolveWord } from "../../geometry/options.ts";
import type { Shape2 } from "../../tensor/shape.ts";
import {
  checkArray,
  checkShape,
  checkTensor,
  type DType,
  describe,
  dtypeOf,
  type FloatArray,
  type Matrix,
  zeroArray,
} from "../../tensor/tensor.ts";
import type { ContinuedMatrix, ContinuedShape } from "./boundary.ts";

/** How much of the plane is computed. */
export type Corr2dMode =
  /** Only where the kernel lies wholly inside the image: (H − h + 1) × (W − w + 1). */
  | "valid"
  /** As large as the image, the kernel centred on each cell: H × W. */
  | "same"
  /** Wherever kernel and image touch: (H + h − 1) × (W + w − 1). */
  | "full";

/** What of the plane is computed, and what lies outside the image. */
export interface GeometryOptions {
  /** Default `"valid"`. */
  readonly mode?: Corr2dMode | undefined;
  /** How the image goes on outside its edge, for `"same"` and `"full"`. Default `"constant"`. */
  readonly boundary?: Boundary | undefined;
  /** The value outside for boundary `"constant"`. Default 0, for which the cells outside count as absent. */
  readonly fillValue?: number | undefined;
}

/** The names of {@link GeometryOptions}. */
export const GEOMETRY_OPTION_NAMES: readonly (keyof GeometryOptions)[] = ["mode", "boundary", "fillValue"];

/** The two vectors that a kernel of rank 1 is the product of: k[a, b] = column[a] · row[b]. */
export interface SeparableKernel<T extends FloatArray = Float32Array> {
  readonly column: T;
  readonly row: T;
}

/** A kernel: a matrix, or the vectors of one of rank 1. */
export type MatrixKernel<T extends FloatArray = Float32Array> = Matrix<T> | SeparableKernel<T>;

/** A kernel that was checked, in both of its forms as far as it has them. */
export interface KernelValues {
  /** Row-major. For a kernel that was given as vectors, their products. */
  readonly kernel: FloatArray;
  /** The vectors that were given. */
  readonly factors: SeparableKernel<FloatArray> | undefined;
}

/** A correlation in plain numbers, whatever image and kernel hold; valid by construction. */
export interface KernelGeometry extends ContinuedShape {
  readonly kernelShape: Shape2;
  /** The image cell under the first kernel cell at the first output cell is (−top, −left). */
  readonly before: readonly [top: number, left: number];
  readonly outShape: Shape2;
}

/** A geometry and its kernel, flipped already if the operation flips; the image is still to come. */
export interface PlannedProblem extends KernelGeometry, KernelValues {}

/** All that there is to compute. */
export interface MatrixProblem extends KernelGeometry, ContinuedMatrix {
  readonly kernel: FloatArray;
}

/** Checks a kernel in either form; of vectors the products are made, each rounded once. */
export function readKernel(
  operation: string,
  given: unknown,
): KernelValues & { readonly dtype: DType; readonly shape: Shape2 } {
  const { column, row } = Object(given) as SeparableKernel<FloatArray>;
  if (column === undefined && row === undefined) {
    checkTensor(operation, "kernel", given, 2);
    const { shape, data } = given as Matrix<FloatArray>;
    requireElements(operation, "kernel", shape, data);
    return { dtype: dtypeOf(data), shape: [shape[0], shape[1]], kernel: data, factors: undefined };
  }
  const dtype = dtypeOf(column) ?? "float32";
  checkVector(operation, "kernel.column", column, dtype);
  checkVector(operation, "kernel.row", row, dtype);
  const shape: Shape2 = [column.length, row.length];
  const kernel = zeroArray(dtype, checkShape(operation, "kernel", shape, 2));
  column.forEach((c, a) => {
    kernel.set(
      row.map((r) => c * r),
      a * row.length,
    );
  });
  return { dtype, shape, kernel, factors: { column, row } };
}

function checkVector(operation: string, parameter: string, vector: FloatArray, dtype: DType): void {
  checkArray(operation, parameter, vector, dtype, vector?.length);
  requireElements(operation, parameter, [vector.length], vector);
}

/** The kernel of an operation: flipped, if that flips. */
export function oriented({ kernel, factors }: KernelValues, flip: boolean): KernelValues {
  if (!flip) return { kernel, factors };
  const { column, row } = factors ?? {};
  return { kernel: backwards(kernel), factors: column && row && { column: backwards(column), row: backwards(row) } };
}

/** Resolves shapes, which are those of matrices that are not empty, and options whose names were checked. */
export function resolveGeometry(
  operation: string,
  shape: Shape2,
  kernelShape: Shape2,
  options: GeometryOptions,
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
  return { shape: [shape[0], shape[1]], boundary, fillValue, kernelShape, before: [top, left], outShape };
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
  // SciPy's centre of an even kernel: the cell before the middle, and the one after it for a flipped kernel.
  if (mode === "same") return [Math.floor((flip ? kernelSize : kernelSize - 1) / 2), size];
  if (mode === "full") return [kernelSize - 1, size + kernelSize - 1];
  if (kernelSize > size) {
    throw new RangeError(`${operation}: kernel ${axis} ${kernelSize} exceeds input ${axis} ${size}`);
  }
  return [0, size - kernelSize + 1];
}

/** Throws where there is nothing to compute with. */
export function requireElements(
  operation: string,
  parameter: string,
  shape: readonly number[],
  { length }: ArrayLike<number>,
): void {
  if (length === 0) throw new RangeError(`${operation}: ${parameter} [${shape}] is empty`);
}

/** The elements in reverse order: that flips both axes of a dense matrix. */
export function backwards<T extends FloatArray>(values: T): T {
  return values.slice().reverse() as T;
}

/** A rectangle of an output. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/** The same problem for a rectangle of the output alone. */
export function restricted<P extends KernelGeometry>(problem: P, { top, left, rows, columns }: Region): P {
  return { ...problem, before: [problem.before[0] - top, problem.before[1] - left], outShape: [rows, columns] };
}
