/**
 * The part of the WebAssembly JavaScript interface that the engine uses, declared here because core is compiled
 * without the types of any host: browsers, Node, Deno, Bun and workers all have it under the same global name.
 *
 * Source: W3C, "WebAssembly JavaScript Interface", section 5.
 *
 * @module
 */

/** A compiled module: opaque. */
export type WasmModule = object;

/** Linear memory: a buffer that is replaced (and the old one detached) when it grows. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Grows by a number of pages of 64 KiB; throws a RangeError where the host refuses. */
  grow(pages: number): number;
}

/** What an emitted module exports: functions of int32 arguments. */
export type WasmFunctions = Readonly<Record<string, (...args: number[]) => void>>;

/** The global `WebAssembly` object. */
export interface WasmApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, WasmMemory>>>>,
  ) => { readonly exports: WasmFunctions };
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }) => WasmMemory;
}

/** The host's WebAssembly, or undefined where there is none. */
export function hostWebAssembly(): WasmApi | undefined {
  return (globalThis as object as { readonly WebAssembly?: WasmApi | null }).WebAssembly ?? undefined;
}
