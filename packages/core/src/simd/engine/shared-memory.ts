/**
 * WebAssembly that threads share: modules whose memory is imported as shared, and copies between that and a memory of the
 * calling thread alone. A host copies between arrays of JavaScript and shared memory word by word, at a fifth of the speed; so
 * what goes in or out passes through memory that is not shared, by a module that knows both.
 *
 * Source: W3C, "WebAssembly Core Specification 3.0", chapter 5 (binary format): imports, limits, memory.copy of two memories.
 *
 * @module
 */

import { bytesOf, MEMORY_IMPORT, section, sized, vector } from "./assembler.ts";
import { unsignedLeb128 } from "./leb128.ts";
import { SECTION } from "./opcodes.ts";
import { type Team, workAlone } from "./team.ts";
import type { WasmMemory } from "./webassembly.ts";

/** Pages of 4 GiB: no memory of 32 bits has more. */
export const MOST_PAGES = 65536;

/** Scratch of a unit: twice that of memory that one thread has, as shares do not write over one another. */
export const SHARED_SCRATCH_BYTES: number = 8 * 2 ** 20;

/** The calling thread alone, over memory of another module that is shared. */
export function aloneOver(memory: WasmMemory): Team {
  return {
    threads: 1,
    scratchBytes: SHARED_SCRATCH_BYTES,
    units: 1,
    stage: undefined,
    isWorth: () => false,
    makeMemory: () => memory,
    adapt: (module) => withSharedMemory(module, MOST_PAGES),
    link: (_memory, _module, functions) => functions,
    work: workAlone,
    over: aloneOver,
  };
}

/** The same module with a memory of at most so many pages that is shared. */
export function withSharedMemory(module: Uint8Array, mostPages: number): Uint8Array<ArrayBuffer> {
  let at = 8;
  while (module[at] !== SECTION.import) at = sectionEnd(module, at);
  const end = sectionEnd(module, at);
  const imports = bytesOf(section(SECTION.import, [memoryImport(MEMORY_IMPORT.name, limitsOf(mostPages))]));
  const result = new Uint8Array(at + imports.length + module.length - end);
  result.set(module.subarray(0, at));
  result.set(imports, at);
  result.set(module.subarray(end), at + imports.length);
  return result;
}

/** Where a section ends that begins at a byte. */
function sectionEnd(module: Uint8Array, begin: number): number {
  let size = 0;
  let at = begin + 1;
  for (let shift = 0; ; shift += 7) {
    const byte = module[at++]!;
    size |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at + size;
  }
}

function memoryImport(name: string, limits: string): string {
  const kind = "\x02";
  return sized(MEMORY_IMPORT.module) + sized(name) + kind + limits;
}

/** Limits of a memory of at least a page: shared, which needs a maximum; or not. */
function limitsOf(mostPages: number | undefined): string {
  return mostPages === undefined ? "\0\x01" : `\x03\x01${unsignedLeb128(mostPages)}`;
}

/** A module that exports `bringIn` and `takeOut`, of two addresses (to, from) and bytes; it imports `shared` and `own`. */
export function copyingModule(mostPages: number): Uint8Array<ArrayBuffer> {
  const [i32, functionType, functionKind] = ["\x7f", "\x60", "\0"];
  const copy = (to: number, from: number): string => {
    const locals = "\0";
    const parameters = [0, 1, 2].map((index) => `\x20${unsignedLeb128(index)}`).join("");
    return sized(`${locals}${parameters}\xfc${unsignedLeb128(10)}${unsignedLeb128(to)}${unsignedLeb128(from)}\x0b`);
  };
  return bytesOf(
    "\0asm\x01\0\0\0" +
      section(SECTION.type, [functionType + vector([i32, i32, i32]) + vector([])]) +
      section(SECTION.import, [memoryImport("shared", limitsOf(mostPages)), memoryImport("own", limitsOf(undefined))]) +
      section(SECTION.function, ["\0", "\0"]) +
      section(SECTION.export, [
        sized("bringIn") + functionKind + unsignedLeb128(0),
        sized("takeOut") + functionKind + unsignedLeb128(1),
      ]) +
      section(SECTION.code, [copy(0, 1), copy(1, 0)]),
  );
}
