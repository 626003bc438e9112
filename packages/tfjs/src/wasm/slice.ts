/**
 * A part of a tensor. The WebAssembly backend copies all of the tensor out of its heap first, whatever the part: a batch of the
 * training data is a copy of the whole set. This one copies the part, run by run.
 *
 * @module
 */

import { type KernelFunc, type SliceAttrs, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { HeapValues, WasmBackend } from "./backend.ts";
import { copyRun } from "./runs.ts";

/** The kernel of Slice, on top of the backend's own, which strings are left to. */
export function heapSlice(theirs: KernelFunc): KernelFunc {
  return (args) => {
    const x = args.inputs.x as TensorInfo;
    if (x.dtype === "string" || x.shape.length === 0) return theirs(args);
    const backend = args.backend as unknown as WasmBackend;
    const { begin, size } = args.attrs as unknown as SliceAttrs;
    // Only the shape of a tensor is looked at.
    const [begins, sizes] = slice_util.parseSliceParams(
      x as Parameters<typeof slice_util.parseSliceParams>[0],
      begin,
      size,
    );
    slice_util.assertParamsValid(x as Parameters<typeof slice_util.assertParamsValid>[0], begins, sizes);
    // Fetched first, since that and the result may move the heap.
    backend.dataIdMap.get(x.dataId);
    const result = backend.makeOutput(sizes, x.dtype);
    copyPart(backend.typedArrayFromHeap(x), x.shape, begins, sizes, backend.typedArrayFromHeap(result));
    return result;
  };
}

function copyPart(
  from: HeapValues,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
  to: HeapValues,
): void {
  // Axes behind the last one that is cut are whole: with it they are one run.
  const cut = shape.findLastIndex((length, axis) => size[axis] !== length);
  const strides = shape.map((_, axis) => util.sizeFromShape(shape.slice(axis + 1)));
  const run = cut < 0 ? to.length : util.sizeFromShape(size.slice(cut));
  let start = begin.reduce((sum, first, axis) => sum + first * strides[axis]!, 0);
  const position = size.map(() => 0);
  for (let at = 0; at < to.length; at += run) {
    copyRun(from, start, to, at, run);
    for (let axis = cut - 1; axis >= 0; axis--) {
      start += strides[axis]!;
      if (++position[axis]! < size[axis]!) break;
      start -= strides[axis]! * size[axis]!;
      position[axis] = 0;
    }
  }
}
