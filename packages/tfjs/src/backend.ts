/**
 * The backend `"corr2d"`: TensorFlow.js's own cpu backend, which keeps tensors as plain typed arrays, with prepared
 * convolutions beside them.
 *
 * @module
 */

import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import {
  type DataId,
  getKernel,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import type { Compute, Host, ValuesOf } from "./host.ts";
import { PlanStore } from "./plans.ts";

/** Name under which TensorFlow.js knows the backend: `tf.setBackend(BACKEND_NAME)`. */
export const BACKEND_NAME = "corr2d";

/** A cpu backend that remembers how it packed each filter. */
export class Corr2dBackend extends MathBackendCPU implements Host {
  readonly plans: PlanStore = new PlanStore();

  constructor() {
    super();
    // The cpu backend would advise at its first tensor to install a faster one.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  floats(tensors: readonly TensorInfo[]): Float32Array[] {
    return tensors.map(({ dataId }) => {
      // The array itself; but a tensor that was cast shares the Int32Array or Uint8Array that it was cast from.
      const values = this.readSync(dataId) as ArrayLike<number>;
      return values instanceof Float32Array ? values : Float32Array.from(values);
    });
  }

  prepare<T>(make: () => T): T {
    return make();
  }

  output<const Inputs extends readonly TensorInfo[]>(
    shape: readonly number[],
    inputs: Inputs,
    prepare: () => Compute<Inputs>,
  ): TensorInfo {
    const compute = prepare();
    const y = new Float32Array(util.sizeFromShape([...shape]));
    compute(y, ...(this.floats(inputs) as ValuesOf<Inputs>));
    return this.makeTensorInfo([...shape], "float32", y);
  }

  run(kernelName: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap = {}): TensorInfo {
    return getKernel(kernelName, "cpu").kernelFunc({ inputs, backend: this, attrs }) as TensorInfo;
  }

  discard(tensor: TensorInfo): void {
    this.disposeIntermediateTensorInfo(tensor);
  }

  /** Frees a tensor's data, and with a filter's what was prepared of it. */
  override disposeData(dataId: DataId, force = false): boolean {
    const gone = super.disposeData(dataId, force);
    if (gone) this.plans.forget(dataId);
    return gone;
  }

  /** Frees everything. */
  override dispose(): void {
    this.plans.clear();
    super.dispose();
  }
}
