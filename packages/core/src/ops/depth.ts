/**
 * Three spatial axes as sums over planes:
 *
 *     y[n, k]  = bias + Σ_a conv(x[n, k·s + a·d − p], w[a])          planes outside x are skipped
 *     dx[n, i] = Σ_{a, k: k·s + a·d − p = i} convᵀ(dy[n, k], w[a])
 *     dw[a]    = Σ_{n, k} ∂⟨dy[n, k], conv(x[n, k·s + a·d − p], w[a])⟩/∂w[a]
 *
 * In NDHWC a plane is a run of neighbours, so nothing is copied. Each depth tap adds one rounding to the element type;
 * the sums of the filter gradient are float64.
 *
 * @module
 */

import type { AxisGeometry } from "../axis.ts";
import { type ConvGeometry, filterShapeOf, inputShapeOf, outputShapeOf } from "../geometry.ts";
import { sizeOf } from "../shape.ts";
import { arrayOf } from "../simd/resident.ts";
import { type FloatArray, zeros } from "../tensor.ts";
import type { BilinearMap } from "./bilinear.ts";
import { addPerChannel } from "./channels.ts";

/** A map of volumes out of `planar`, the map of single planes, whose geometry is `g`. */
export function depthMap(planar: BilinearMap, g: ConvGeometry, batch: number, depth: AxisGeometry): BilinearMap {
  const inputPlane = sizeOf(inputShapeOf(g));
  const outputPlane = sizeOf(outputShapeOf(g));
  const tapWeights = sizeOf(filterShapeOf(g));
  const taps = Array.from({ length: depth.kernelSize }, (_, a) => a);
  const planeOfFilter = (filter: FloatArray, a: number): FloatArray =>
    filter.subarray(a * tapWeights, (a + 1) * tapWeights);

  /** Calls `visit` for every tap that an output plane sees, with the plane it sees it in. */
  const forEachTap = (visit: (a: number, inputStart: number, outputStart: number) => void): void => {
    for (let n = 0; n < batch; n++) {
      for (let k = 0; k < depth.outSize; k++) {
        for (const a of taps) {
          const i = k * depth.stride + a * depth.dilation - depth.before;
          if (i < 0 || i >= depth.inSize) continue;
          visit(a, (n * depth.inSize + i) * inputPlane, (n * depth.outSize + k) * outputPlane);
        }
      }
    }
  };

  return {
    choose: planar.choose,
    prepare(filter, bias) {
      const plans = taps.map((a) => planar.prepare(planeOfFilter(filter, a), undefined));
      const b = bias?.slice();
      const term = zeros(g.dtype, outputPlane);
      return {
        ...plans[0],
        scratchBytes: scratchOf(plans) + term.byteLength,
        run(source, target) {
          const [x, y] = [arrayOf(source), arrayOf(target)];
          y.fill(0);
          forEachTap((a, inputStart, outputStart) => {
            plans[a].run(x.subarray(inputStart, inputStart + inputPlane), term);
            addTo(y, outputStart, term);
          });
          if (b !== undefined) addPerChannel(y, b, 1);
        },
      };
    },
    prepareInputGradient(filter) {
      const plans = taps.map((a) => planar.prepareInputGradient(planeOfFilter(filter, a)));
      const term = zeros(g.dtype, inputPlane);
      return {
        ...plans[0],
        scratchBytes: scratchOf(plans) + term.byteLength,
        run(source, target) {
          const [dy, dx] = [arrayOf(source), arrayOf(target)];
          dx.fill(0);
          forEachTap((a, inputStart, outputStart) => {
            plans[a].run(dy.subarray(outputStart, outputStart + outputPlane), term);
            addTo(dx, inputStart, term);
          });
        },
      };
    },
    prepareFilterGradient() {
      const plan = planar.prepareFilterGradient();
      const term = zeros(g.dtype, tapWeights);
      const sums = new Float64Array(depth.kernelSize * tapWeights);
      return {
        ...plan,
        scratchBytes: plan.scratchBytes + term.byteLength + sums.byteLength,
        run(x, dy, dw) {
          sums.fill(0);
          forEachTap((a, inputStart, outputStart) => {
            const plane = x.subarray(inputStart, inputStart + inputPlane);
            plan.run(plane, dy.subarray(outputStart, outputStart + outputPlane), term);
            addTo(sums, a * tapWeights, term);
          });
          dw.set(sums);
        },
      };
    },
  };
}

/** At most this many bytes: plans may share their scratch memory. */
function scratchOf(plans: readonly { readonly scratchBytes: number }[]): number {
  return plans.reduce((sum, plan) => sum + plan.scratchBytes, 0);
}

function addTo(sum: FloatArray, start: number, term: FloatArray): void {
  for (let i = 0; i < term.length; i++) sum[start + i] += term[i];
}
