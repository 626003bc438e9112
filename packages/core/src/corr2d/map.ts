/**
 * Correlation of matrices as what it is: a map y = f(x, k), linear in each argument, with its two gradients.
 *
 *     y[i, j]   = Σ_{a, b} k[a, b] · x̃[i + a − top, j + b − left]              x̃: x continued over its edge
 *     dx̃[p, q]  = Σ_{a, b} k[a, b] · dy[p − a + top, q − b + left]             correlation with the flipped kernel
 *     dk[a, b]  = Σ_{i, j} dy[i, j] · x̃[i + a − top, j + b − left]             correlation with dy, kernel-gradient.ts
 *
 * and dx gathers from dx̃ what every cell outside is a copy of.
 *
 * @module
 */

import { gathered as gatheredBound, mostCopies } from "../algorithm/error-bound.ts";
import { continuedIndices } from "../geometry/boundary.ts";
import { type BilinearMap, type Explained, once, type WeightsGradientPlan } from "../operation/bilinear-map.ts";
import { arrayOf } from "../simd/engine/resident.ts";
import { type Shape2, sizeOf } from "../tensor/shape.ts";
import { type DType, type FloatArray, zeroArray } from "../tensor/tensor.ts";
import {
  type Catalogue,
  chooseMatrix,
  MATRIX_CATALOGUE,
  type MatrixChoiceOptions,
  type MatrixFacts,
  prepareMatrix,
} from "./choose.ts";
import { prepareKernelGradient } from "./kernel-gradient.ts";
import type { PreparedMatrix } from "./problem/algorithm.ts";
import { type KernelGeometry, type KernelValues, oriented } from "./problem/problem.ts";

/** The map of matrices: of a kernel in either form, the gradient is that of a matrix. */
export interface MatrixMap extends Omit<BilinearMap<KernelValues>, "prepareFilterGradient"> {
  prepareFilterGradient(): WeightsGradientPlan;
}

/** Makes the map of a geometry; kernels come as users give them, and are flipped if the operation flips. */
export function matrixMap(
  operation: string,
  geometry: KernelGeometry,
  dtype: DType,
  flip: boolean,
  options: MatrixChoiceOptions,
): MatrixMap {
  const activations = activationsMap(operation, geometry, dtype, flip, options, MATRIX_CATALOGUE);
  return {
    ...activations,
    explain(pass, kernel, x) {
      if (pass === "filterGradient") return prepareKernelGradient(operation, geometry, dtype, options).facts;
      return activations.explain(pass, kernel, x);
    },
    prepareFilterGradient() {
      const { facts, scratchBytes, run } = prepareKernelGradient(operation, geometry, dtype, options);
      return {
        ...facts,
        scratchBytes,
        run(x, dy, dw) {
          run(arrayOf(x), arrayOf(dy), arrayOf(dw));
          if (flip) arrayOf(dw).reverse();
        },
      };
    },
  };
}

/** What of a map goes from activations to activations: the forward pass and the input gradient. */
export interface ActivationsMap extends Omit<MatrixMap, "explain" | "prepareFilterGradient"> {
  explain(pass: "forward" | "inputGradient", kernel?: KernelValues, x?: FloatArray): Explained;
}

/** That of a geometry, by algorithms of any catalogue. */
export function activationsMap<Name extends string>(
  operation: string,
  geometry: KernelGeometry,
  dtype: DType,
  flip: boolean,
  options: MatrixChoiceOptions<Name>,
  catalogue: Catalogue<Name>,
): ActivationsMap {
  const explainCorrelation = (g: KernelGeometry, kernel: KernelValues | undefined, x?: FloatArray): Explained => {
    const {
      prepare,
      isForced: _,
      cost: __,
      ...facts
    } = chooseMatrix(operation, { ...g, ...(kernel ?? standIn(g, dtype)) }, options, catalogue);
    const notes = [
      kernel === undefined && Math.min(...g.kernelShape) > 1 && "of a kernel that is not of rank 1",
      x && once(prepare(), (prepared) => prepared.note?.(x)),
    ];
    return { ...facts, reason: [facts.reason, ...notes.filter(Boolean)].join("; ") };
  };
  return {
    explain(pass, kernel, x) {
      const given = kernel && oriented(kernel, flip);
      if (pass === "forward") return explainCorrelation(geometry, given, x);
      const facts = explainCorrelation(adjointGeometry(geometry), given && oriented(given, true));
      return reachesCopies(geometry) ? { ...facts, errorBound: boundOfGathered(facts, geometry, dtype) } : facts;
    },
    prepare(kernel) {
      const plan = prepareMatrix(operation, { ...geometry, ...copied(oriented(kernel, flip)) }, options, catalogue);
      return { ...plan, run: (x, y) => plan.run(arrayOf(x), arrayOf(y)) };
    },
    prepareInputGradient(kernel) {
      const given = copied(oriented(oriented(kernel, flip), true));
      const plan = prepareMatrix(operation, { ...adjointGeometry(geometry), ...given }, options, catalogue);
      if (!reachesCopies(geometry)) return { ...plan, run: (dy, dx) => plan.run(arrayOf(dy), arrayOf(dx)) };
      return gathered(plan, geometry, dtype);
    },
  };
}

/** A kernel whose values nobody has given: as most are, of full rank. */
function standIn({ kernelShape: [height, width] }: KernelGeometry, dtype: DType): KernelValues {
  const kernel = zeroArray(dtype, height * width).map((_, i) => 1 + (((i % width) * Math.floor(i / width)) % 7) / 8);
  return { kernel: kernel as FloatArray, factors: undefined };
}

function copied({ kernel, factors }: KernelValues): KernelValues {
  return { kernel: kernel.slice(), factors: factors && { column: factors.column.slice(), row: factors.row.slice() } };
}

/** Whether the window of an output holds a cell outside that is a copy of one inside. */
function reachesCopies({ boundary, shape, outShape, kernelShape }: KernelGeometry): boolean {
  return boundary !== "constant" && shape.some((size, axis) => outShape[axis] + kernelShape[axis] - 1 > size);
}

/** From dy to dx; or to dx̃, where cells outside are copies. */
function adjointGeometry(geometry: KernelGeometry): KernelGeometry {
  const {
    shape,
    outShape,
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
  } = geometry;
  const isWider = reachesCopies(geometry);
  return {
    ...geometry,
    shape: outShape,
    boundary: "constant",
    fillValue: 0,
    before: isWider ? [kernelHeight - 1, kernelWidth - 1] : [kernelHeight - 1 - top, kernelWidth - 1 - left],
    outShape: isWider ? wideShape(geometry) : shape,
  };
}

/** Of x̃, as far as windows reach. */
function wideShape({ outShape, kernelShape }: KernelGeometry): Shape2 {
  return [outShape[0] + kernelShape[0] - 1, outShape[1] + kernelShape[1] - 1];
}

/** The cells of x along both axes that stand for those of x̃; −1 for none. */
function copiesOf({ boundary, shape, before, ...g }: KernelGeometry): readonly [rows: Int32Array, columns: Int32Array] {
  const [height, width] = wideShape({ boundary, shape, before, ...g });
  return [
    continuedIndices(boundary, -before[0], height, shape[0]),
    continuedIndices(boundary, -before[1], width, shape[1]),
  ];
}

/** The bound of dx, each cell of which sums as many of dx̃ as are copies of it. */
function boundOfGathered({ errorBound }: Explained, geometry: KernelGeometry, dtype: DType): Explained["errorBound"] {
  const [rows, columns] = copiesOf(geometry).map(mostCopies);
  return gatheredBound(errorBound, rows * columns, dtype);
}

/** dx from the plan of dx̃: every cell gathers from all that are copies of it. */
function gathered(
  plan: MatrixFacts<string> & PreparedMatrix,
  geometry: KernelGeometry,
  dtype: DType,
): ReturnType<BilinearMap["prepareInputGradient"]> {
  const [rows, columns] = copiesOf(geometry);
  const wide = zeroArray(dtype, rows.length * columns.length);
  const sums = new Float64Array(sizeOf(geometry.shape));
  return {
    ...plan,
    scratchBytes: plan.scratchBytes + wide.byteLength + sums.byteLength,
    errorBound: boundOfGathered(plan, geometry, dtype),
    run(dy, dx) {
      plan.run(arrayOf(dy), wide);
      sums.fill(0);
      for (let p = 0, at = 0; p < rows.length; p++) {
        const row = rows[p] * geometry.shape[1];
        for (let q = 0; q < columns.length; q++, at++) sums[row + columns[q]] += wide[at];
      }
      arrayOf(dx).set(sums);
    },
  };
}
