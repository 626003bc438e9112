/**
 * Kernels of the cpu backend for tensors of the WebAssembly backend, which has no kernel for some gradients and takes the
 * integers of others for floats: values are copied to a cpu backend of our own, and the result back.
 *
 * @module
 */

import { getKernel, type NamedAttrMap, type NamedTensorInfoMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { Corr2dBackend } from "../backend.ts";
import type { HeapValues, WasmBackend } from "./backend.ts";

export class CpuKernels {
  readonly #wasm: WasmBackend;
  #cpu: Corr2dBackend | undefined;

  constructor(wasm: WasmBackend) {
    this.#wasm = wasm;
  }

  /** Runs a kernel with one output. */
  run(kernelName: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap): TensorInfo {
    this.#cpu ??= new Corr2dBackend();
    const cpu = this.#cpu;
    const copies: Record<string, TensorInfo> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      if (!tensor) continue;
      this.#wasm.dataIdMap.get(tensor.dataId);
      const values = this.#wasm.typedArrayFromHeap(tensor).slice();
      copies[name] = cpu.makeTensorInfo(tensor.shape, tensor.dtype, values);
    }
    try {
      const result = getKernel(kernelName, "cpu").kernelFunc({ inputs: copies, attrs, backend: cpu }) as TensorInfo;
      const values = cpu.readSync(result.dataId) as HeapValues;
      cpu.disposeIntermediateTensorInfo(result);
      return this.#wasm.makeOutput(result.shape, result.dtype, undefined, values);
    } finally {
      for (const copy of Object.values(copies)) cpu.disposeIntermediateTensorInfo(copy);
    }
  }
}
