/**
 * Plain sums along a row by SIMD, of any number of taps, in float32 or float64: blocks of outputs that fit the second-level cache with
 * the samples that they see, and taps in pieces.
 *
 *     for each block of outputs:  sums ← 0;  for each piece of taps:  sums += piece ⋆ samples
 *
 * |y − ŷ| ≤ γ_(m+2) · Σ |k||x|, with u the unit roundoff of the element type.
 *
 * @module
 */

import type { PlannedProblem } from "../../corr2d/problem/problem.ts";
import type { SimdEngine } from "../../simd/engine/engine.ts";
import { dtypeOf, type FloatArray } from "../../tensor/tensor.ts";
import type { Span } from "../problem/guard.ts";
import { readSamples } from "../problem/samples.ts";
import { elementsOf } from "./elements.ts";
import { emitDirect, tileOf } from "./emit-direct.ts";

/** Outputs of a block, and taps of a piece, at most. */
const BLOCK_OUTPUTS = 4096;
const PIECE_TAPS = 4096;

/** Plain sums that have been prepared. */
export interface PreparedSums {
  readonly scratchBytes: number;
  /** Computes all of the output, or spans of it. */
  run(source: FloatArray, y: FloatArray, spans?: readonly Span[]): void;
}

/** Prepares a problem of one row. */
export function prepareSums(engine: SimdEngine, problem: PlannedProblem): PreparedSums {
  const { kernel, before, outShape } = problem;
  const { memory } = engine;
  const dtype = dtypeOf(kernel);
  const { BYTES_PER_ELEMENT: bytes, length: taps } = kernel;
  const tile = tileOf(dtype);
  const piece = Math.min(taps, PIECE_TAPS);
  const most = Math.ceil(Math.min(outShape[1], BLOCK_OUTPUTS) / tile) * tile;
  const scratch = memory.layoutScratch([bytes * (most + piece), bytes * piece, bytes * most]);
  const [x, k, sums] = scratch.buffers.map(({ address }) => address) as [number, number, number];

  const compute = (source: FloatArray, y: FloatArray, { first, end }: Span): void => {
    const elements = elementsOf(memory, dtype);
    const { sums: run } = engine.functions(`signal-sums-${dtype}`, () => emitDirect(dtype, engine.fma));
    for (let i = first; i < end; i += BLOCK_OUTPUTS) {
      const count = Math.min(BLOCK_OUTPUTS, end - i);
      const tiles = Math.ceil(count / tile);
      elements.fill(0, sums / bytes, sums / bytes + tiles * tile);
      for (let t = 0; t < taps; t += PIECE_TAPS) {
        const some = Math.min(PIECE_TAPS, taps - t);
        const seen = count + some - 1;
        readSamples(source, problem, i + t - before[1], seen, elements, x / bytes);
        elements.fill(0, x / bytes + seen, x / bytes + tiles * tile + some);
        elements.set(kernel.subarray(t, t + some), k / bytes);
        run!(x, k, sums, some, tiles);
      }
      y.set(elements.subarray(sums / bytes, sums / bytes + count), i);
    }
  };
  return {
    scratchBytes: scratch.bytes,
    run(source, y, spans = [{ first: 0, end: outShape[1] }]) {
      memory.guarded(scratch, () => {
        for (const span of spans) compute(source, y, span);
      });
    },
  };
}
