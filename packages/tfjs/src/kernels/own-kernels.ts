/**
 * All kernels of ours, by name.
 *
 * @module
 */

import type { NamedTensorInfoMap } from "@tensorflow/tfjs-core";
import { convolutionKernels } from "./convolutions.ts";
import { fusedKernels } from "./fused.ts";
import { groupedKernels } from "./grouped.ts";
import type { OwnKernel } from "./kernel.ts";
import { matmulKernels } from "./matmul.ts";
import { maxPoolGradKernel } from "./max-pool-grad.ts";

export type { OwnKernel } from "./kernel.ts";

/** The kernels that take the place of a backend's. */
export const OWN_KERNELS: ReadonlyMap<string, OwnKernel<never, never>> = new Map(
  [...convolutionKernels, ...fusedKernels, ...groupedKernels, ...matmulKernels, maxPoolGradKernel].map((kernel) => [
    kernel.kernelName,
    kernel,
  ]),
);

/** Whether our kernels can take these inputs. */
export function isFloat32(inputs: NamedTensorInfoMap): boolean {
  for (const name in inputs) if (inputs[name] && inputs[name].dtype !== "float32") return false;
  return true;
}
