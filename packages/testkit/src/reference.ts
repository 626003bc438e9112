/**
 * The truth: all four passes in float64, straight from the definition, sharing no code with any implementation.
 *
 * Along each axis a convolution is a *relation* between three coordinates, an output cell i, a tap a and an input cell h:
 *
 *     { (i, a, h) : h = i·stride + a·dilation − before,  0 ≤ i < output, 0 ≤ a < kernel, 0 ≤ h < input }
 *
 * Taps outside the image are not in the relation, so they are skipped and never multiplied. Every pass sums the same
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
import type { CasePass, ConvCase } from "./case.ts";

/** The arrays a pass needs: forward x, filter and bias; input gradient filter and dy; filter gradient x and dy; bias gradient dy. */
export interface ReferenceData {
  readonly x?: ArrayLike<number> | undefined;
  readonly filter?: ArrayLike<number> | undefined;
  readonly bias?: ArrayLike<number> | undefined;
  readonly dy?: ArrayLike<number> | undefined;
}

/**
 * Computes one pass of a case in float64: the output (NHWC), or ∂⟨dy, y⟩ with respect to input (NHWC), filter (HWIO) or bias.
 *
 * @throws RangeError for an impossible case, or an array that is missing or of the wrong length.
 * @example
 * ```ts
 * const y = reference(convCase, "forward", { x, filter, bias });
 * ```
 */
export function reference(convCase: ConvCase, pass: CasePass, data: ReferenceData): Float64Array {
  const resolved = resolveCase(convCase);
  const take = (name: keyof ReferenceData, shape: readonly number[]): Float64Array => {
    const array = data[name];
    if (array?.length !== sizeOf(shape)) {
      throw new RangeError(
        `reference: ${pass} of case "${convCase.name}" needs ${name} of shape [${shape}], ${sizeOf(shape)} elements, ` +
          `got ${array === undefined ? "none" : array.length}`,
      );
    }
    return Float64Array.from(array);
  };
  const takeX = () => take("x", convCase.inputShape);
  const takeFilter = () => take("filter", convCase.filterShape);
  const takeDy = () => take("dy", resultShapeOf(convCase, "forward"));

  switch (pass) {
    case "forward": {
      const noBias = () => new Float64Array(resolved.outChannels);
      return forward(resolved, takeX(), takeFilter(), convCase.bias ? take("bias", [resolved.outChannels]) : noBias());
    }
    case "inputGradient":
      return inputGradient(resolved, takeFilter(), takeDy());
    case "filterGradient":
      return filterGradient(resolved, takeX(), takeDy());
    case "biasGradient":
      return biasGradient(resolved, takeDy());
  }
}

/**
 * The same sums with every factor replaced by its magnitude: Σ|x||w| + |b|, to which rounding errors are proportional.
 *
 * @throws RangeError as {@link reference}.
 */
export function absoluteReference(convCase: ConvCase, pass: CasePass, data: ReferenceData): Float64Array {
  const magnitudes = (array: ArrayLike<number> | undefined) => array && Float64Array.from(array, Math.abs);
  return reference(convCase, pass, {
    x: magnitudes(data.x),
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
  const [rows, columns] = [gather(r.height, "output"), gather(r.width, "output")];
  const depth = r.groupInChannels;
  // [kh, kw, inC, outC] → [outC, kh, kw, inC]: the weights of one output channel and tap side by side.
  const taps = transpose(filter, sizeOf([r.height.kernel, r.width.kernel, depth]), r.outChannels);
  const y = new Float64Array(r.batch * rows.length * columns.length * r.outChannels);
  let element = 0;
  for (let n = 0; n < r.batch; n++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let o = 0; o < r.outChannels; o++) {
          const firstChannel = Math.floor(o / r.groupOutChannels) * depth;
          let sum = bias[o];
          for (const { tap: a, input: h } of row) {
            for (const { tap: b, input: w } of column) {
              const cell = ((n * r.height.input + h) * r.width.input + w) * r.inChannels + firstChannel;
              const tap = ((o * r.height.kernel + a) * r.width.kernel + b) * depth;
              sum += dot(x, cell, taps, tap, depth);
            }
          }
          y[element++] = sum;
        }
      }
    }
  }
  return y;
}

function inputGradient(r: ResolvedCase, filter: Float64Array, dy: Float64Array): Float64Array {
  const [rows, columns] = [gather(r.height, "input"), gather(r.width, "input")];
  const dx = new Float64Array(r.batch * rows.length * columns.length * r.inChannels);
  let element = 0;
  for (let n = 0; n < r.batch; n++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let channel = 0; channel < r.inChannels; channel++) {
          const c = channel % r.groupInChannels;
          const firstOutput = Math.floor(channel / r.groupInChannels) * r.groupOutChannels;
          let sum = 0;
          for (const { tap: a, output: i } of row) {
            for (const { tap: b, output: j } of column) {
              const cell = ((n * r.height.output + i) * r.width.output + j) * r.outChannels + firstOutput;
              const tap = ((a * r.width.kernel + b) * r.groupInChannels + c) * r.outChannels + firstOutput;
              sum += dot(dy, cell, filter, tap, r.groupOutChannels);
            }
          }
          dx[element++] = sum;
        }
      }
    }
  }
  return dx;
}

function filterGradient(r: ResolvedCase, x: Float64Array, dy: Float64Array): Float64Array {
  const [rows, columns] = [gather(r.height, "tap"), gather(r.width, "tap")];
  // Channels first: the cells one channel sums over lie in one plane.
  const [inPlane, outPlane] = [r.height.input * r.width.input, r.height.output * r.width.output];
  const xPlanes = transposeEach(x, r.batch, inPlane, r.inChannels);
  const dyPlanes = transposeEach(dy, r.batch, outPlane, r.outChannels);
  const dw = new Float64Array(rows.length * columns.length * r.groupInChannels * r.outChannels);
  let element = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let c = 0; c < r.groupInChannels; c++) {
        for (let o = 0; o < r.outChannels; o++) {
          const channel = Math.floor(o / r.groupOutChannels) * r.groupInChannels + c;
          let sum = 0;
          for (let n = 0; n < r.batch; n++) {
            const xPlane = (n * r.inChannels + channel) * inPlane;
            const dyPlane = (n * r.outChannels + o) * outPlane;
            for (const { input: h, output: i } of row) {
              const xRow = xPlane + h * r.width.input;
              const dyRow = dyPlane + i * r.width.output;
              for (let k = 0; k < column.length; k++) {
                const { input: w, output: j } = column[k];
                sum += xPlanes[xRow + w] * dyPlanes[dyRow + j];
              }
            }
          }
          dw[element++] = sum;
        }
      }
    }
  }
  return dw;
}

function biasGradient(r: ResolvedCase, dy: Float64Array): Float64Array {
  const db = new Float64Array(r.outChannels);
  for (let i = 0; i < dy.length; i++) db[i % r.outChannels] += dy[i];
  return db;
}

/** A matrix [rows, columns] turned into [columns, rows]. */
function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  return transposeEach(matrix, 1, rows, columns);
}

/** `count` matrices one after the other, each transposed. */
function transposeEach(matrices: Float64Array, count: number, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(matrices.length);
  let to = 0;
  for (let n = 0; n < count; n++) {
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) turned[to++] = matrices[(n * rows + row) * columns + column];
    }
  }
  return turned;
}
