/**
 * What a backend of TensorFlow.js lends to our kernels: values of tensors, room for new ones, and its other kernels. The two
 * hosts are our backend on plain arrays (backend.ts) and TensorFlow.js's WebAssembly backend (wasm/host.ts).
 *
 * @module
 */

import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { Forward } from "./compute.ts";
import type { PlanStore } from "./plans.ts";

/** An array for each tensor. */
export type ValuesOf<Inputs extends readonly TensorInfo[]> = { -readonly [I in keyof Inputs]: Float32Array };

/** Writes y, of the values of some tensors. */
export type Compute<Inputs extends readonly TensorInfo[]> = (y: Float32Array, ...inputs: ValuesOf<Inputs>) => unknown;

export interface Host {
  /** Prepared convolutions; those of a filter go when its data goes. */
  readonly plans: PlanStore;
  /** Values of tensors, as float32: to be read only, and at once, since the next tensor to be made may move them. */
  floats(tensors: readonly TensorInfo[]): Float32Array[];
  /**
   * A new float32 tensor of what `prepare` gives a function to compute, which writes every value of `y` and is given the values of
   * `inputs`. By then they are computed, so nothing comes between. If either throws, there is no tensor.
   */
  output<const Inputs extends readonly TensorInfo[]>(
    shape: readonly number[],
    inputs: Inputs,
    prepare: () => Compute<Inputs>,
  ): TensorInfo;
  /** Calls what prepares convolutions; they compute where the host keeps its tensors, if that can be. */
  prepare<T>(make: () => T): T;
  /** A tensor of what `step` gives, to be computed when its values are asked for, if the host can wait. */
  readonly defer?: (step: Forward) => TensorInfo;
  /** Runs a kernel of the backend that has one output, for what surrounds ours. */
  run(kernelName: string, inputs: NamedTensorInfoMap, attrs?: NamedAttrMap): TensorInfo;
  /** Gives up a tensor that a kernel made on its way. */
  discard(tensor: TensorInfo): void;
}
