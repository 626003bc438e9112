/**
 * Kernels of the cpu backend, for what surrounds a convolution.
 *
 * @module
 */

import { getKernel, type NamedAttrMap, type NamedTensorInfoMap, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Corr2dBackend } from "../backend.ts";

/** Runs a kernel of the cpu backend that has one output. */
export function runOnCpu(
  backend: Corr2dBackend,
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap = {},
): TensorInfo {
  return getKernel(kernelName, "cpu").kernelFunc({ inputs, backend, attrs }) as TensorInfo;
}
