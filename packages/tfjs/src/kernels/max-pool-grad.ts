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
    return host.output(shape, [x!, dy!], (dx, x, dy) => dx.set(scatterToMaxima(x, dy, info)));
  },
};

function scatterToMaxima(x: Float32Array, dy: Float32Array, info: Window): Float64Array {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const dx = new Float64Array(x.length);
  let at = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      const top = i * strideHeight - padInfo.top;
      const [firstRow, rows] = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)];
      for (let j = 0; j < outWidth; j++) {
        const left = j * strideWidth - padInfo.left;
        const [firstColumn, columns] = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)];
        for (let c = 0; c < inChannels; c++, at++) {
          let largest = Number.NEGATIVE_INFINITY;
          let cell = -1;
          for (let row = firstRow; row < rows; row++) {
            for (let column = firstColumn; column < columns; column++) {
              const here = ((n * inHeight + row) * inWidth + column) * inChannels + c;
              if (x[here]! > largest) {
                largest = x[here]!;
                cell = here;
              }
            }
          }
          // A window of nothing but NaN and −Inf has no maximum.
          if (cell >= 0) dx[cell]! += dy[at]!;
        }
      }
    }
  }
  return dx;
}
