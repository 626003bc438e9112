/**
 * The gradient of the maximum over windows: each value of dy goes to the first cell of its window that holds the maximum,
 *
 *     dx[n, argmax(window of y[n, i, j, c]), c] += dy[n, i, j, c]
 *
 * No convolution, but it stands beside one in most networks, and the cpu backend's, which asks every window about every
 * cell, takes longer than all convolutions of a training step here. The bits are the same: sums are float64 in the same order.
 *
 * @module
 */

import { backend_util, MaxPoolGrad, type MaxPoolGradAttrs, type MaxPoolGradInputs, util } from "@tensorflow/tfjs-core";
import type { OwnKernel } from "./kernel.ts";

type Window = backend_util.Conv2DInfo;

export const maxPoolGradKernel: OwnKernel<MaxPoolGradInputs, MaxPoolGradAttrs> = {
  kernelName: MaxPoolGrad,
  compute({ inputs: { dy, input: x }, attrs: { filterSize, strides, pad, dimRoundingMode }, host }) {
    const shape = x!.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (!util.arraysEqual(dy!.shape, info.outShape)) return undefined;
    return host.output(shape, [x!, dy!], () => (dx, x, dy) => {
      const overlap = info.strideHeight < info.filterHeight || info.strideWidth < info.filterWidth;
      if (!overlap) {
        // Each cell belongs to one window at most: there is nothing to be summed.
        dx.fill(0);
        scatterToMaxima(x, dy, info, dx);
        return;
      }
      const sums = new Float64Array(dx.length);
      scatterToMaxima(x, dy, info, sums);
      dx.set(sums);
    });
  },
};

/** Adds each value of dy to the cell of `dx` that its window has the maximum in. */
function scatterToMaxima(x: Float32Array, dy: Float32Array, info: Window, dx: Float32Array | Float64Array): void {
  const { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth, strideHeight, strideWidth } = info;
  const { filterHeight, filterWidth, padInfo } = info;
  /** Where the cells of a window begin. */
  const cells = new Int32Array(filterHeight * filterWidth);
  let at = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      const top = i * strideHeight - padInfo.top;
      const rows = Math.min(inHeight, top + filterHeight);
      for (let j = 0; j < outWidth; j++) {
        const left = j * strideWidth - padInfo.left;
        const columns = Math.min(inWidth, left + filterWidth);
        let count = 0;
        for (let row = Math.max(0, top); row < rows; row++) {
          for (let column = Math.max(0, left); column < columns; column++) {
            cells[count++] = ((n * inHeight + row) * inWidth + column) * channels;
          }
        }
        for (let c = 0; c < channels; c++, at++) {
          let largest = Number.NEGATIVE_INFINITY;
          let cell = -1;
          for (let k = 0; k < count; k++) {
            const here = cells[k]! + c;
            const value = x[here]!;
            if (value > largest) {
              largest = value;
              cell = here;
            }
          }
          // A window of nothing but NaN and −Inf has no maximum.
          if (cell >= 0) dx[cell] = dx[cell]! + dy[at]!;
        }
      }
    }
  }
}
