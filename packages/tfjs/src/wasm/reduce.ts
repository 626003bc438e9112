/**
 * Sums and means over axes that stand before others: of batch, rows and columns for every channel, as batch norm, biases and global
 * pooling ask for. The WebAssembly backend moves these axes to the end first; here rows are added up as they lie, in float64.
 *
 * @module
 */

import { backend_util, type KernelFunc, type SumAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WasmBackend } from "./backend.ts";

/** The kernel of Sum or Mean, on top of the backend's own, which all other axes and types are left to. */
export function reducingRows(theirs: KernelFunc, of: "sum" | "mean"): KernelFunc {
  return (args) => {
    const x = args.inputs.x as TensorInfo;
    const { axis, keepDims } = args.attrs as unknown as SumAttrs;
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const [first, last] = [axes[0], axes.at(-1)];
    const isRange = first !== undefined && last! - first + 1 === axes.length;
    const inner = isRange ? util.sizeFromShape(x.shape.slice(last! + 1)) : 1;
    // Of no values the backend's own gives what the memory held.
    const isEmpty = first !== undefined && util.sizeFromShape(x.shape) === 0;
    if (x.dtype !== "float32" || !isRange || (inner === 1 && !isEmpty)) return theirs(args);
    const backend = args.backend as unknown as WasmBackend;
    backend.dataIdMap.get(x.dataId);
    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const result = backend.makeOutput(keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape, "float32");
    const [from, to] = [x, result].map((tensor) => backend.typedArrayFromHeap(tensor)) as [Float32Array, Float32Array];
    const rows = util.sizeFromShape(x.shape.slice(first, last! + 1));
    // The cpu backend's mean of no values is 0, as their sum is.
    addRows(from, rows, inner, of === "mean" && rows > 0 ? 1 / rows : 1, to);
    return result;
  };
}

/** Adds up each `rows` rows of `length` values, times a factor. */
function addRows(from: Float32Array, rows: number, length: number, factor: number, to: Float32Array): void {
  const sums = new Float64Array(length);
  let at = 0;
  for (let begin = 0; begin < to.length; begin += length) {
    sums.fill(0);
    for (let row = 0; row < rows; row++) for (let i = 0; i < length; i++) sums[i] = sums[i]! + from[at++]!;
    for (let i = 0; i < length; i++) to[begin + i] = sums[i]! * factor;
  }
}
