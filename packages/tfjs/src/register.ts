/**
 * Registration with TensorFlow.js: our kernels in its WebAssembly backend, and a backend of our own name for programs without
 * one, which has the kernels of the cpu backend, some replaced.
 *
 * @module
 */

import {
  findBackendFactory,
  getKernelsForBackend,
  type KernelFunc,
  registerKernel,
  registerBackend as registerWithTensorFlow,
} from "@tensorflow/tfjs-core";
import { BACKEND_NAME, Corr2dBackend } from "./backend.ts";
import { groupedKernels } from "./kernels/grouped.ts";
import { isFloat32, OWN_KERNELS, type OwnKernel } from "./kernels/own-kernels.ts";

/** Names of the operations that have a kernel here. */
export const ownKernelNames: readonly string[] = [...OWN_KERNELS.keys()];

/**
 * Registers the backend `"corr2d"` with TensorFlow.js. Importing the package does it, so this is for programs that took
 * the backend away (`tf.removeBackend`); where it is registered, nothing happens.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 *
 * registerBackend(); // importing the package has done it already
 * await tf.setBackend("corr2d");
 * tf.getBackend(); // → "corr2d"
 * ```
 */
export function registerBackend(): void {
  if (findBackendFactory(BACKEND_NAME)) return;
  const known = new Set(getKernelsForBackend(BACKEND_NAME).map(({ kernelName }) => kernelName));
  for (const config of getKernelsForBackend("cpu")) {
    if (known.has(config.kernelName)) continue;
    const kernel = OWN_KERNELS.get(config.kernelName) as OwnKernel | undefined;
    const kernelFunc = kernel === undefined ? config.kernelFunc : ownOrCpu(kernel, config.kernelFunc);
    registerKernel({ ...config, backendName: BACKEND_NAME, kernelFunc });
  }
  for (const kernel of groupedKernels as readonly OwnKernel[]) {
    if (known.has(kernel.kernelName)) continue;
    const kernelFunc = ownOrCpu(kernel, () => {
      throw new TypeError(`${kernel.kernelName}: inputs must be float32`);
    });
    registerKernel({ kernelName: kernel.kernelName, backendName: BACKEND_NAME, kernelFunc });
  }
  registerWithTensorFlow(BACKEND_NAME, () => new Corr2dBackend());
}

/** Our kernel where it can, else the cpu backend's. */
function ownOrCpu(kernel: OwnKernel, cpu: KernelFunc): KernelFunc {
  return (args) => {
    const { inputs, backend, attrs = {} } = args;
    const host = backend as Corr2dBackend;
    return (isFloat32(inputs) ? kernel.compute({ inputs, host, attrs }) : undefined) ?? cpu(args);
  };
}
