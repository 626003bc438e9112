/**
 * The numbers of the WebAssembly instructions that the engine emits; nothing else is listed.
 *
 * Sources: W3C, "WebAssembly Core Specification 2.0", section 5.4; the relaxed SIMD proposal for `relaxedMadd`.
 *
 * @module
 */

/** Types of values, as the binary format writes them. */
export const VALUE_TYPE = { i32: 0x7f, v128: 0x7b } as const;

/** Type of a block without parameters and results. */
export const BLOCK_VOID = 0x40;

/** Control flow and locals. */
export const CONTROL = {
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  brIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
} as const;

/** 32-bit integers: addresses and counters. */
export const I32 = {
  load: 0x28,
  const: 0x41,
  eq: 0x46,
  add: 0x6a,
  mul: 0x6c,
} as const;

/** First byte of every vector instruction; the number below follows as LEB128. */
export const SIMD_PREFIX = 0xfd;

/** 128-bit vectors: moving them. */
export const V128 = {
  load: 0x00,
  load8x8: 0x02,
  load32Splat: 0x09,
  load64Splat: 0x0a,
  store: 0x0b,
  const: 0x0c,
  shuffle: 0x0d,
  and: 0x4e,
  andnot: 0x4f,
  or: 0x50,
  bitselect: 0x52,
  store32Lane: 0x5a,
  store64Lane: 0x5b,
} as const;

/** Four floats: computing with them. */
export const F32X4 = {
  gt: 0x44,
  abs: 0xe0,
  sqrt: 0xe3,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  pmin: 0xea,
  pmax: 0xeb,
  convertInts: 0xfa,
  relaxedMadd: 0x105,
  relaxedNmadd: 0x106,
} as const;

/** Two floats of 64 bits: computing with them. */
export const F64X2 = {
  gt: 0x4a,
  demoteZero: 0x5e,
  promoteLow: 0x5f,
  sqrt: 0xef,
  add: 0xf0,
  sub: 0xf1,
  mul: 0xf2,
  pmin: 0xf6,
  pmax: 0xf7,
  relaxedMadd: 0x107,
  relaxedNmadd: 0x108,
} as const;

/** Four integers; min and max read them without a sign. */
export const I32X4 = {
  extendLow: 0xa9,
  extendHigh: 0xaa,
  add: 0xae,
  minUnsigned: 0xb7,
  maxUnsigned: 0xb9,
} as const;

/** Integers to half their bits, those too large to the nearest. */
export const NARROW = { to8: 0x66, to16: 0x86 } as const;

/** Sections of a module, in their order. */
export const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
