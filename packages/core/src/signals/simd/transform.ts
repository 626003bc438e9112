/**
 * Pieces of a correlation along a row by real Fourier transforms, in float32 or float64, whatever the signal is of. What a transform
 * does to samples that are small beside their neighbours stands in `signals/problem/guard.ts`: it is never left alone.
 *
 * @module
 */

import type { PlannedProblem } from "../../corr2d/problem/problem.ts";
import type { SimdEngine } from "../../simd/engine/engine.ts";
import { aligned } from "../../simd/engine/memory.ts";
import { VECTOR_BYTES } from "../../simd/fourier/emit.ts";
import { realTransform, realTransformBytes, writeRoots } from "../../simd/fourier/right-angle.ts";
import type { DType } from "../../tensor/tensor.ts";
import type { SignalTransform } from "../problem/guard.ts";
import type { Norms } from "../problem/norms.ts";
import { readSamples } from "../problem/samples.ts";
import { elementsOf } from "./elements.ts";
import { emitPasses } from "./emit-passes.ts";
import type { Pieces } from "./pieces.ts";

/** Powers of two that a Σ|k| must lie between, and the least and the greatest that samples may be, where Σ|k| is 1. */
const RANGES = {
  float32: { kernel: [-60, 86], samples: [-60, 125] },
  float64: { kernel: [-400, 500], samples: [-400, 900] },
} as const;

/** Whether taps are in a range in which no number on the way loses digits or overflows. */
export function canTransform(sum: number, { size: { samples } }: Pieces, dtype: DType): boolean {
  const [least, most] = RANGES[dtype].kernel;
  return sum === 0 || (sum / samples > 2 ** least && samples * sum < 2 ** most);
}

/** Prepares the transform of a problem whose taps it can, in its own memory. */
export function prepareTransform(
  engine: SimdEngine,
  problem: PlannedProblem,
  norms: Norms,
  dtype: DType,
  { size, visible, wraps }: Pieces,
): SignalTransform {
  const { kernel, before, outShape } = problem;
  const { sum } = norms;
  const { memory } = engine;
  const { samples } = size;
  const bytes = dtype === "float64" ? 8 : 4;
  const needed = realTransformBytes(size, dtype);
  const scratch = memory.layoutScratch([needed.chunk, 16]);
  const constants = scratch.buffers[1]!.address;
  const passes = () => engine.functions(`signal-passes-${dtype}`, () => emitPasses(dtype, engine.fma));
  const sizes = [needed.roots, needed.spectrum, needed.spectrum, bytes * samples].map(aligned) as [
    number,
    number,
    number,
    number,
  ];
  const block = memory.allocate(sizes.reduce((total, each) => total + each));
  const roots = block.address;
  const spectrum = roots + sizes[0];
  const work = spectrum + sizes[1];
  const strip = work + sizes[2];
  const at = strip / bytes;
  const transform = (): ReturnType<typeof realTransform> =>
    realTransform(engine, dtype, size, roots, scratch.buffers[0]!.address);
  let peak = 0;
  try {
    memory.guarded(scratch, () => {
      writeRoots(engine, dtype, size, roots);
      const elements = elementsOf(memory, dtype);
      // The inverse transform is scaled here.
      elements.set(kernel, at);
      elements.fill(0, at + kernel.length, at + samples);
      const { scale, peak: greatest } = passes();
      elements[constants / bytes] = 2 / samples;
      scale!(strip, strip, Math.ceil((bytes * kernel.length) / 16), constants);
      transform().forward(strip, spectrum);
      const row = 2 * bytes * size.rows;
      greatest!(spectrum, row / VECTOR_BYTES, needed.spectrum / size.columns - row, size.columns, constants);
      const lanes = elements.subarray(constants / bytes, (constants + 16) / bytes);
      peak = Math.max(norms.euclidean, 1.001 * Math.sqrt(Math.max(...lanes)) * (samples / 2));
    });
  } catch (error) {
    memory.free(block);
    throw error;
  }
  const owner = {};
  const release = engine.lend(owner, [block]);
  const { samples: range } = RANGES[dtype];
  return {
    samples,
    visible,
    wraps,
    levels: size.levels,
    unit: dtype === "float64" ? 2 ** -53 : 2 ** -24,
    range: [2 ** range[0] / Math.min(1, sum || 1), 2 ** range[1] / samples / Math.max(1, sum)],
    peak: Math.min(sum, peak),
    scratchBytes: block.bytes,
    run(source, first, y) {
      void owner; // lives as long as this function, and the memory with it
      memory.guarded(scratch, () => {
        const elements = elementsOf(memory, dtype);
        const count = Math.min(visible, outShape[1] - first);
        if (wraps) {
          elements.set(source, at);
          elements.fill(0, at + source.length, at + samples);
        } else {
          const seen = Math.min(samples, count + kernel.length - 1);
          readSamples(source, problem, first - before[1], seen, elements, at);
          elements.fill(0, at + seen, at + samples);
        }
        transform().correlate(strip, spectrum, work, strip);
        const results = elementsOf(memory, dtype).subarray(at, at + samples);
        if (wraps) {
          // What lies before lag 0 stands at the end, with its sign changed.
          const negative = Math.min(y.length, Math.max(0, before[1]));
          y.set(results.subarray(samples - before[1], samples - before[1] + negative));
          for (let i = 0; i < negative; i++) y[i] = -y[i]!;
          const from = Math.max(0, -before[1]);
          y.set(results.subarray(from, from + y.length - negative), negative);
        } else {
          y.set(results.subarray(0, count), first);
        }
      });
    },
    [Symbol.dispose]: release,
  };
}
