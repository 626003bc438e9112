/**
 * Registration with TensorFlow.js: the kernels of the cpu backend under our name, some replaced by our own.
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
import type { OwnKernel } from "./kernels/kernel.ts";
import { maxPoolGradKernel } from "./kernels/max-pool-grad.ts";

/** The kernels that take the place of the cpu backend's, by name. */
const OWN_KERNELS: ReadonlyMap<string, OwnKernel<never, never>> = new Map(
  [...convolutionKernels, ...fusedKernels, maxPoolGradKernel].map((kernel) => [kernel.kernelName, kernel]),
);

/** Names of the operations that have a kernel here; all others have the cpu backend's. */
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
  registerWithTensorFlow(BACKEND_NAME, () => new Corr2dBackend());
}

/** Our kernel where it can, else the cpu backend's. */
function ownOrCpu(kernel: OwnKernel, cpu: KernelFunc): KernelFunc {
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
