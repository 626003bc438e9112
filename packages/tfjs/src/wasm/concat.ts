/**
 * Tensors side by side. The WebAssembly backend takes a view of each before it asks for the next, whose values may have to be
 * computed yet, and then the heap may move; so here all are fetched first. Runs of a few values are copied without a view of each.
 *
 * @module
 */

import { backend_util, type ConcatAttrs, type KernelFunc, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { HeapValues, WasmBackend } from "./backend.ts";
import { copyRun } from "./runs.ts";

/** The kernel of Concat, on top of the backend's own, which strings and what holds nothing are left to. */
export function heapConcat(theirs: KernelFunc): KernelFunc {
  return (args) => {
    const inputs = args.inputs as unknown as readonly TensorInfo[];
    const backend = args.backend as unknown as WasmBackend;
    for (const { dataId } of inputs) backend.dataIdMap.get(dataId);
    const [{ dtype, shape }] = inputs as [TensorInfo];
    const filled = inputs.filter((tensor) => util.sizeFromShape(tensor.shape) > 0);
    if (filled.length < 2 || dtype === "string" || inputs.some((tensor) => tensor.dtype !== dtype)) return theirs(args);
    const [axis] = util.parseAxisParam((args.attrs as unknown as ConcatAttrs).axis, shape) as [number];
    const shapes = inputs.map((tensor) => tensor.shape);
    backend_util.assertParamsConsistent(shapes, axis);
    const result = backend.makeOutput(backend_util.computeOutShape(shapes, axis), dtype);
    const parts = filled.map((tensor) => ({
      values: backend.typedArrayFromHeap(tensor),
      run: util.sizeFromShape(tensor.shape.slice(axis)),
    }));
    layRuns(parts, backend.typedArrayFromHeap(result));
    return result;
  };
}

/** Lays runs of the parts one after the other, in turns. */
function layRuns(parts: readonly { readonly values: HeapValues; readonly run: number }[], to: HeapValues): void {
  const turn = parts.reduce((sum, { run }) => sum + run, 0);
  let first = 0;
  for (const { values, run } of parts) {
    for (let from = 0, at = first; from < values.length; from += run, at += turn) copyRun(values, from, to, at, run);
    first += run;
  }
}

/** A kernel whose inputs are all there when it begins, for one that takes a view of each before it asks for the next. */
export function fetchingAll(theirs: KernelFunc): KernelFunc {
  return (args) => {
    const { dataIdMap } = args.backend as unknown as WasmBackend;
    for (const { dataId } of args.inputs as unknown as readonly TensorInfo[]) dataIdMap.get(dataId);
    return theirs(args);
  };
}
