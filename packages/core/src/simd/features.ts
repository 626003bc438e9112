/**
 * What this host's WebAssembly can do, found by asking it: `WebAssembly.validate` says whether an instruction is known,
 * and compiling one tiny module says whether compiling is allowed at all (a content security policy without
 * `wasm-unsafe-eval` and some edge runtimes refuse it). Asked once, at first use.
 *
 * @module
 */

import { f32x4, ModuleBuilder, v128 } from "./assembler.ts";
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

/** A module of one table of functions with 64-bit indices, of at least 0 elements. */
const TABLE64 = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x04, 0x04, 0x01, 0x70, 0x04, 0x00] as const;

/** Examines a host; `undefined` is one without WebAssembly. */
export function probeFeatures(host: WasmApi | undefined): SimdFeatures {
  if (host === undefined) return { simd: "this host has no WebAssembly", ...NO_SIMD };
  const plain = probeModule(false);
  if (!host.validate(plain)) return { simd: "this host's WebAssembly has no SIMD", ...NO_SIMD };
  try {
    new host.Module(plain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { simd: `this host refuses to compile WebAssembly: ${reason}`, ...NO_SIMD };
  }
  return {
    simd: true,
    relaxedMadd: host.validate(probeModule(true)),
    foldsOffsets: host.validate(new Uint8Array(TABLE64)),
    revectorizes: false,
  };
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

function probeModule(fma: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function("probe", ["address"], (f, address) => {
    const x = f.v128();
    f.set(x, v128.load(address, 0));
    f.set(x, fma ? f32x4.relaxedMadd(x, x, x) : f32x4.mul(x, x));
    f.store(address, x, 0);
  });
  return module.toBytes();
}
