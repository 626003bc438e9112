/**
 * The engine's memory as elements of either type.
 *
 * @module
 */

import type { SimdMemory } from "../../simd/engine/memory.ts";
import type { DType, FloatArray } from "../../tensor/tensor.ts";

/** All of it; valid until memory grows. */
export function elementsOf(memory: SimdMemory, dtype: DType): FloatArray {
  return dtype === "float64" ? memory.doubles : memory.floats;
}
