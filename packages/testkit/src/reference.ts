/**
 * The truth: all four passes in float64, straight from the definition, sharing no code with any implementation.
 *
 * Along each axis a convolution is a *relation* between three coordinates, an output cell i, a tap a and an input cell h:
 *
 *     { (i, a, h) : h = i·stride + a·dilation − before,  0 ≤ i < output, 0 ≤ a < kernel, 0 ≤ h < input }
 *
 * Taps outside the image are not in the relation, so they are skipped and never multiplied. A convolution over several
 * axes has the product of their relations; an axis that is lacking has the one triple (0, 0, 0). Every pass sums the same
 * triples and differs only in the coordinate they are gathered by:
 *
 *     forward         y[i]  = bias + Σ over (i, a, h) of w[a]·x[h]     gathered by output cell
 *     input gradient  dx[h] =        Σ over (i, a, h) of w[a]·dy[i]    gathered by input cell
 *     filter gradient dw[a] =        Σ over (i, a, h) of x[h]·dy[i]    gathered by tap
 *     bias gradient   db    =        Σ over i         of dy[i]
 *
 * Arrays are laid out anew where that makes the innermost sum run over neighbours; then the definition is fast enough
 * for the layers of real networks (about 1 ns per product).
 *
 * @module
 */

import { type ResolvedAxis, type ResolvedCase, resolveCase, resultShapeOf, sizeOf } from "./arithmetic.ts";
import type { CasePass, SpatialCase } from "./case.ts";
import { fromChannelsLast, toChannelsLast, transposeEach } from "./layout.ts";
import { gatherImage, ofPaddedImage, padImage } from "./padded.ts";
import { pooled } from "./pooled.ts";

/**
 * The arrays a pass needs: forward x, filter and bias; input gradient filter and dy; filter gradient x and dy; bias gradient
 * dy.
 */
export interface ReferenceData {
  readonly x?: ArrayLike<number> | undefined;
  readonly filter?: ArrayLike<number> | undefined;
  readonly bias?: ArrayLike<number> | undefined;
  readonly dy?: ArrayLike<number> | undefined;
}

/**
 * Computes one pass of a case in float64: the output, or ∂⟨dy, y⟩ with respect to input, filter (HWIO) or bias; output and
 * input in the layout of the case.
 *
 * @throws RangeError for an impossible case, or an array that is missing or of the wrong length.
 * @example
 * ```ts
 * const convCase = {
 *   name: "differences of neighbours",
 *   inputShape: [1, 1, 4, 1],
 *   filterShape: [1, 2, 1, 1],
 *   strides: [1, 1],
 *   padding: "valid",
 *   dilations: [1, 1],
 *   groups: 1,
 *   bias: false,
 * } as const;
 * reference(convCase, "forward", { x: [1, 2, 4, 8], filter: [-1, 1] }); // → [1, 2, 4]
 * ```
 */
export function reference(convCase: SpatialCase, pass: CasePass, data: ReferenceData): Float64Array {
  if (convCase.pool !== undefined) return pooled(convCase, pass, data);
  const resolved = resolveCase(convCase);
  const take = (name: keyof ReferenceData, shape: readonly number[]): Float64Array => {
    const array = data[name];
    if (array?.length !== sizeOf(shape)) {
      throw new RangeError(
        `reference: ${pass} of case "${convCase.name}" needs ${name} of shape [${shape}], ${sizeOf(shape)} elements, ` +
          `got ${array === undefined ? "none" : array.length}`,
      );
    }
    return new Float64Array(array);
  };
  const takeX = () => toChannelsLast(take("x", convCase.inputShape), convCase, "inputGradient");
  const takeFilter = () => take("filter", convCase.filterShape);
  const takeDy = () => toChannelsLast(take("dy", resultShapeOf(convCase, "forward")), convCase, "forward");
  const takeBias = () => take("bias", resultShapeOf(convCase, "biasGradient"));

  if (convCase.paddingMode !== undefined) {
    const image = data.x === undefined ? undefined : padImage(take("x", convCase.inputShape), convCase);
    const result = reference(ofPaddedImage(convCase), pass, { ...data, x: image });
    return pass === "inputGradient" ? gatherImage(result, convCase) : result;
  }
  if (convCase.transposed !== undefined) {
    switch (pass) {
      case "forward": {
        const y = inputGradient(resolved, takeFilter(), takeX());
        const bias = convCase.bias ? takeBias() : [0];
        return fromChannelsLast(
          y.map((sum, i) => sum + bias[i % bias.length]),
          convCase,
          pass,
        );
      }
      case "inputGradient": {
        const noBias = new Float64Array(resolved.outChannels);
        return fromChannelsLast(forward(resolved, takeDy(), takeFilter(), noBias), convCase, pass);
      }
      case "filterGradient":
        return filterGradient(resolved, takeDy(), takeX());
      case "biasGradient":
        return sumOfChannels(takeDy(), resolved.inChannels);
    }
  }
  switch (pass) {
    case "forward": {
      const bias = convCase.bias ? takeBias() : new Float64Array(resolved.outChannels);
      return fromChannelsLast(forward(resolved, takeX(), takeFilter(), bias), convCase, pass);
    }
    case "inputGradient":
      return fromChannelsLast(inputGradient(resolved, takeFilter(), takeDy()), convCase, pass);
    case "filterGradient":
      return filterGradient(resolved, takeX(), takeDy());
    case "biasGradient":
      return sumOfChannels(takeDy(), resolved.outChannels);
  }
}

/**
 * The same sums with every factor replaced by its magnitude: Σ|x||w| + |b|, to which rounding errors are proportional.
 *
 * @throws RangeError as {@link reference}.
 */
export function absoluteReference(convCase: SpatialCase, pass: CasePass, data: ReferenceData): Float64Array {
  const magnitudes = (array: ArrayLike<number> | undefined): Float64Array | undefined => {
    if (array === undefined) return undefined;
    // A loop: to map by a function takes some ten times as long.
    const result = new Float64Array(array);
    for (let i = 0; i < result.length; i++) result[i] = Math.abs(result[i]);
    return result;
  };
  return reference(convCase, pass, {
    // Which cell is the largest its magnitudes do not say.
    x: convCase.pool === "max" ? data.x : magnitudes(data.x),
    filter: magnitudes(data.filter),
    bias: magnitudes(data.bias),
    dy: magnitudes(data.dy),
  });
}

/** A triple of the relation along one axis. */
interface Link {
  readonly output: number;
  readonly tap: number;
  readonly input: number;
}

/** The relation along one axis, gathered: entry c holds the triples whose `by` coordinate is c. */
function gather(axis: ResolvedAxis, by: keyof Link): Link[][] {
  const size = { output: axis.output, tap: axis.kernel, input: axis.input }[by];
  const gathered: Link[][] = Array.from({ length: size }, () => []);
  for (let output = 0; output < axis.output; output++) {
    for (let tap = 0; tap < axis.kernel; tap++) {
      const input = output * axis.stride + tap * axis.dilation - axis.before;
      if (input < 0 || input >= axis.input) continue;
      const link: Link = { output, tap, input };
      gathered[link[by]].push(link);
    }
  }
  return gathered;
}

/** Σ a[aStart + i]·b[bStart + i]. */
function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i] * b[bStart + i];
  return sum;
}

function forward(r: ResolvedCase, x: Float64Array, filter: Float64Array, bias: Float64Array): Float64Array {
  const [planes, rows, columns] = [r.depth, r.height, r.width].map((axis) => gather(axis, "output"));
  const depth = r.groupInChannels;
  // [kd, kh, kw, inC, outC] → [outC, kd, kh, kw, inC]: the weights of one output channel and tap side by side.
  const taps = transposeEach(filter, 1, filter.length / r.outChannels, r.outChannels);
  const y = new Float64Array(r.batch * planes.length * rows.length * columns.length * r.outChannels);
  let element = 0;
  for (let n = 0; n < r.batch; n++) {
    for (const plane of planes) {
      for (const row of rows) {
        for (const column of columns) {
          for (let o = 0; o < r.outChannels; o++) {
            const firstChannel = Math.floor(o / r.groupOutChannels) * depth;
            let sum = bias[o];
            for (const { tap: e, input: d } of plane) {
              for (const { tap: a, input: h } of row) {
                const xRow = ((n * r.depth.input + d) * r.height.input + h) * r.width.input;
                const tapRow = ((o * r.depth.kernel + e) * r.height.kernel + a) * r.width.kernel;
                for (const { tap: b, input: w } of column) {
                  sum += dot(x, (xRow + w) * r.inChannels + firstChannel, taps, (tapRow + b) * depth, depth);
                }
              }
            }
            y[element++] = sum;
          }
        }
      }
    }
  }
  return y;
}

function inputGradient(r: ResolvedCase, filter: Float64Array, dy: Float64Array): Float64Array {
  const [planes, rows, columns] = [r.depth, r.height, r.width].map((axis) => gather(axis, "input"));
  const dx = new Float64Array(r.batch * planes.length * rows.length * columns.length * r.inChannels);
  let element = 0;
  for (let n = 0; n < r.batch; n++) {
    for (const plane of planes) {
      for (const row of rows) {
        for (const column of columns) {
          for (let channel = 0; channel < r.inChannels; channel++) {
            const c = channel % r.groupInChannels;
            const firstOutput = Math.floor(channel / r.groupInChannels) * r.groupOutChannels;
            let sum = 0;
            for (const { tap: e, output: k } of plane) {
              for (const { tap: a, output: i } of row) {
                const dyRow = ((n * r.depth.output + k) * r.height.output + i) * r.width.output;
                const tapRow = (e * r.height.kernel + a) * r.width.kernel;
                for (const { tap: b, output: j } of column) {
                  const tap = ((tapRow + b) * r.groupInChannels + c) * r.outChannels + firstOutput;
                  sum += dot(dy, (dyRow + j) * r.outChannels + firstOutput, filter, tap, r.groupOutChannels);
                }
              }
            }
            dx[element++] = sum;
          }
        }
      }
    }
  }
  return dx;
}

function filterGradient(r: ResolvedCase, x: Float64Array, dy: Float64Array): Float64Array {
  const [planes, rows, columns] = [r.depth, r.height, r.width].map((axis) => gather(axis, "tap"));
  // Channels first: the cells one channel sums over lie in one volume.
  const inVolume = r.depth.input * r.height.input * r.width.input;
  const outVolume = r.depth.output * r.height.output * r.width.output;
  const xVolumes = transposeEach(x, r.batch, inVolume, r.inChannels);
  const dyVolumes = transposeEach(dy, r.batch, outVolume, r.outChannels);
  const dw = new Float64Array(planes.length * rows.length * columns.length * r.groupInChannels * r.outChannels);
  let element = 0;
  for (const plane of planes) {
    for (const row of rows) {
      for (const column of columns) {
        for (let c = 0; c < r.groupInChannels; c++) {
          for (let o = 0; o < r.outChannels; o++) {
            const channel = Math.floor(o / r.groupOutChannels) * r.groupInChannels + c;
            let sum = 0;
            for (let n = 0; n < r.batch; n++) {
              const xVolume = (n * r.inChannels + channel) * inVolume;
              const dyVolume = (n * r.outChannels + o) * outVolume;
              for (const { input: d, output: k } of plane) {
                for (const { input: h, output: i } of row) {
                  const xRow = xVolume + (d * r.height.input + h) * r.width.input;
                  const dyRow = dyVolume + (k * r.height.output + i) * r.width.output;
                  for (let l = 0; l < column.length; l++) {
                    const { input: w, output: j } = column[l];
                    sum += xVolumes[xRow + w] * dyVolumes[dyRow + j];
                  }
                }
              }
            }
            dw[element++] = sum;
          }
        }
      }
    }
  }
  return dw;
}

function sumOfChannels(dy: Float64Array, channels: number): Float64Array {
  const db = new Float64Array(channels);
  for (let i = 0; i < dy.length; i++) db[i % channels] += dy[i];
  return db;
}
