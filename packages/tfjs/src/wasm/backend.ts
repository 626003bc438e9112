/**
 * The part of TensorFlow.js's WebAssembly backend (`BackendWasm` of `@tensorflow/tfjs-backend-wasm`) that is used here. Written
 * down instead of imported, since a program may do without that package.
 *
 * @module
 */

import type { LodgingMemory } from "@corr2d/core/internals";
import type { DataId, DataType, TensorInfo } from "@tensorflow/tfjs-core";

/** Name under which TensorFlow.js knows the backend. */
export const WASM_BACKEND_NAME = "wasm";

/** A value of each element: float32, int32, and bool. */
export type HeapValues = Float32Array | Int32Array | Uint8Array;

export interface WasmBackend {
  /** The module that was started. Its memory is an export, or with threads, which share it, given to it; other builds may name it otherwise. */
  readonly wasm: {
    readonly asm?: { readonly memory?: LodgingMemory["memory"] };
    readonly wasmMemory?: LodgingMemory["memory"];
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  /** Where tensors lie. One of another backend is moved here when it is asked for. */
  readonly dataIdMap: {
    get(dataId: DataId): unknown;
    has(dataId: DataId): boolean;
    set(dataId: DataId, data: unknown): void;
    delete(dataId: DataId): boolean;
  };
  /** A tensor whose values lie in the heap of the backend; without `values` they are whatever was there. */
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number, values?: HeapValues): TensorInfo;
  /** A view of a tensor's values, which the next growth of the heap detaches. */
  typedArrayFromHeap(tensor: TensorInfo): HeapValues;
  /** Counts one more tensor of this data, which must be here. */
  incRef(dataId: DataId): void;
  refCount(dataId: DataId): number;
  /** Gives up one reference to data, or all; true if the data is gone. */
  disposeData(dataId: DataId, force?: boolean): boolean;
}
