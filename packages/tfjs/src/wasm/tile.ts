/**
 * A tensor repeated along its axes, as gradients of means and sums are. The WebAssembly backend copies it out and looks for the
 * place of each value; here a block is copied, and then the copies.
 *
 * @module
 */

import type { KernelFunc, TensorInfo, TileAttrs } from "@tensorflow/tfjs-core";
import type { HeapValues, WasmBackend } from "./backend.ts";
import { copyRun } from "./runs.ts";

/** The kernel of Tile, on top of the backend's own, which strings are left to. */
export function heapTile(theirs: KernelFunc): KernelFunc {
  return (args) => {
    const x = args.inputs.x as TensorInfo;
    const { reps } = args.attrs as unknown as TileAttrs;
    if (x.dtype === "string") return theirs(args);
    const backend = args.backend as unknown as WasmBackend;
    backend.dataIdMap.get(x.dataId);
    const shape = x.shape.map((size, axis) => size * reps[axis]!);
    const result = backend.makeOutput(shape, x.dtype);
    const to = backend.typedArrayFromHeap(result);
    if (to.length > 0) repeat(backend.typedArrayFromHeap(x), x.shape, reps, to);
    return result;
  };
}

function repeat(from: HeapValues, shape: readonly number[], reps: readonly number[], to: HeapValues): void {
  // Axes behind the last that is repeated are one run.
  const last = reps.findLastIndex((count) => count > 1);
  const run = shape.slice(last + 1).reduce((length, size) => length * size, 1);
  let [read, written] = [0, 0];
  const write = (axis: number): void => {
    if (axis > last) {
      copyRun(from, read, to, written, run);
      read += run;
      written += run;
      return;
    }
    const start = written;
    for (let i = 0; i < shape[axis]!; i++) write(axis + 1);
    const end = start + (written - start) * reps[axis]!;
    // Each copy doubles what is there.
    while (written < end) {
      const length = Math.min(written - start, end - written);
      to.copyWithin(written, start, start + length);
      written += length;
    }
  };
  write(0);
}
