/**
 * Padding that is not absent: the image is written into a larger one whose border cells are copies of inner cells, and
 * that is convolved without padding. Along each axis
 *
 *     padded[i] = x[source(i − before)]
 *
 * with `source` as in {@link PaddingMode}. The adjoint adds each cell of the padded gradient to the cell that it is a copy
 * of.
 *
 * @module
 */

import type { AxisGeometry } from "../axis.ts";
import type { PaddingMode } from "../options.ts";
import { sizeOf } from "../shape.ts";
import { arrayOf } from "../simd/resident.ts";
import { filled, inputShapeOfConvolution, type SpatialGeometry } from "../spatial.ts";
import { type FloatArray, zeros } from "../tensor.ts";
import type { BilinearMap } from "./bilinear.ts";

/** The map of `s`, out of `inner`, the map of {@link filled} `s`. Activations have their channels last. */
export function borderMap(inner: BilinearMap, s: SpatialGeometry): BilinearMap {
  const sources = sourceCells(s);
  const makeImage = (): FloatArray => zeros(s.dtype, sizeOf(inputShapeOfConvolution(filled(s))));
  return {
    explain: inner.explain,
    prepare(filter, bias, activation) {
      const image = makeImage();
      const plan = inner.prepare(filter, bias, activation);
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + image.byteLength + sources.byteLength,
        run(x, y) {
          copyCells(arrayOf(x), image, sources, s.inChannels);
          plan.run(image, y);
        },
      };
    },
    prepareInputGradient(filter) {
      const image = makeImage();
      const plan = inner.prepareInputGradient(filter);
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + image.byteLength + sources.byteLength,
        run(dy, dx) {
          plan.run(dy, image);
          addCells(image, arrayOf(dx), sources, s.inChannels);
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
          copyCells(arrayOf(x), image, sources, s.inChannels);
          plan.run(image, dy, dw);
        },
      };
    },
  };
}

/** For each cell of the padded images of a batch, the cell that it is a copy of. */
export function sourceCells(s: SpatialGeometry): Int32Array {
  const [planes, rows, columns] = [s.depth, s.height, s.width].map((axis) => sourcesAlong(axis, s.paddingMode));
  const cells = new Int32Array(s.batch * planes.length * rows.length * columns.length);
  let at = 0;
  for (let n = 0; n < s.batch; n++) {
    for (const plane of planes) {
      for (const row of rows) {
        const start = ((n * s.depth.inSize + plane) * s.height.inSize + row) * s.width.inSize;
        for (const column of columns) cells[at++] = start + column;
      }
    }
  }
  return cells;
}

/** target[i] = source[cells[i]], cell by cell. */
export function copyCells(source: FloatArray, target: FloatArray, cells: Int32Array, channels: number): void {
  for (let i = 0; i < cells.length; i++) {
    for (let c = 0; c < channels; c++) target[i * channels + c] = source[cells[i] * channels + c];
  }
}

/** The adjoint of {@link copyCells}: target[cells[i]] gathers source[i]. */
export function addCells(source: FloatArray, target: FloatArray, cells: Int32Array, channels: number): void {
  target.fill(0);
  for (let i = 0; i < cells.length; i++) {
    for (let c = 0; c < channels; c++) target[cells[i] * channels + c] += source[i * channels + c];
  }
}

function sourcesAlong(axis: AxisGeometry, mode: PaddingMode): readonly number[] {
  return Array.from({ length: axis.before + axis.inSize + axis.after }, (_, i) =>
    sourceOf(i - axis.before, axis, mode),
  );
}

/** The cell that stands in cell i along an axis, or −1 if that is absent. */
export function sourceOf(i: number, { before, inSize, after }: AxisGeometry, mode: PaddingMode): number {
  if (i >= 0 && i < inSize) return i;
  if (i < -before || i >= inSize + after) return -1; // past the padding
  switch (mode) {
    case "zeros":
      return -1;
    case "reflect":
      return i < 0 ? -i : 2 * (inSize - 1) - i;
    case "replicate":
      return i < 0 ? 0 : inSize - 1;
    case "circular":
      return (i + inSize) % inSize;
  }
}
