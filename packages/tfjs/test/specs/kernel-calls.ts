/**
 * Counts calls of convolution kernels by standing in their place in TensorFlow.js's registry.
 *
 * @module
 */

import { getKernel, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";

/** The operations that compute a convolution or one of its gradients, as TensorFlow.js names them. */
export const CONVOLUTION_KERNELS = [
  "Conv2D",
  "Conv2DBackpropInput",
  "Conv2DBackpropFilter",
  "FusedConv2D",
  "DepthwiseConv2dNative",
  "DepthwiseConv2dNativeBackpropInput",
  "DepthwiseConv2dNativeBackpropFilter",
  "FusedDepthwiseConv2D",
  "Conv3D",
  "Conv3DBackpropInputV2",
  "Conv3DBackpropFilterV2",
] as const;

/** A count for each kernel that was called. */
export interface KernelCounter {
  /** The counts since the last time, which begin anew. */
  take(): Record<string, number>;
}

/** Counts from now on the calls of a backend's convolution kernels. */
export function countKernels(backendName: string): KernelCounter {
  let calls: Record<string, number> = {};
  for (const kernelName of CONVOLUTION_KERNELS) {
    const config = getKernel(kernelName, backendName);
    if (config === undefined) continue; // the WebAssembly backend has no kernel for some gradients
    unregisterKernel(kernelName, backendName);
    registerKernel({
      ...config,
      kernelFunc(args) {
        calls[kernelName] = (calls[kernelName] ?? 0) + 1;
        return config.kernelFunc(args);
      },
    });
  }
  return {
    take() {
      const taken = calls;
      calls = {};
      return taken;
    },
  };
}
