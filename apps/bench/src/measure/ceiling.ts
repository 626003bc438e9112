/**
 * The ceilings that speeds are held against: what this machine and each engine do when nothing but arithmetic is asked
 * of them. There is none for native code, whose instructions cannot be chosen from here.
 *
 * @module
 */

import type { Ceiling } from "../report/results.ts";
import { measureScalarCeiling } from "./scalar-ceiling.ts";
import { measureSimdCeiling } from "./simd-ceiling.ts";

/** Measures every ceiling there is; takes about a second. */
export function measureCeilings(): readonly Ceiling[] {
  const scalar: Ceiling = {
    engine: "scalar",
    summary: "float64 multiply-adds in JavaScript",
    gflops: measureScalarCeiling(),
  };
  const simd = measureSimdCeiling();
  if (simd === undefined) return [scalar];
  const how = simd.fused ? "fused" : "each a multiplication and an addition";
  return [
    scalar,
    { engine: "simd", summary: `float32 multiply-adds in 128-bit WebAssembly SIMD (${how})`, gflops: simd.gflops },
  ];
}
