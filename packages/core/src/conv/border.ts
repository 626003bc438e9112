/**
 * Padding that is not absent: the image is written into a larger one whose border cells are copies of inner cells, or the
 * fill value, and that is convolved without padding. Along each axis
 *
 *     padded[i] = x[source(i − before)]
 *
 * with `source` as in {@link Boundary}. The adjoint adds each cell of the padded gradient to the cell that it is a copy of;
 * what arrives at the fill value goes nowhere.
 *
 * @module
 */

import { gathered, mostCopies } from "../algorithm/error-bound.ts";
import type { AxisGeometry } from "../geometry/axis.ts";
import { type Boundary, continuedIndices } from "../geometry/boundary.ts";
import { filled, inputShapeOfConvolution, type SpatialGeometry } from "../geometry/convolution.ts";
import type { BilinearMap, Explained } from "../operation/bilinear-map.ts";
import { arrayOf } from "../simd/engine/resident.ts";
import { sizeOf } from "../tensor/shape.ts";
import { type FloatArray, zeroArray } from "../tensor/tensor.ts";

/** The map of `s`, out of `inner`, the map of {@link filled} `s`. Activations have their channels last. */
export function borderMap(inner: BilinearMap, s: SpatialGeometry): BilinearMap {
  const sources = sourceCells(s);
  /** What is said of the padded image, said of the image: a cell gathers the gradients of all its copies. */
  const ofGathered = <P extends Explained>(plan: P): P => ({
    ...plan,
    errorBound: gathered(plan.errorBound, mostCopies(sources), s.dtype),
  });
  const makeImage = (): FloatArray => zeroArray(s.dtype, sizeOf(inputShapeOfConvolution(filled(s))));
  return {
    explain: (pass) => (pass === "inputGradient" ? ofGathered(inner.explain(pass)) : inner.explain(pass)),
    prepare(filter, bias, activation) {
      const image = makeImage();
      const plan = inner.prepare(filter, bias, activation);
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + image.byteLength + sources.byteLength,
        run(x, y) {
          copyCells(arrayOf(x), image, sources, s);
          plan.run(image, y);
        },
      };
    },
    prepareInputGradient(filter) {
      const image = makeImage();
      const plan = ofGathered(inner.prepareInputGradient(filter));
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + image.byteLength + sources.byteLength,
        run(dy, dx) {
          plan.run(dy, image);
          addCells(image, arrayOf(dx), sources, s);
        },
      };
    },
    prepareFilterGradient() {
      const image = makeImage();
      const plan = inner.prepareFilterGradient();
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + image.byteLength + sources.byteLength,
        run(x, dy, dw) {
          copyCells(arrayOf(x), image, sources, s);
          plan.run(image, dy, dw);
        },
      };
    },
  };
}

/** For each cell of the padded images of a batch, the cell that it is a copy of; −1 for the fill value. */
function sourceCells(s: SpatialGeometry): Int32Array {
  const [planes, rows, columns] = [s.depth, s.height, s.width].map((axis) => sourcesAlong(axis, s.paddingMode));
  const cells = new Int32Array(s.batch * planes.length * rows.length * columns.length);
  let at = 0;
  for (let n = 0; n < s.batch; n++) {
    for (const plane of planes) {
      for (const row of rows) {
        const start = ((n * s.depth.inSize + plane) * s.height.inSize + row) * s.width.inSize;
        for (const column of columns) cells[at++] = Math.min(plane, row, column) < 0 ? -1 : start + column;
      }
    }
  }
  return cells;
}

/** target[i] = source[cells[i]], cell by cell. */
function copyCells(
  source: FloatArray,
  target: FloatArray,
  cells: Int32Array,
  { inChannels, fillValue }: SpatialGeometry,
): void {
  for (let i = 0; i < cells.length; i++) {
    const at = i * inChannels;
    const from = cells[i] * inChannels;
    if (from < 0) target.fill(fillValue, at, at + inChannels);
    else for (let c = 0; c < inChannels; c++) target[at + c] = source[from + c];
  }
}

/** The adjoint of {@link copyCells}: target[cells[i]] gathers source[i]. */
function addCells(
  source: FloatArray,
  target: FloatArray,
  cells: Int32Array,
  { inChannels }: Pick<SpatialGeometry, "inChannels">,
): void {
  target.fill(0);
  for (let i = 0; i < cells.length; i++) {
    const to = cells[i] * inChannels;
    if (to >= 0) for (let c = 0; c < inChannels; c++) target[to + c] += source[i * inChannels + c];
  }
}

/** For each cell of an axis with its padding, the cell inside that it is a copy of; −1 for the fill value. */
export function sourcesAlong({ before, inSize, after }: AxisGeometry, mode: Boundary): Int32Array {
  return continuedIndices(mode, -before, before + inSize + after, inSize);
}
