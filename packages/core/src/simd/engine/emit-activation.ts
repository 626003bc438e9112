/**
 * What is done to an output before it is stored, where it is still in a register.
 *
 * @module
 */

import type { FusedActivation } from "../../algorithm/algorithm.ts";
import { type FunctionBuilder, f32x4, type Local, v128 } from "./assembler.ts";

/** An activation that microkernels fuse, or none. */
export type Activation = FusedActivation | undefined;

/** Name of an activation, as part of a module's name. */
export function activationName(activation: Activation): string {
  if (activation?.name === "leakyRelu") return `leakyRelu(${activation.slope})`;
  return activation?.name ?? "linear";
}

/** Emits value = activation(value). */
export function emitActivation(f: FunctionBuilder, value: Local<"v128">, activation: Activation): void {
  if (activation === undefined) return;
  if (activation.name === "leakyRelu") {
    const negative = f32x4.mul(value, v128.splat(activation.slope));
    f.set(value, v128.select(value, negative, f32x4.greater(value, v128.splat(0))));
    return;
  }
  f.set(value, f32x4.pmax(value, v128.splat(0)));
  if (activation.name === "relu6") f.set(value, f32x4.pmin(value, v128.splat(6)));
}
