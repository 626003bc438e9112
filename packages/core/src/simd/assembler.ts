/**
 * An assembler for the little WebAssembly the engine needs: functions of int32 arguments without results, over one
 * imported memory.
 *
 * Values are expressions and are typed: an {@link I32} is code that leaves an int32 on the stack, a {@link V128} code
 * that leaves a vector, and TypeScript refuses to mix them. A {@link FunctionBuilder} appends statements:
 *
 *     const module = new ModuleBuilder();
 *     module.function("double", ["from", "to"], (f, from, to) => {
 *       const x = f.v128();
 *       f.set(x, v128.load(from, 0));
 *       f.store(to, f32x4.add(x, x), 0);
 *     });
 *     const bytes = module.toBytes();
 *
 * A module is assembled once, by JavaScript that the host only interprets yet, so the way of an instruction is kept short:
 * bytes that do not change are made beforehand, and loops count.
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
  I32 as I32_OP,
  SECTION,
  SIMD_PREFIX,
  V128 as V128_OP,
  VALUE_TYPE,
} from "./opcodes.ts";

type ValueType = keyof typeof VALUE_TYPE;

/** Code that leaves one value of the given type on the stack: that of the operands, then the instruction. */
interface Value<T extends ValueType> {
  readonly type: T;
  readonly operands: readonly Value<ValueType>[];
  readonly instruction: readonly number[];
}

/** An int32: an address or a counter. */
export type I32 = Value<"i32">;
/** Four floats. */
export type V128 = Value<"v128">;

/** A local variable; used as a value it is read. */
export interface Local<T extends ValueType> extends Value<T> {
  /** The instruction that assigns to it. */
  readonly assign: readonly number[];
}

/** Where the emitted modules find their memory: imported as `corr2d.memory`. */
export const MEMORY_IMPORT = { module: "corr2d", name: "memory" } as const;

// Memory operands state an alignment that is only a hint: 2² bytes is true of every float.
const ALIGN_4 = 2;

const NO_OPERANDS: readonly Value<ValueType>[] = [];

/** Appends the code of a value. */
function write(code: number[], { operands, instruction }: Value<ValueType>): void {
  for (let i = 0; i < operands.length; i++) write(code, operands[i]!);
  append(code, instruction);
}

function append(code: number[], bytes: readonly number[]): void {
  for (let i = 0; i < bytes.length; i++) code.push(bytes[i]!);
}

/** A number written out is a constant. */
function int(operand: I32 | number): I32 {
  if (typeof operand !== "number") return operand;
  return { type: "i32", operands: NO_OPERANDS, instruction: [I32_OP.const, ...signedLeb128(operand)] };
}

/** An access to memory at a constant offset from an address. */
function access(opcode: readonly number[], offset: number): readonly number[] {
  return [...opcode, ALIGN_4, ...unsignedLeb128(offset)];
}

function simd(opcode: number): readonly number[] {
  return [SIMD_PREFIX, ...unsignedLeb128(opcode)];
}

type Int32Binary = (a: I32 | number, b: I32 | number) => I32;

function int32Binary(opcode: number): Int32Binary {
  const instruction = [opcode];
  return (a, b) => ({ type: "i32", operands: [int(a), int(b)], instruction });
}

/** Expressions of int32. */
export const i32: {
  readonly const: (n: number) => I32;
  readonly load: (address: I32, offset: number) => I32;
  readonly add: Int32Binary;
  readonly mul: Int32Binary;
  /** 1 if a = b, else 0. */
  readonly equal: Int32Binary;
} = {
  const: int,
  load: (address, offset) => ({ type: "i32", operands: [address], instruction: access([I32_OP.load], offset) }),
  add: /* @__PURE__ */ int32Binary(I32_OP.add),
  mul: /* @__PURE__ */ int32Binary(I32_OP.mul),
  equal: /* @__PURE__ */ int32Binary(I32_OP.eq),
};

type VectorLoad = (address: I32, offset: number) => V128;

function vectorLoad(opcode: number): VectorLoad {
  const bytes = simd(opcode);
  return (address, offset) => ({ type: "v128", operands: [address], instruction: access(bytes, offset) });
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
  readonly splat: (n: number) => V128;
  /** The bits of a where those of the mask are 1, else those of b. */
  readonly select: VectorTernary;
  readonly shuffle: (a: V128, b: V128, lanes: Lanes) => V128;
} = {
  load: /* @__PURE__ */ vectorLoad(V128_OP.load),
  load32Splat: /* @__PURE__ */ vectorLoad(V128_OP.load32Splat),
  splat: (n) => ({
    type: "v128",
    operands: NO_OPERANDS,
    instruction: [...simd(V128_OP.const), ...new Uint8Array(new Float32Array(4).fill(n).buffer)],
  }),
  select: /* @__PURE__ */ vectorTernary(V128_OP.bitselect),
  shuffle: (a, b, lanes) => {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
    return { type: "v128", operands: [a, b], instruction: [...simd(V128_OP.shuffle), ...bytes] };
  },
};

type VectorBinary = (a: V128, b: V128) => V128;
type VectorTernary = (a: V128, b: V128, c: V128) => V128;

function vectorBinary(opcode: number): VectorBinary {
  const instruction = simd(opcode);
  return (a, b) => ({ type: "v128", operands: [a, b], instruction });
}

function vectorTernary(opcode: number): VectorTernary {
  const instruction = simd(opcode);
  return (a, b, c) => ({ type: "v128", operands: [a, b, c], instruction });
}

/** Expressions of four floats. */
export const f32x4: {
  readonly add: VectorBinary;
  readonly sub: VectorBinary;
  readonly mul: VectorBinary;
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
} = {
  add: /* @__PURE__ */ vectorBinary(F32X4.add),
  sub: /* @__PURE__ */ vectorBinary(F32X4.sub),
  mul: /* @__PURE__ */ vectorBinary(F32X4.mul),
  greater: /* @__PURE__ */ vectorBinary(F32X4.gt),
  pmin: /* @__PURE__ */ vectorBinary(F32X4.pmin),
  pmax: /* @__PURE__ */ vectorBinary(F32X4.pmax),
  relaxedMadd: /* @__PURE__ */ vectorTernary(F32X4.relaxedMadd),
  relaxedNmadd: /* @__PURE__ */ vectorTernary(F32X4.relaxedNmadd),
};

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
  readonly #code: number[] = [];
  readonly #localTypes: ValueType[] = [];
  readonly #parameterCount: number;

  constructor(parameterCount: number) {
    this.#parameterCount = parameterCount;
  }

  /** Parameter number `index`, an int32. It may be assigned to. */
  parameter(index: number): Local<"i32"> {
    return local("i32", index);
  }

  /** A new int32 local, 0 at the start. */
  i32(): Local<"i32"> {
    return this.#declare("i32");
  }

  /** A new vector local, 0 at the start. */
  v128(): Local<"v128"> {
    return this.#declare("v128");
  }

  /** target = source. */
  set<T extends ValueType>(target: Local<T>, source: Value<T>): void {
    write(this.#code, source);
    append(this.#code, target.assign);
  }

  /** target += step. */
  advance(target: Local<"i32">, step: I32 | number): void {
    if (step !== 0) this.set(target, i32.add(target, step));
  }

  /** The first `lanes` (1 to 4) floats of a vector to memory, and no byte more. */
  store(address: I32, vector: Local<"v128">, offset: number, lanes = 4): void {
    const emit = (opcode: number, byteOffset: number, ...lane: number[]) => {
      write(this.#code, address);
      write(this.#code, vector);
      append(this.#code, access(simd(opcode), byteOffset));
      append(this.#code, lane);
    };
    if (lanes === 4) {
      emit(V128_OP.store, offset);
      return;
    }
    if (lanes >= 2) emit(V128_OP.store64Lane, offset, 0);
    if (lanes % 2 === 1) emit(V128_OP.store32Lane, offset + 4 * (lanes - 1), lanes - 1);
  }

  /** Repeats the body `counter` times, which must be at least 1, counting the local down to 0. */
  repeat(counter: Local<"i32">, body: () => void): void {
    this.#code.push(CONTROL.loop, BLOCK_VOID);
    body();
    this.advance(counter, -1);
    write(this.#code, counter);
    this.#code.push(CONTROL.brIf, 0, CONTROL.end);
  }

  /** Runs the body if the condition is not 0. */
  when(condition: I32, body: () => void): void {
    write(this.#code, condition);
    this.#code.push(CONTROL.if, BLOCK_VOID);
    body();
    this.#code.push(CONTROL.end);
  }

  /** The function's entry of the code section: locals, statements, end. */
  toBytes(): Uint8Array {
    const locals = this.#localTypes.map((type) => [1, VALUE_TYPE[type]]);
    return sized(concatenated([vector(locals), this.#code, [CONTROL.end]]));
  }

  #declare<T extends ValueType>(type: T): Local<T> {
    this.#localTypes.push(type);
    return local(type, this.#parameterCount + this.#localTypes.length - 1);
  }
}

function local<T extends ValueType>(type: T, index: number): Local<T> {
  const bytes = unsignedLeb128(index);
  return {
    type,
    operands: NO_OPERANDS,
    instruction: [CONTROL.localGet, ...bytes],
    assign: [CONTROL.localSet, ...bytes],
  };
}

/** Parameters by name: the names document the call and give the number of arguments. */
type ParameterLocals<P extends readonly string[]> = { readonly [K in keyof P]: Local<"i32"> };

/** Collects functions and writes the module. */
export class ModuleBuilder {
  readonly #functions: { readonly name: string; readonly parameterCount: number; readonly code: Uint8Array }[] = [];

  /** Defines and exports a function of int32 parameters. */
  function<const P extends readonly string[]>(
    name: string,
    parameters: P,
    body: (f: FunctionBuilder, ...parameters: ParameterLocals<P>) => void,
  ): void {
    const f = new FunctionBuilder(parameters.length);
    body(f, ...(parameters.map((_, index) => f.parameter(index)) as unknown as ParameterLocals<P>));
    this.#functions.push({ name, parameterCount: parameters.length, code: f.toBytes() });
  }

  /** The module in the binary format. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const FUNCTION_TYPE = 0x60;
    const KIND = { function: 0, memory: 2 };
    const types = this.#functions.map(({ parameterCount }) =>
      concatenated([[FUNCTION_TYPE], vector(Array(parameterCount).fill([VALUE_TYPE.i32])), vector([])]),
    );
    // Limits without a maximum, at least 1 page: any memory will do.
    const memory = concatenated([text(MEMORY_IMPORT.module), text(MEMORY_IMPORT.name), [KIND.memory, 0, 1]]);
    const indices = this.#functions.map((_, index) => unsignedLeb128(index));
    const names = this.#functions.map(({ name }, index) =>
      concatenated([text(name), [KIND.function], unsignedLeb128(index)]),
    );
    const bodies = this.#functions.map(({ code }) => code);
    return concatenated([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
      section(SECTION.type, types),
      section(SECTION.import, [memory]),
      section(SECTION.function, indices),
      section(SECTION.export, names),
      section(SECTION.code, bodies),
    ]);
  }
}

type Bytes = readonly number[] | Uint8Array;

function section(id: number, items: readonly Bytes[]): Uint8Array {
  return concatenated([[id], sized(vector(items))]);
}

/** Items after their number. */
function vector(items: readonly Bytes[]): Uint8Array {
  return concatenated([unsignedLeb128(items.length), ...items]);
}

/** Bytes after their number. */
function sized(bytes: Bytes): Uint8Array {
  return concatenated([unsignedLeb128(bytes.length), bytes]);
}

function text(ascii: string): Uint8Array {
  return sized(Array.from(ascii, (character) => character.charCodeAt(0)));
}

function concatenated(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
