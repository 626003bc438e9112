/**
 * The definition, as nested loops. Never optimised: everything else is measured against it.
 *
 * The order of summation is that of TensorFlow.js's cpu backend (kernel row, kernel column, input channel; product and
 * running sum in float64, rounded to the element type at each step; bias last), so on float32 data the two give the
 * same bits. Taps outside the image are skipped, never multiplied by zero: an infinite weight at the border makes no NaN.
 *
 * @module
 */

import type { ConvAlgorithm, Pass, Preparations } from "../algorithm/algorithm.ts";
import type { ConvGeometry } from "../geometry/planes.ts";
import { type FloatArray, zeroArray } from "../tensor/tensor.ts";

/** What supports everything. */
type Supported = { readonly [P in Pass]: (geometry: ConvGeometry) => Preparations[P] };

/** The reference: seven nested loops. */
export const naive: Omit<ConvAlgorithm<"naive">, "propose"> & { readonly propose: Supported } = {
  name: "naive",
  engine: "scalar",
  summary: "the definition as nested loops; the reference",
  errorBound: { kind: "element" },
  propose: { forward, inputGradient, filterGradient },
};

function forward(g: ConvGeometry): Preparations["forward"] {
  return (filter, bias) => {
    const w = filter.slice();
    const b = bias?.slice();
    return {
      scratchBytes: 0,
      run(x, y) {
        y.fill(0);
        forEachTap(g, (xOffset, wOffset, yOffset) => {
          for (let group = 0; group < g.groups; group++) {
            for (let c = 0; c < g.groupInChannels; c++) {
              const xValue = x[xOffset + group * g.groupInChannels + c];
              const wRow = wOffset + c * g.outChannels;
              for (let o = group * g.groupOutChannels; o < (group + 1) * g.groupOutChannels; o++) {
                y[yOffset + o] += xValue * w[wRow + o];
              }
            }
          }
        });
        if (b !== undefined) for (let i = 0; i < y.length; i++) y[i] += b[i % g.outChannels];
      },
    };
  };
}

function inputGradient(g: ConvGeometry): Preparations["inputGradient"] {
  return (filter) => {
    const w = filter.slice();
    return {
      scratchBytes: 0,
      run(dy, dx) {
        dx.fill(0);
        forEachTap(g, (xOffset, wOffset, yOffset) => {
          for (let group = 0; group < g.groups; group++) {
            for (let c = 0; c < g.groupInChannels; c++) {
              const xIndex = xOffset + group * g.groupInChannels + c;
              const wRow = wOffset + c * g.outChannels;
              let sum = 0;
              for (let o = group * g.groupOutChannels; o < (group + 1) * g.groupOutChannels; o++) {
                sum += dy[yOffset + o] * w[wRow + o];
              }
              dx[xIndex] += sum;
            }
          }
        });
      },
    };
  };
}

function filterGradient(g: ConvGeometry): Preparations["filterGradient"] {
  return () => {
    const sums = zeroArray("float64", g.kernelHeight * g.kernelWidth * g.groupInChannels * g.outChannels);
    return {
      scratchBytes: sums.byteLength,
      run(x, dy, dw) {
        sums.fill(0);
        forEachTap(g, (xOffset, wOffset, yOffset) => {
          for (let group = 0; group < g.groups; group++) {
            for (let c = 0; c < g.groupInChannels; c++) {
              const xValue = x[xOffset + group * g.groupInChannels + c];
              const wRow = wOffset + c * g.outChannels;
              for (let o = group * g.groupOutChannels; o < (group + 1) * g.groupOutChannels; o++) {
                sums[wRow + o] += xValue * dy[yOffset + o];
              }
            }
          }
        });
        dw.set(sums);
      },
    };
  };
}

/**
 * Calls `visit` for every pair of an output pixel and a kernel tap that falls inside the image, with the offsets of the
 * input pixel, of the tap's weights and of the output pixel.
 */
function forEachTap(g: ConvGeometry, visit: (xOffset: number, wOffset: number, yOffset: number) => void): void {
  for (let n = 0; n < g.batch; n++) {
    for (let i = 0; i < g.outHeight; i++) {
      for (let a = 0; a < g.kernelHeight; a++) {
        const row = i * g.strideHeight + a * g.dilationHeight - g.padTop;
        if (row < 0 || row >= g.inHeight) continue;
        for (let j = 0; j < g.outWidth; j++) {
          for (let b = 0; b < g.kernelWidth; b++) {
            const column = j * g.strideWidth + b * g.dilationWidth - g.padLeft;
            if (column < 0 || column >= g.inWidth) continue;
            visit(
              ((n * g.inHeight + row) * g.inWidth + column) * g.inChannels,
              (a * g.kernelWidth + b) * g.groupInChannels * g.outChannels,
              ((n * g.outHeight + i) * g.outWidth + j) * g.outChannels,
            );
          }
        }
      }
    }
  }
}

/** Whether every element is finite. Algorithms that multiply by zeros hand other data to {@link naive}: 0 · ∞ is NaN. */
export function allFinite(values: FloatArray): boolean {
  // Four sums: each would wait for its last addition.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * 0;
    b += values[i + 1] * 0;
    c += values[i + 2] * 0;
    d += values[i + 3] * 0;
  }
  for (let i = whole; i < values.length; i++) a += values[i] * 0;
  return a + b + c + d === 0;
}
