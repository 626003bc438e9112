/**
 * What stands in TensorFlow.js's registry in place of a backend's own. (A *kernel* is here what TensorFlow.js calls one: the function
 * that computes one operation on one backend.)
 *
 * @module
 */

import type { NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { Host } from "../host.ts";

/** Arguments of a kernel, as TensorFlow.js passes them. */
export interface KernelArguments<Inputs, Attrs> {
  readonly inputs: Inputs;
  readonly attrs: Attrs;
  readonly host: Host;
}

/** A kernel that takes the place of a backend's. */
export interface OwnKernel<Inputs = NamedTensorInfoMap, Attrs = object> {
  /** Name of the operation in TensorFlow.js. */
  readonly kernelName: string;
  /**
   * Who computes what this kernel does not, on the WebAssembly backend: its own kernel, or the cpu backend's (default): the
   * WebAssembly backend has none for some gradients, takes the bits of integers for floats, and gives what the memory held where
   * its library refuses.
   */
  readonly otherwise?: "backend";
  /**
   * The result, or `undefined` where another kernel has to do it (core has no such convolution). Inputs are float32.
   *
   * @throws RangeError if the shapes of the inputs do not fit together.
   */
  compute(args: KernelArguments<Inputs, Attrs>): TensorInfo | undefined;
}
