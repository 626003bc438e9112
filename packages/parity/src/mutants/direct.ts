/**
 * A convolution with joints: plain loops that are right by themselves, and that let a mutant put its hand in at each stage,
 * the way a slip of the pen would:
 *
 *     axes       the numbers of an axis: padding, stride, dilation, sizes
 *     tap        which product one triple (output, tap, input) of the definition stands for
 *     product    one product
 *     add        one step of a sum, rounded to float32
 *     finish     the sum with the bias
 *     result     all of it
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  fromChannelsLast,
  type ResolvedAxis,
  type ResolvedCase,
  resolveCase,
  resultShapeOf,
  type SpatialCase,
  sizeOf,
  toChannelsLast,
} from "@corr2d/testkit";

/** Cells and taps of one product: which output, which tap, which input cell along each axis, and the channels. */
export interface Term {
  /** Place of the output cell, the tap and the input cell, each as [depth, height, width]. */
  readonly output: readonly number[];
  readonly tap: readonly number[];
  readonly input: readonly number[];
  readonly image: number;
  /** Output channel, and input channel within its group and without. */
  readonly o: number;
  readonly c: number;
  readonly channel: number;
}

/** What a mutant changes. Everything it leaves out is right. */
export interface Joints {
  axes?(axes: readonly ResolvedAxis[], pass: CasePass): readonly ResolvedAxis[];
  /** Another term in the place of this one, or none. */
  tap?(term: Term, resolved: ResolvedCase, pass: CasePass): Term | undefined;
  product?(a: number, b: number): number;
  add?(sum: number, product: number): number;
  finish?(sum: number, bias: number): number;
  result?(result: Float32Array, convCase: SpatialCase, pass: CasePass): Float32Array;
}

/** Computes one pass, with the joints as a mutant has them. */
export function direct(convCase: SpatialCase, pass: CasePass, data: CaseData, joints: Joints): Float32Array {
  const resolved = resolveCase(convCase);
  const { axes = (same) => same, tap, result: finishAll = (same) => same } = joints;
  const { add = (sum, product) => Math.fround(sum + product), product = (a, b) => Math.fround(a * b) } = joints;
  const { finish = (sum, bias) => Math.fround(sum + bias) } = joints;
  const own = axes([resolved.depth, resolved.height, resolved.width], pass);
  const [x, dy] = [toChannelsLast(data.x, convCase, "inputGradient"), toChannelsLast(data.dy, convCase, "forward")];
  const sums = new Float32Array(sizeOf(resultShapeOf(convCase, pass)));
  if (pass === "biasGradient") {
    for (let i = 0; i < dy.length; i++) sums[i % sums.length] = add(sums[i % sums.length], dy[i]);
    return finishAll(sums, convCase, pass);
  }
  const { inChannels, outChannels, groupInChannels, batch } = resolved;
  const { depth, height, width } = resolved;
  const cellOf = (image: number, [d, h, w]: readonly number[], size: "input" | "output" | "kernel"): number =>
    ((image * depth[size] + d) * height[size] + h) * width[size] + w;
  const [planes, rows, columns] = own.map(triplesOf);
  for (const plane of planes) {
    for (const row of rows) {
      for (const column of columns) {
        const [output, taps, input] = [0, 1, 2].map((i) => [plane[i], row[i], column[i]]);
        for (let image = 0; image < batch; image++) {
          const [xCell, yCell] = [cellOf(image, input, "input"), cellOf(image, output, "output")];
          const tapCell = cellOf(0, taps, "kernel");
          for (let o = 0; o < outChannels; o++) {
            const first = Math.floor(o / resolved.groupOutChannels) * groupInChannels;
            for (let c = 0; c < groupInChannels; c++) {
              let toX = xCell * inChannels + first + c;
              let toY = yCell * outChannels + o;
              let toW = (tapCell * groupInChannels + c) * outChannels + o;
              if (tap !== undefined) {
                const plain = { output, tap: taps, input, image, o, c, channel: first + c };
                const term = tap(plain, resolved, pass);
                if (term === undefined) continue;
                if (term !== plain) {
                  toX = cellOf(term.image, term.input, "input") * inChannels + term.channel;
                  toY = cellOf(term.image, term.output, "output") * outChannels + term.o;
                  toW = (cellOf(0, term.tap, "kernel") * groupInChannels + term.c) * outChannels + term.o;
                }
              }
              if (pass === "forward") sums[toY] = add(sums[toY], product(x[toX], data.filter[toW]));
              else if (pass === "inputGradient") sums[toX] = add(sums[toX], product(dy[toY], data.filter[toW]));
              else sums[toW] = add(sums[toW], product(x[toX], dy[toY]));
            }
          }
        }
      }
    }
  }
  if (pass === "forward") {
    for (let i = 0; i < sums.length; i++) sums[i] = finish(sums[i], convCase.bias ? data.bias![i % outChannels] : 0);
  }
  return finishAll(fromChannelsLast(sums, convCase, pass), convCase, pass);
}

/** Every triple (output, tap, input) that the definition relates along one axis. */
function triplesOf(axis: ResolvedAxis): readonly (readonly number[])[] {
  const triples: number[][] = [];
  for (let output = 0; output < axis.output; output++) {
    for (let tap = 0; tap < axis.kernel; tap++) {
      const input = output * axis.stride + tap * axis.dilation - axis.before;
      if (input >= 0 && input < axis.input) triples.push([output, tap, input]);
    }
  }
  return triples;
}
