/**
 * An assembler for the little WebAssembly the engine needs: functions of int32 arguments without results, over one
 * imported memory.
 *
 * Values are expressions and are typed: an {@link I32} is code that leaves an int32 on the stack, a {@link V128} code
 * that leaves a vector, and TypeScript refuses to mix them. A {@link FunctionBuilder} appends statements:
 *
 *     const module = new ModuleBuilder();
 *     module.function<[from: I32Local, to: I32Local]>("double", 2, (f, from, to) => {
 *       const x = f.v128();
 *       f.set(x, v128.load(from, 0));
 *       f.store(to, f32x4.add(x, x), 0);
 *     });
 *     const bytes = module.toBytes();
 *
 * A module is assembled once, by JavaScript that the host only interprets yet, so that much is left to the host: code is
 * text, one character for each byte, and an instruction is a few concatenations.
 *
 * Source: W3C, "WebAssembly Core Specification 2.0", chapter 5 (binary format).
 *
 * @module
 */

import { signedLeb128, unsignedLeb128 } from "./leb128.ts";
import {
  BLOCK_VOID,
  CONTROL,
  F32X4,
  F64X2,
  I32 as I32_OP,
  I32X4,
  NARROW,
  SECTION,
  SIMD_PREFIX,
  V128 as V128_OP,
  VALUE_TYPE,
} from "./opcodes.ts";

type ValueType = keyof typeof VALUE_TYPE;

/** Code that leaves one value of the given type on the stack. */
interface Value<T extends ValueType> {
  readonly type: T;
  readonly code: string;
}

/** An int32: an address or a counter. */
export type I32 = Value<"i32">;
/** Four floats. */
export type V128 = Value<"v128">;

/** A local variable; used as a value it is read. */
export interface Local<T extends ValueType> extends Value<T> {
  /** The instruction that assigns to it. */
  readonly assign: string;
}

/** A local or parameter that is an address or a counter. */
export type I32Local = Local<"i32">;

/** Where the emitted modules find their memory: imported as `corr2d.memory`. */
export const MEMORY_IMPORT = { module: "corr2d", name: "memory" } as const;

// Memory operands state an alignment that is only a hint: 2² bytes is true of every float, 2⁰ of every byte.
const ALIGN_4 = "\x02";
const ALIGN_1 = "\0";

const END: string = /* @__PURE__ */ (() => text(CONTROL.end))();

/** Bytes as code. */
function text(...bytes: readonly number[]): string {
  return String.fromCharCode(...bytes);
}

/** A number written out is a constant. */
function int(operand: I32 | number): I32 {
  return typeof operand === "number" ? { type: "i32", code: text(I32_OP.const) + signedLeb128(operand) } : operand;
}

/** An access to memory at a constant offset from an address. */
function access(opcode: string, offset: number, alignment = ALIGN_4): string {
  return opcode + alignment + unsignedLeb128(offset);
}

function simd(opcode: number): string {
  return text(SIMD_PREFIX) + unsignedLeb128(opcode);
}

type Int32Binary = (a: I32 | number, b: I32 | number) => I32;

function int32Binary(opcode: number): Int32Binary {
  const instruction = text(opcode);
  return (a, b) => ({ type: "i32", code: int(a).code + int(b).code + instruction });
}

/** Expressions of int32. */
export const i32: {
  readonly const: (n: number) => I32;
  readonly load: (address: I32, offset: number) => I32;
  readonly add: Int32Binary;
  readonly mul: Int32Binary;
  /** 1 if a = b, else 0. */
  readonly equal: Int32Binary;
} = /* @__PURE__ */ (() => ({
  const: int,
  load: (address, offset) => ({ type: "i32", code: address.code + access(text(I32_OP.load), offset) }),
  add: /* @__PURE__ */ int32Binary(I32_OP.add),
  mul: /* @__PURE__ */ int32Binary(I32_OP.mul),
  equal: /* @__PURE__ */ int32Binary(I32_OP.eq),
}))();

type VectorLoad = (address: I32, offset: number) => V128;

function vectorLoad(opcode: number, alignment = ALIGN_4): VectorLoad {
  const instruction = simd(opcode);
  return (address, offset) => ({ type: "v128", code: address.code + access(instruction, offset, alignment) });
}

/** Which four of the eight floats of two vectors: 0 to 3 are those of the first. */
type Lanes = readonly [number, number, number, number];

/**
 * Expressions that make a vector: four floats of memory, one float of memory four times, a constant four times, or
 * floats of two vectors.
 */
export const v128: {
  readonly load: VectorLoad;
  readonly load32Splat: VectorLoad;
  /** Sixteen bytes. */
  readonly loadBytes: VectorLoad;
  /** Eight bytes, each as an integer of 16 bits. */
  readonly load8x8: VectorLoad;
  readonly load64Splat: VectorLoad;
  readonly splat: (n: number) => V128;
  /** A constant of 64 bits twice. */
  readonly splat64: (n: number) => V128;
  /** A constant int32 four times. */
  readonly splatBits: (n: number) => V128;
  /** Four constant int32. */
  readonly bits: (lanes: Lanes) => V128;
  readonly and: VectorBinary;
  /** The bits of a where those of b are 0. */
  readonly andnot: VectorBinary;
  readonly or: VectorBinary;
  /** The bits of a where those of the mask are 1, else those of b. */
  readonly select: VectorTernary;
  readonly shuffle: (a: V128, b: V128, lanes: Lanes) => V128;
} = /* @__PURE__ */ (() => ({
  load: /* @__PURE__ */ vectorLoad(V128_OP.load),
  load32Splat: /* @__PURE__ */ vectorLoad(V128_OP.load32Splat),
  loadBytes: /* @__PURE__ */ vectorLoad(V128_OP.load, ALIGN_1),
  load8x8: /* @__PURE__ */ vectorLoad(V128_OP.load8x8, ALIGN_1),
  load64Splat: /* @__PURE__ */ vectorLoad(V128_OP.load64Splat),
  splat: (n) => ({
    type: "v128",
    code: simd(V128_OP.const) + text(...new Uint8Array(new Float32Array(4).fill(n).buffer)),
  }),
  splat64: (n) => ({
    type: "v128",
    code: simd(V128_OP.const) + text(...new Uint8Array(new Float64Array(2).fill(n).buffer)),
  }),
  splatBits: (n) => v128.bits([n, n, n, n]),
  bits: (lanes) => ({
    type: "v128",
    code: simd(V128_OP.const) + text(...new Uint8Array(Int32Array.from(lanes).buffer)),
  }),
  and: /* @__PURE__ */ vectorBinary(V128_OP.and),
  andnot: /* @__PURE__ */ vectorBinary(V128_OP.andnot),
  or: /* @__PURE__ */ vectorBinary(V128_OP.or),
  select: /* @__PURE__ */ vectorTernary(V128_OP.bitselect),
  shuffle: (a, b, lanes) => {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
    return { type: "v128", code: a.code + b.code + simd(V128_OP.shuffle) + text(...bytes) };
  },
}))();

type VectorBinary = (a: V128, b: V128) => V128;
type VectorTernary = (a: V128, b: V128, c: V128) => V128;

function vectorBinary(opcode: number): VectorBinary {
  const instruction = simd(opcode);
  return (a, b) => ({ type: "v128", code: a.code + b.code + instruction });
}

type VectorUnary = (a: V128) => V128;

function vectorUnary(opcode: number): VectorUnary {
  const instruction = simd(opcode);
  return (a) => ({ type: "v128", code: a.code + instruction });
}

function vectorTernary(opcode: number): VectorTernary {
  const instruction = simd(opcode);
  return (a, b, c) => ({ type: "v128", code: a.code + b.code + c.code + instruction });
}

/** Expressions of four floats. */
export const f32x4: {
  readonly add: VectorBinary;
  readonly sub: VectorBinary;
  readonly mul: VectorBinary;
  readonly div: VectorBinary;
  readonly abs: VectorUnary;
  readonly sqrt: VectorUnary;
  /** Of four int32. */
  readonly fromInts: VectorUnary;
  /** All bits 1 where a > b, else 0. */
  readonly greater: VectorBinary;
  /** b < a ? b : a, so that a NaN in a stays. */
  readonly pmin: VectorBinary;
  /** a < b ? b : a, so that a NaN in a stays. */
  readonly pmax: VectorBinary;
  /** a · b + c, rounded once or twice as the machine likes. */
  readonly relaxedMadd: VectorTernary;
  /** c − a · b, likewise. */
  readonly relaxedNmadd: VectorTernary;
} = /* @__PURE__ */ (() => ({
  add: /* @__PURE__ */ vectorBinary(F32X4.add),
  sub: /* @__PURE__ */ vectorBinary(F32X4.sub),
  mul: /* @__PURE__ */ vectorBinary(F32X4.mul),
  div: /* @__PURE__ */ vectorBinary(F32X4.div),
  abs: /* @__PURE__ */ vectorUnary(F32X4.abs),
  sqrt: /* @__PURE__ */ vectorUnary(F32X4.sqrt),
  fromInts: /* @__PURE__ */ vectorUnary(F32X4.convertInts),
  greater: /* @__PURE__ */ vectorBinary(F32X4.gt),
  pmin: /* @__PURE__ */ vectorBinary(F32X4.pmin),
  pmax: /* @__PURE__ */ vectorBinary(F32X4.pmax),
  relaxedMadd: /* @__PURE__ */ vectorTernary(F32X4.relaxedMadd),
  relaxedNmadd: /* @__PURE__ */ vectorTernary(F32X4.relaxedNmadd),
}))();

/** Vectors of floats, four of 32 bits or two of 64: what code that serves both is written in. */
export interface FloatVectors {
  readonly lanes: 4 | 2;
  /** Bytes of a float. */
  readonly bytes: 4 | 8;
  readonly add: VectorBinary;
  readonly sub: VectorBinary;
  readonly mul: VectorBinary;
  /** b < a ? b : a. */
  readonly pmin: VectorBinary;
  /** a < b ? b : a. */
  readonly pmax: VectorBinary;
  /** One float of memory in every lane. */
  readonly loadSplat: VectorLoad;
  /** A constant in every lane. */
  readonly splat: (n: number) => V128;
  /** a · b + c, in one instruction where the host knows it. */
  readonly multiplyAdd: VectorTernary;
  /** c − a · b, likewise. */
  readonly multiplySubtract: VectorTernary;
}

/** The vectors of an element type. */
export function floatVectors(dtype: "float32" | "float64", fma: boolean): FloatVectors {
  if (dtype === "float32") {
    return {
      lanes: 4,
      bytes: 4,
      add: f32x4.add,
      sub: f32x4.sub,
      mul: f32x4.mul,
      pmin: f32x4.pmin,
      pmax: f32x4.pmax,
      loadSplat: v128.load32Splat,
      splat: v128.splat,
      multiplyAdd: multiplyAddOf(fma),
      multiplySubtract: multiplySubtractOf(fma),
    };
  }
  const [add, sub, mul] = [vectorBinary(F64X2.add), vectorBinary(F64X2.sub), vectorBinary(F64X2.mul)];
  return {
    lanes: 2,
    bytes: 8,
    add,
    sub,
    mul,
    pmin: vectorBinary(F64X2.pmin),
    pmax: vectorBinary(F64X2.pmax),
    loadSplat: v128.load64Splat,
    splat: v128.splat64,
    multiplyAdd: fma ? vectorTernary(F64X2.relaxedMadd) : (a, b, c) => add(c, mul(a, b)),
    multiplySubtract: fma ? vectorTernary(F64X2.relaxedNmadd) : (a, b, c) => sub(c, mul(a, b)),
  };
}

/** Expressions of two floats of 64 bits, beside what {@link floatVectors} has. */
export const f64x2: {
  /** All bits 1 where a > b, else 0. */
  readonly greater: VectorBinary;
  readonly sqrt: VectorUnary;
  /** The first two of four floats of 32 bits. */
  readonly promoteLow: VectorUnary;
  /** As floats of 32 bits, before two zeros. */
  readonly demote: VectorUnary;
} = /* @__PURE__ */ (() => ({
  greater: /* @__PURE__ */ vectorBinary(F64X2.gt),
  sqrt: /* @__PURE__ */ vectorUnary(F64X2.sqrt),
  promoteLow: /* @__PURE__ */ vectorUnary(F64X2.promoteLow),
  demote: /* @__PURE__ */ vectorUnary(F64X2.demoteZero),
}))();

/** Expressions of four integers without a sign. Of floats that are not negative they are the order, a NaN being the largest. */
export const u32x4: { readonly add: VectorBinary; readonly min: VectorBinary; readonly max: VectorBinary } =
  /* @__PURE__ */ (() => ({
    add: /* @__PURE__ */ vectorBinary(I32X4.add),
    min: /* @__PURE__ */ vectorBinary(I32X4.minUnsigned),
    max: /* @__PURE__ */ vectorBinary(I32X4.maxUnsigned),
  }))();

/** Between integers of 8, 16 and 32 bits. */
export const integers: {
  /** The first four of eight 16-bit integers without a sign, as int32. */
  readonly extendLow: VectorUnary;
  /** The last four. */
  readonly extendHigh: VectorUnary;
  /** Four int32 of each, as 16-bit integers. */
  readonly narrow32: VectorBinary;
  /** Eight 16-bit integers of each, as bytes. */
  readonly narrow16: VectorBinary;
} = /* @__PURE__ */ (() => ({
  extendLow: /* @__PURE__ */ vectorUnary(I32X4.extendLow),
  extendHigh: /* @__PURE__ */ vectorUnary(I32X4.extendHigh),
  narrow32: /* @__PURE__ */ vectorBinary(NARROW.to16),
  narrow16: /* @__PURE__ */ vectorBinary(NARROW.to8),
}))();

/** a · b + c, in one instruction where the host knows it. */
export function multiplyAddOf(fma: boolean): VectorTernary {
  return fma ? f32x4.relaxedMadd : (a, b, c) => f32x4.add(c, f32x4.mul(a, b));
}

/** c − a · b, in one instruction where the host knows it. */
export function multiplySubtractOf(fma: boolean): VectorTernary {
  return fma ? f32x4.relaxedNmadd : (a, b, c) => f32x4.sub(c, f32x4.mul(a, b));
}

/** Collects the locals and statements of one function. */
export class FunctionBuilder {
  #code = "";
  /** Comes before the code. */
  #constantsCode = "";
  readonly #constants = new Map<number, Local<"v128">>();
  readonly #localTypes: ValueType[] = [];
  readonly #parameterCount: number;

  constructor(parameterCount: number) {
    this.#parameterCount = parameterCount;
  }

  /** A new int32 local, 0 at the start. */
  i32(): I32Local {
    return this.#declare("i32");
  }

  /** A new vector local, 0 at the start. */
  v128(): Local<"v128"> {
    return this.#declare("v128");
  }

  /** So many int32 locals. */
  i32s(count: number): readonly I32Local[] {
    return this.#declareAll("i32", count);
  }

  /** So many vector locals. */
  v128s(count: number): readonly Local<"v128">[] {
    return this.#declareAll("v128", count);
  }

  /** A number four times, set before all statements, so that loops find it in a register. */
  constant(n: number): V128 {
    let constant = this.#constants.get(n);
    if (constant === undefined) {
      constant = this.v128();
      this.#constants.set(n, constant);
      this.#constantsCode += v128.splat(n).code + constant.assign;
    }
    return constant;
  }

  /** target = source. */
  set<T extends ValueType>(target: Local<T>, source: Value<T>): void {
    this.#code += source.code + target.assign;
  }

  /** target += step. */
  advance(target: I32Local, step: I32 | number): void {
    if (step !== 0) this.set(target, i32.add(target, step));
  }

  /** The first `lanes` (1 to 4) floats of a vector to memory, and no byte more. */
  store(address: I32, vector: Local<"v128">, offset: number, lanes = 4): void {
    const emit = (opcode: number, byteOffset: number, lane = "") => {
      this.#code += address.code + vector.code + access(simd(opcode), byteOffset) + lane;
    };
    if (lanes === 4) {
      emit(V128_OP.store, offset);
      return;
    }
    if (lanes >= 2) emit(V128_OP.store64Lane, offset, text(0));
    if (lanes % 2 === 1) emit(V128_OP.store32Lane, offset + 4 * (lanes - 1), text(lanes - 1));
  }

  /** Repeats the body `counter` times, which must be at least 1, counting the local down to 0. */
  repeat(counter: I32Local, body: () => void): void {
    this.#code += text(CONTROL.loop, BLOCK_VOID);
    body();
    this.advance(counter, -1);
    this.#code += counter.code + text(CONTROL.brIf, 0) + END;
  }

  /** Runs the body if the condition is not 0. */
  when(condition: I32, body: () => void): void {
    this.#code += condition.code + text(CONTROL.if, BLOCK_VOID);
    body();
    this.#code += END;
  }

  /** The function's entry of the code section: locals, statements, end. */
  toCode(): string {
    const locals = this.#localTypes.map((type) => text(1, VALUE_TYPE[type]));
    return sized(vector(locals) + this.#constantsCode + this.#code + END);
  }

  #declareAll<T extends ValueType>(type: T, count: number): readonly Local<T>[] {
    const locals: Local<T>[] = [];
    while (locals.length < count) locals.push(this.#declare(type));
    return locals;
  }

  #declare<T extends ValueType>(type: T): Local<T> {
    this.#localTypes.push(type);
    return local(type, this.#parameterCount + this.#localTypes.length - 1);
  }
}

function local<T extends ValueType>(type: T, index: number): Local<T> {
  const bytes = unsignedLeb128(index);
  return { type, code: text(CONTROL.localGet) + bytes, assign: text(CONTROL.localSet) + bytes };
}

/** Collects functions and writes the module. */
export class ModuleBuilder {
  readonly #functions: { readonly name: string; readonly parameterCount: number; readonly code: string }[] = [];

  /** Defines and exports a function of `parameterCount` int32 parameters, whose type names them. */
  function<P extends readonly I32Local[]>(
    name: string,
    parameterCount: P["length"],
    body: (f: FunctionBuilder, ...parameters: P) => void,
  ): void {
    const f = new FunctionBuilder(parameterCount);
    const parameters = Array.from({ length: parameterCount }, (_, index) => local("i32", index));
    body(f, ...(parameters as readonly I32Local[] as P));
    this.#functions.push({ name, parameterCount, code: f.toCode() });
  }

  /** The module in the binary format. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const FUNCTION_TYPE = 0x60;
    const KIND = { function: 0, memory: 2 };
    const types = this.#functions.map(
      ({ parameterCount }) =>
        text(FUNCTION_TYPE) + vector(Array(parameterCount).fill(text(VALUE_TYPE.i32))) + vector([]),
    );
    // Limits without a maximum, at least 1 page: any memory will do.
    const memory = sized(MEMORY_IMPORT.module) + sized(MEMORY_IMPORT.name) + text(KIND.memory, 0, 1);
    const indices = this.#functions.map((_, index) => unsignedLeb128(index));
    const exports = this.#functions.map(({ name }, index) => sized(name) + text(KIND.function) + unsignedLeb128(index));
    const bodies = this.#functions.map(({ code }) => code);
    return bytesOf(
      "\0asm\x01\0\0\0" + // version 1
        section(SECTION.type, types) +
        section(SECTION.import, [memory]) +
        section(SECTION.function, indices) +
        section(SECTION.export, exports) +
        section(SECTION.code, bodies),
    );
  }
}

/** A section of a module. */
export function section(id: number, items: readonly string[]): string {
  return text(id) + sized(vector(items));
}

/** Items after their number. */
export function vector(items: readonly string[]): string {
  return unsignedLeb128(items.length) + items.join("");
}

/** Code after the number of its bytes. */
export function sized(code: string): string {
  return unsignedLeb128(code.length) + code;
}

/** Code as bytes. */
export function bytesOf(code: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(code.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = code.charCodeAt(i);
  return bytes;
}
