/**
 * The patches of an image as a matrix (im2col), and the sum of patches back into an image (col2im).
 *
 * With it a convolution is a matrix product: conv2d(x, w) = unfold(x) · w, with w read as [kh·kw·C, O]. The algorithms do
 * not take this road, since the matrix is kh·kw times as large as the image.
 *
 * @module
 */

import { resolveConvolution, type SpatialGeometry } from "../geometry/convolution.ts";
import {
  type ConvOptions,
  checkOptionNames,
  type PerAxis,
  resolvePerAxis,
  UNGROUPED_OPTION_NAMES,
} from "../geometry/options.ts";
import type { Shape3, Shape4 } from "../tensor/shape.ts";
import {
  checkShape,
  checkTensor,
  dtypeOf,
  type FloatArray,
  type Tensor3,
  type Tensor4,
  zeroArray,
} from "../tensor/tensor.ts";
import { sourcesAlong } from "./border.ts";

/** Options of {@link unfold} and {@link fold}: those of the convolution, but for groups. */
export type UnfoldOptions = Omit<ConvOptions, "groups">;

/**
 * The patches under a kernel, one for each output cell of a convolution.
 *
 *     y[n, (i, j), (a, b, c)] = x[n, i·s + a·d − p, j·s + b·d − p, c]        absent cells are 0
 *
 * with strides s, dilations d and padding p before.
 *
 * @param x images, `[batch, height, width, channels]`, or `[batch, channels, height, width]` with `layout: "NCHW"`.
 * @param kernelSize a number or `[height, width]`.
 * @returns `[batch, outHeight · outWidth, kernelHeight · kernelWidth · channels]`, channels innermost as in a HWIO filter; in NCHW
 *   `[batch, channels · kernelHeight · kernelWidth, outHeight · outWidth]`, channels outermost, as PyTorch's `unfold`.
 * @throws TypeError, RangeError for shapes or options that do not fit, as {@link conv2d}.
 *
 * @example
 * ```ts
 * const x = tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const patches = unfold(x, 2);
 * patches.shape; // → [1, 4, 4]
 * patches.data; // → [0, 1, 3, 4, 1, 2, 4, 5, 3, 4, 6, 7, 4, 5, 7, 8]
 * ```
 */
export function unfold<T extends FloatArray = Float32Array>(
  x: Tensor4<T>,
  kernelSize: PerAxis,
  options: UnfoldOptions = {},
): Tensor3<T> {
  checkTensor("unfold", "x", x, 4);
  const { shape, size, fillValue, forEachElement } = resolveMatrix("unfold", x.shape, kernelSize, options);
  const data = zeroArray(dtypeOf(x.data), size) as T;
  forEachElement((element, cell) => {
    data[element] = cell < 0 ? fillValue : x.data[cell];
  });
  return { shape, data };
}

/**
 * The adjoint of {@link unfold}: ⟨m, unfold(x)⟩ = ⟨fold(m), x⟩. Each element of the matrix is added to the cell
 * that it is a copy of.
 *
 * @param patches a matrix as {@link unfold} gives it.
 * @param inputShape shape of the images, in `options.layout`.
 * @returns images of shape `inputShape`.
 * @throws TypeError, RangeError as {@link unfold}, and if `patches` does not have the shape that unfolding gives.
 *
 * @example
 * ```ts
 * const ones = tensor([1, 4, 4], new Float32Array(16).fill(1));
 * fold(ones, [1, 3, 3, 1], 2).data; // → [1, 2, 1, 2, 4, 2, 1, 2, 1]
 * ```
 */
export function fold<T extends FloatArray = Float32Array>(
  patches: Tensor3<T>,
  inputShape: Shape4,
  kernelSize: PerAxis,
  options: UnfoldOptions = {},
): Tensor4<T> {
  checkTensor("fold", "patches", patches, 3);
  const cells = checkShape("fold", "inputShape", inputShape, 4);
  const { shape, forEachElement } = resolveMatrix("fold", inputShape, kernelSize, options);
  if (!shape.every((size, axis) => size === patches.shape[axis])) {
    throw new RangeError(`fold: patches must have shape [${shape}], got [${patches.shape}]`);
  }
  const data = zeroArray(dtypeOf(patches.data), cells) as T;
  forEachElement((element, cell) => {
    if (cell >= 0) data[cell] += patches.data[element];
  });
  return { shape: [...inputShape] as unknown as Shape4, data };
}

interface PatchMatrix {
  readonly shape: Shape3;
  readonly size: number;
  readonly fillValue: number;
  /** Calls `visit` with each element of the matrix that is not absent, and the cell that it is a copy of; −1 for the fill value. */
  forEachElement(visit: (element: number, cell: number) => void): void;
}

function resolveMatrix(
  operation: string,
  inputShape: Shape4,
  kernelSize: PerAxis,
  options: UnfoldOptions,
): PatchMatrix {
  checkOptionNames(operation, options, UNGROUPED_OPTION_NAMES);
  const [kernelHeight, kernelWidth] = resolvePerAxis(operation, "kernelSize", 2, kernelSize);
  const channels = inputShape[options.layout === "NCHW" ? 1 : 3];
  const taps = kernelHeight * kernelWidth;
  // The convolution whose output is the matrix: its size is checked as every output is.
  const filterShape = [kernelHeight, kernelWidth, channels, taps * channels];
  const s = resolveConvolution(operation, 2, inputShape, filterShape, options, "float32");
  const [rows, columns] = [cellsUnder(s, "height"), cellsUnder(s, "width")];
  const cellCount = s.height.inSize * s.width.inSize;
  const patchCount = rows.length * columns.length;
  const patchLength = taps * channels;
  const [cellStep, cellChannelStep] = s.channelsFirst ? [1, cellCount] : [channels, 1];
  const [patchStep, tapStep, channelStep] = s.channelsFirst
    ? [1, patchCount, taps * patchCount]
    : [patchLength, channels, 1];
  return {
    shape: s.channelsFirst ? [s.batch, patchLength, patchCount] : [s.batch, patchCount, patchLength],
    size: s.batch * patchCount * patchLength,
    fillValue: s.fillValue,
    forEachElement(visit) {
      for (let patch = 0; patch < patchCount; patch++) {
        const row = rows[Math.floor(patch / columns.length)];
        const column = columns[patch % columns.length];
        for (let tap = 0; tap < taps; tap++) {
          const [y, x] = [row[Math.floor(tap / kernelWidth)], column[tap % kernelWidth]];
          if (y === ABSENT || x === ABSENT) continue;
          const isFill = y < 0 || x < 0;
          for (let n = 0; n < s.batch; n++) {
            const element = n * patchCount * patchLength + patch * patchStep + tap * tapStep;
            const cell = n * cellCount * channels + (y * s.width.inSize + x) * cellStep;
            for (let c = 0; c < channels; c++) {
              visit(element + c * channelStep, isFill ? -1 : cell + c * cellChannelStep);
            }
          }
        }
      }
    },
  };
}

/** What stands under a tap past the padding, where the sums of a convolution have no term. */
const ABSENT = -2;

/** For each output cell along an axis, the input cell under each tap; −1 for the fill value, or absent. */
function cellsUnder(s: SpatialGeometry, name: "height" | "width"): readonly (readonly number[])[] {
  const axis = s[name];
  const sources = sourcesAlong(axis, s.paddingMode);
  return Array.from({ length: axis.outSize }, (_, o) =>
    Array.from({ length: axis.kernelSize }, (_, k) => sources[o * axis.stride + k * axis.dilation] ?? ABSENT),
  );
}
