/**
 * Three spatial axes as sums over planes:
 *
 *     y[n, k]  = bias + Σ_a conv(x[n, k·s + a·d − p], w[a])          planes outside x are skipped
 *     dx[n, i] = Σ_{a, k: k·s + a·d − p = i} convᵀ(dy[n, k], w[a])
 *     dw[a]    = Σ_{n, k} ∂⟨dy[n, k], conv(x[n, k·s + a·d − p], w[a])⟩/∂w[a]
 *
 * In NDHWC a plane is a run of neighbours, so nothing is copied. What a depth tap contributes is rounded to the element
 * type by the algorithm that computes it; the sums over depth taps are float64, so all of depth adds one rounding.
 *
 * @module
 */

import { withRoundings } from "../algorithm/error-bound.ts";
import type { AxisGeometry } from "../geometry/axis.ts";
import { type ConvGeometry, filterShapeOf, inputShapeOf, outputShapeOf } from "../geometry/planes.ts";
import { type ActivationPlan, type BilinearMap, type Explained, prepareEach } from "../operation/bilinear-map.ts";
import { addPerChannel } from "../operation/channels.ts";
import { arrayOf } from "../simd/engine/resident.ts";
import { sizeOf } from "../tensor/shape.ts";
import { type FloatArray, zeroArray } from "../tensor/tensor.ts";

/** A map of volumes out of `planar`, the map of single planes, whose geometry is `g`. */
export function depthMap(planar: BilinearMap, g: ConvGeometry, batch: number, depth: AxisGeometry): BilinearMap {
  const inputPlane = sizeOf(inputShapeOf(g));
  const outputPlane = sizeOf(outputShapeOf(g));
  const tapWeights = sizeOf(filterShapeOf(g));
  const taps = Array.from({ length: depth.kernelSize }, (_, a) => a);
  const planeOfFilter = (filter: FloatArray, a: number): FloatArray =>
    filter.subarray(a * tapWeights, (a + 1) * tapWeights);

  /** Every tap of every output plane that lies in the input, in one image. */
  const meetings: readonly Meeting[] = Array.from({ length: depth.outSize }, (_, output) => output).flatMap((output) =>
    taps
      .map((tap) => ({ tap, input: output * depth.stride + tap * depth.dilation - depth.before, output }))
      .filter(({ input }) => input >= 0 && input < depth.inSize),
  );
  const planeOf = (x: FloatArray, n: number, { input }: Meeting): FloatArray =>
    planeAt(x, n * depth.inSize + input, inputPlane);
  const outputPlaneOf = (y: FloatArray, n: number, { output }: Meeting): FloatArray =>
    planeAt(y, n * depth.outSize + output, outputPlane);

  /** What is said of planes, said of the volume: sums of planes are float64, and rounded once more. */
  const roundings = g.dtype === "float32" ? 2 : 1 + Math.max(depth.kernelSize, batch * depth.outSize);
  const ofVolume = <P extends Explained>(plan: P): P => ({
    ...plan,
    errorBound: withRoundings(plan.errorBound, roundings, g.dtype),
  });

  /** Makes each of `count` planes the sum, begun with a bias, of what the plans of its taps make of the planes it meets. */
  const sumOfTaps = (
    plans: readonly ActivationPlan[],
    bias: FloatArray | undefined,
    sourcePlaneOf: (source: FloatArray, n: number, meeting: Meeting) => FloatArray,
    placeOf: (meeting: Meeting) => number,
    count: number,
    plane: number,
  ): ActivationPlan => {
    const term = zeroArray(g.dtype, plane);
    const sum = new PlaneSum(term);
    const ofPlane = grouped(meetings, count, placeOf);
    return {
      ...ofVolume(plans[0]),
      scratchBytes: scratchOf(plans) + term.byteLength + sum.bytes,
      run(source, target) {
        const [from, to] = [arrayOf(source), arrayOf(target)];
        for (let n = 0; n < batch; n++) {
          ofPlane.forEach((met, place) => {
            sum.start(bias);
            for (const meeting of met) {
              plans[meeting.tap].run(sourcePlaneOf(from, n, meeting), term);
              sum.add();
            }
            sum.store(planeAt(to, n * count + place, plane));
          });
        }
      },
      [Symbol.dispose]() {
        for (const plan of plans) plan[Symbol.dispose]?.();
      },
    };
  };

  return {
    explain: (pass) => ofVolume(planar.explain(pass)),
    prepare(filter, bias) {
      const plans = prepareEach(taps, (a) => planar.prepare(planeOfFilter(filter, a), undefined));
      const place = ({ output }: Meeting): number => output;
      return sumOfTaps(plans, bias?.slice(), planeOf, place, depth.outSize, outputPlane);
    },
    prepareInputGradient(filter) {
      const plans = prepareEach(taps, (a) => planar.prepareInputGradient(planeOfFilter(filter, a)));
      return sumOfTaps(plans, undefined, outputPlaneOf, ({ input }) => input, depth.inSize, inputPlane);
    },
    prepareFilterGradient() {
      const plan = planar.prepareFilterGradient();
      const term = zeroArray(g.dtype, tapWeights);
      const sums = taps.map(() => new PlaneSum(term));
      return {
        ...ofVolume(plan),
        scratchBytes: plan.scratchBytes + term.byteLength + taps.length * sums[0].bytes,
        run(x, dy, dw) {
          for (const sum of sums) sum.start(undefined);
          for (let n = 0; n < batch; n++) {
            for (const meeting of meetings) {
              plan.run(planeOf(arrayOf(x), n, meeting), outputPlaneOf(arrayOf(dy), n, meeting), term);
              sums[meeting.tap].add();
            }
          }
          sums.forEach((sum, a) => {
            sum.store(planeOfFilter(arrayOf(dw), a));
          });
        },
      };
    },
  };
}

/** A depth tap with the planes of input and output that it connects. */
interface Meeting {
  readonly tap: number;
  readonly input: number;
  readonly output: number;
}

/** Meetings by their place among `count`. */
function grouped(
  meetings: readonly Meeting[],
  count: number,
  placeOf: (meeting: Meeting) => number,
): readonly (readonly Meeting[])[] {
  const groups: Meeting[][] = Array.from({ length: count }, () => []);
  for (const meeting of meetings) groups[placeOf(meeting)].push(meeting);
  return groups;
}

function planeAt(volume: FloatArray, index: number, length: number): FloatArray {
  return volume.subarray(index * length, (index + 1) * length);
}

/** A sum of planes in float64; each is computed in `term` before it is added. */
class PlaneSum {
  readonly #term: FloatArray;
  readonly #sum: Float64Array;

  constructor(term: FloatArray) {
    this.#term = term;
    this.#sum = new Float64Array(term.length);
  }

  get bytes(): number {
    return this.#sum.byteLength;
  }

  /** From zero, or from a value for each channel. */
  start(bias: FloatArray | undefined): void {
    this.#sum.fill(0);
    if (bias !== undefined) addPerChannel(this.#sum, bias, 1);
  }

  /** Adds what stands in `term`. */
  add(): void {
    const [sum, term] = [this.#sum, this.#term];
    for (let i = 0; i < term.length; i++) sum[i] += term[i];
  }

  store(target: FloatArray): void {
    target.set(this.#sum);
  }
}

/** At most this many bytes: plans may share their scratch memory. */
function scratchOf(plans: readonly { readonly scratchBytes: number }[]): number {
  return plans.reduce((sum, plan) => sum + plan.scratchBytes, 0);
}
