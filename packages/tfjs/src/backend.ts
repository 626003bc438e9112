/**
 * The backend: TensorFlow.js's own cpu backend, which keeps tensors as plain typed arrays, with prepared convolutions
 * beside them.
 *
 * @module
 */

import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { DataId, TensorInfo } from "@tensorflow/tfjs-core";
import { PlanStore } from "./plans.ts";

/** Name under which TensorFlow.js knows the backend: `tf.setBackend(BACKEND_NAME)`. */
export const BACKEND_NAME = "corr2d";

/** A cpu backend that remembers how it packed each filter. */
export class Corr2dBackend extends MathBackendCPU {
  /** Prepared convolutions; those of a filter go when its data goes. */
  readonly plans: PlanStore = new PlanStore();

  constructor() {
    super();
    // The cpu backend would advise at its first tensor to install a faster one.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** Values of a float32 tensor: the array itself, not a copy. */
  floats({ dataId }: TensorInfo): Float32Array {
    return this.readSync(dataId) as Float32Array;
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
