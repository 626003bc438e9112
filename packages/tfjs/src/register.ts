/**
 * Registration with TensorFlow.js: the kernels of the cpu backend under our name, those of convolution replaced.
 *
 * @module
 */

import {
  findBackendFactory,
  getKernelsForBackend,
  type KernelFunc,
  type NamedTensorInfoMap,
  registerKernel,
  registerBackend as registerWithTensorFlow,
} from "@tensorflow/tfjs-core";
import { BACKEND_NAME, Corr2dBackend } from "./backend.ts";
import { convolutionKernels } from "./kernels/convolutions.ts";
import { fusedKernels } from "./kernels/fused.ts";
import type { CoreKernel } from "./kernels/kernel.ts";

/** The kernels that core computes, by name. */
const CORE_KERNELS: ReadonlyMap<string, CoreKernel<never, never>> = new Map(
  [...convolutionKernels, ...fusedKernels].map((kernel) => [kernel.kernelName, kernel]),
);

/** Names of the operations that core computes. */
export const coreKernelNames: readonly string[] = [...CORE_KERNELS.keys()];

/**
 * Registers the backend `"corr2d"` with TensorFlow.js. Importing the package does it, so this is for programs that took
 * the backend away (`tf.removeBackend`); where it is registered, nothing happens.
 *
 * @example
 * ```ts
 * registerBackend();
 * await tf.setBackend("corr2d");
 * ```
 */
export function registerBackend(): void {
  if (findBackendFactory(BACKEND_NAME)) return;
  const known = new Set(getKernelsForBackend(BACKEND_NAME).map(({ kernelName }) => kernelName));
  for (const config of getKernelsForBackend("cpu")) {
    if (known.has(config.kernelName)) continue;
    const kernel = CORE_KERNELS.get(config.kernelName) as CoreKernel | undefined;
    const kernelFunc = kernel === undefined ? config.kernelFunc : coreOrCpu(kernel, config.kernelFunc);
    registerKernel({ ...config, backendName: BACKEND_NAME, kernelFunc });
  }
  registerWithTensorFlow(BACKEND_NAME, () => new Corr2dBackend());
}

/** The kernel on core where core can, else the cpu backend's own. */
function coreOrCpu(kernel: CoreKernel, cpu: KernelFunc): KernelFunc {
  return (args) => {
    const { inputs, backend, attrs = {} } = args;
    return (
      (isFloat32(inputs) ? kernel.compute({ inputs, backend: backend as Corr2dBackend, attrs }) : undefined) ??
      cpu(args)
    );
  };
}

function isFloat32(inputs: NamedTensorInfoMap): boolean {
  return Object.values(inputs).every((tensor) => !tensor || tensor.dtype === "float32");
}
