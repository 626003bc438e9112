/**
 * The same values under another tensor. The WebAssembly backend copies them; but tensors are never written to, so they can
 * share their data and count its users, as after a change of shape. TensorFlow.js clones what it keeps for a gradient, so this
 * spares a training step a copy of every activation, and a filter that is kept is known to be the one that was prepared.
 *
 * @module
 */

import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { WasmBackend } from "./backend.ts";

/** The kernel of Identity, on top of the backend's own, which strings are left to. */
export function sharedIdentity(theirs: KernelFunc): KernelFunc {
  return (args) => {
    const { dataId, shape, dtype } = args.inputs.x as TensorInfo;
    if (dtype === "string") return theirs(args);
    (args.backend as WasmBackend).incRef(dataId);
    return { dataId, shape, dtype };
  };
}
