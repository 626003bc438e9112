/**
 * The least and the greatest |x| of each block of a signal, by WebAssembly.
 *
 * @module
 */

import type { SimdEngine } from "../../simd/engine/engine.ts";
import { dtypeOf, type FloatArray } from "../../tensor/tensor.ts";
import type { Extremes } from "../problem/survey.ts";
import { elementsOf } from "./elements.ts";
import { emitPasses, TURN } from "./emit-passes.ts";

/** Bytes of samples that are surveyed at once, and stay in a second-level cache. */
const PART_BYTES = 256 * 1024;

/** Surveys a signal, in blocks of a multiple of eight samples; of the last, absent samples count as 0. */
export function extremesOn(engine: SimdEngine, source: FloatArray, block: number): Extremes {
  const { memory } = engine;
  const dtype = dtypeOf(source);
  const bytes = source.BYTES_PER_ELEMENT;
  const blocks = Math.ceil(source.length / block);
  const atOnce = Math.max(1, Math.floor(PART_BYTES / bytes / block));
  const scratch = memory.layoutScratch([bytes * block * atOnce, bytes * atOnce, bytes * atOnce]);
  const [samples, low, high] = scratch.buffers.map(({ address }) => address) as [number, number, number];
  const [least, most] = [new Float64Array(blocks), new Float64Array(blocks)];
  memory.guarded(scratch, () => {
    const { extremes } = engine.functions(`signal-passes-${dtype}`, () => emitPasses(dtype, engine.fma));
    const elements = elementsOf(memory, dtype);
    for (let u = 0; u < blocks; u += atOnce) {
      const count = Math.min(atOnce, blocks - u);
      const part = source.subarray(u * block, (u + count) * block);
      elements.set(part, samples / bytes);
      elements.fill(0, samples / bytes + part.length, samples / bytes + count * block);
      extremes!(samples, block / TURN, count, low, high);
      least.set(elements.subarray(low / bytes, low / bytes + count), u);
      most.set(elements.subarray(high / bytes, high / bytes + count), u);
    }
  });
  return [least, most];
}
