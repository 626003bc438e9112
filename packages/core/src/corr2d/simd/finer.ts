/**
 * Rectangles of an output by real Fourier transforms in float64. What a rectangle sees, row after row, is one long signal, and a kernel with
 * the same distance between its rows is one, too: then
 *
 *     Σ_{a, b} k[a, b] · x[i + a, j + b]
 *
 * is the value at i · width + j of their correlation, and nothing of what windows see wraps around.
 *
 * @module
 */

import type { SimdEngine } from "../../simd/engine/engine.ts";
import { SCRATCH_BYTES } from "../../simd/engine/memory.ts";
import {
  type RealSize,
  realSizes,
  realTransform,
  realTransformBytes,
  writeRoots,
} from "../../simd/fourier/right-angle.ts";
import type { PlannedProblem, Region } from "../problem/problem.ts";
import type { FinerTransform } from "../problem/transform-guard.ts";
import { readStrip } from "./strips.ts";

/**
 * Nanoseconds for a rectangle, beside its transforms; for a level of a complex number, there and back, and half as much for the kernel's;
 * and for a sample that is copied.
 */
const RECTANGLE_NS = 10_000;
const LEVEL_NS = 0.62 * 1.5;
const SAMPLE_NS = 5;

/** Few sizes, each at least half as large again as the one before: their roots are computed once. */
let fewSizes: readonly RealSize[] | undefined;

function sizesOf(): readonly RealSize[] {
  if (fewSizes !== undefined) return fewSizes;
  const few: RealSize[] = [];
  for (const size of realSizes()) if (size.samples >= 1.5 * (few.at(-1)?.samples ?? 0)) few.push(size);
  fewSizes = few;
  return few;
}

/** A transform for rectangles that plain sums take `directNs` nanoseconds a cell for. */
export function finerTransform(engine: SimdEngine, problem: PlannedProblem, directNs: number): FinerTransform {
  const {
    kernel,
    kernelShape: [kernelHeight, kernelWidth],
    before: [top, left],
    outShape: [, outWidth],
  } = problem;
  const { memory } = engine;
  const sizeOf = ({ rows, columns }: Region): RealSize | undefined => {
    const seen = (rows + kernelHeight - 1) * (columns + kernelWidth - 1);
    return sizesOf().find(({ samples }) => samples >= seen);
  };
  const bytesOf = (size: RealSize): readonly number[] => {
    const { roots, chunk, spectrum } = realTransformBytes(size, "float64");
    return [roots, chunk, spectrum, spectrum, 8 * size.samples];
  };
  return {
    unit: 2 ** -53,
    isFaster(region) {
      const size = sizeOf(region);
      if (size === undefined || bytesOf(size).reduce((sum, bytes) => sum + bytes) > SCRATCH_BYTES / 2) return false;
      const { samples, levels } = size;
      return RECTANGLE_NS + samples * (0.5 * LEVEL_NS * levels + SAMPLE_NS) < directNs * region.rows * region.columns;
    },
    levelsOf: (region) => sizeOf(region)!.levels,
    run(source, y, region) {
      const size = sizeOf(region)!;
      const scratch = memory.layoutScratch(bytesOf(size));
      const [roots, chunk, spectrum, work, strip] = scratch.buffers.map(({ address }) => address) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const [height, width] = [region.rows + kernelHeight - 1, region.columns + kernelWidth - 1];
      memory.guarded(scratch, () => {
        writeRoots(engine, "float64", size, roots);
        const transform = realTransform(engine, "float64", size, roots, chunk);
        const { doubles } = memory;
        const at = strip / 8;
        doubles.fill(0, at, at + size.samples);
        for (let t = 0; t < kernel.length; t++) {
          // The inverse transform is scaled here.
          doubles[at + Math.floor(t / kernelWidth) * width + (t % kernelWidth)] = kernel[t]! * (2 / size.samples);
        }
        transform.forward(strip, spectrum);
        readStrip(source, problem, [region.top - top, region.left - left], [height, width], doubles, at);
        doubles.fill(0, at + height * width, at + size.samples);
        transform.correlate(strip, spectrum, work, strip);
        for (let i = 0; i < region.rows; i++) {
          const row = doubles.subarray(at + i * width, at + i * width + region.columns);
          y.set(row, (region.top + i) * outWidth + region.left);
        }
      });
    },
  };
}
