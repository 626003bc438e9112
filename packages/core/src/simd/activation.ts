/**
 * What is done to an output before it is stored, where it is still in a register: `relu`, max(z, 0), or `relu6`,
 * min(max(z, 0), 6). A NaN stays one.
 *
 * @module
 */

import type { FloatArray } from "../tensor.ts";
import { type FunctionBuilder, f32x4, type Local, v128 } from "./assembler.ts";

/** Activations that microkernels fuse. */
export type Activation = "none" | "relu" | "relu6";

/** Emits value = activation(value). */
export function emitActivation(f: FunctionBuilder, value: Local<"v128">, activation: Activation): void {
  if (activation === "none") return;
  f.set(value, f32x4.pmax(value, v128.splat(0)));
  if (activation === "relu6") f.set(value, f32x4.pmin(value, v128.splat(6)));
}

/** The same for an array that something else computed. */
export function activateArray(values: FloatArray, activation: Activation): void {
  if (activation === "none") return;
  const most = activation === "relu6" ? 6 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i]!, 0), most);
}
