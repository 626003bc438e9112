/**
 * What this host's WebAssembly can do, found by asking it: `WebAssembly.validate` says whether an instruction is known,
 * and compiling one tiny module says whether compiling is allowed at all (a content security policy without
 * `wasm-unsafe-eval` and some edge runtimes refuse it). Asked once, at first use.
 *
 * @module
 */

import { hostWebAssembly, type WasmApi } from "./webassembly.ts";

/** What the host can do. */
export interface SimdFeatures {
  /** True, or the reason why no SIMD module can run here. */
  readonly simd: true | string;
  /** Whether `f32x4.relaxed_madd`, one instruction for multiply and add, is known. */
  readonly relaxedMadd: boolean;
  /**
   * Whether the compiler is one that folds the constant offset of a broadcasting load into the instruction: V8 13 and
   * later. Before, every such offset takes a register, and tiles spill. It is known by its contemporary, 64-bit tables.
   */
  readonly foldsOffsets: boolean;
  /**
   * Whether the compiler makes one 256-bit operation of two 128-bit ones side by side. No host says so: it is true only
   * after a check, see `revectorize.ts`.
   */
  readonly revectorizes: boolean;
}

const NO_SIMD = { relaxedMadd: false, foldsOffsets: false, revectorizes: false } as const;

/** Sections of a function without parameters and results, but for its code. */
const FUNCTION = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0] as const;

/** Its code: with a local vector x, f32x4.mul(x, x); or f32x4.relaxed_madd(x, x, x). */
const MULTIPLY = [10, 14, 1, 12, 1, 1, 0x7b, 0x20, 0, 0x20, 0, 0xfd, 0xe6, 1, 0x1a, 0x0b] as const;
const RELAXED_MADD = [10, 16, 1, 14, 1, 1, 0x7b, 0x20, 0, 0x20, 0, 0x20, 0, 0xfd, 0x85, 2, 0x1a, 0x0b] as const;

/** Section of a table of functions with 64-bit indices, of at least 0 elements. */
const TABLE64 = [4, 4, 1, 0x70, 4, 0] as const;

/** Examines a host; `undefined` is one without WebAssembly. */
export function probeFeatures(host: WasmApi | undefined): SimdFeatures {
  if (host === undefined) return { simd: "this host has no WebAssembly", ...NO_SIMD };
  try {
    const plain = moduleOf(...FUNCTION, ...MULTIPLY);
    if (!host.validate(plain)) return { simd: "this host's WebAssembly has no SIMD", ...NO_SIMD };
    new host.Module(plain);
    return {
      simd: true,
      relaxedMadd: host.validate(moduleOf(...FUNCTION, ...RELAXED_MADD)),
      foldsOffsets: host.validate(moduleOf(...TABLE64)),
      revectorizes: false,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { simd: `this host refuses to compile WebAssembly${remedyOf(reason)}: ${reason}`, ...NO_SIMD };
  }
}

/** What allows it, where the message names a policy: hosts speak of `unsafe-eval`, though less is enough. */
function remedyOf(reason: string): string {
  if (!/unsafe-eval|content security policy/i.test(reason)) return "";
  return ", which a content security policy allows by script-src 'wasm-unsafe-eval'";
}

let known: SimdFeatures | undefined;

/** What this host can do. */
export function simdFeatures(): SimdFeatures {
  return (known ??= probeFeatures(hostWebAssembly()));
}

/** Replaces what is known, after something was found out or changed that a probe does not see. */
export function setSimdFeatures(features: SimdFeatures): void {
  known = features;
}

/** A module of version 1. Written out: what there is to ask for is little, and is asked at the very first call. */
function moduleOf(...sections: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections]);
}
