/**
 * Weights as a file stores them: names, shapes, element types and ranges of bytes. A file comes from anywhere, so all it
 * says is checked against its true size when it is opened, before memory is taken; elements are decoded when they are
 * asked for.
 *
 * @module
 */

import { sizeOf } from "../tensor/shape.ts";
import { checkShape, describe, type Tensor } from "../tensor/tensor.ts";

/** A tensor of a file. */
export interface StoredTensor {
  readonly name: string;
  /** The element type in the file's words. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /**
   * Decodes the elements into a new tensor of float32; float64 is rounded.
   *
   * @throws TypeError if the elements are not floating-point numbers.
   */
  read(): Tensor;
}

/** The tensors of a file by name. */
export type WeightFile = ReadonlyMap<string, StoredTensor>;

/** Bytes of a file: a buffer or a view of one. */
export type FileBytes = ArrayBuffer | Uint8Array;

/** How elements of one type are stored, little-endian. */
export interface ElementType {
  /** For types of fewer bits than a byte has a fraction. */
  readonly bytes: number;
  /** The element at a byte; undefined if the type does not hold real numbers for weights. */
  readonly decode: ((view: DataView, at: number) => number) | undefined;
}

const opaque = (bytes: number): ElementType => ({ bytes, decode: undefined });

/** Element types by the names that files share. */
export const ELEMENT_TYPES: Readonly<
  Record<`float${64 | 32 | 16}` | "bfloat16" | `opaque${64 | 32 | 16 | 8 | 6 | 4}`, ElementType>
> = {
  float64: { bytes: 8, decode: (view, at) => view.getFloat64(at, true) },
  float32: { bytes: 4, decode: (view, at) => view.getFloat32(at, true) },
  float16: { bytes: 2, decode: (view, at) => decodeFloat16(view.getUint16(at, true)) },
  bfloat16: { bytes: 2, decode: (view, at) => decodeBfloat16(view.getUint16(at, true)) },
  opaque8: /* @__PURE__ */ opaque(1),
  opaque16: /* @__PURE__ */ opaque(2),
  opaque32: /* @__PURE__ */ opaque(4),
  opaque64: /* @__PURE__ */ opaque(8),
  opaque6: /* @__PURE__ */ opaque(0.75),
  opaque4: /* @__PURE__ */ opaque(0.5),
};

/** What a file says about a tensor, not yet believed. */
export interface TensorClaim {
  readonly name: string;
  readonly dtype: string;
  readonly type: ElementType;
  readonly shape: unknown;
}

/**
 * Bytes that a tensor of this shape and type takes.
 *
 * @throws RangeError naming `operation` and the tensor if the shape is none, or absurdly large.
 */
export function bytesOf(operation: string, { name, shape, type }: TensorClaim): number {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new RangeError(
      `${operation}: shape of ${describe(name)} must be an array of integers of 0 or more, got ${describe(shape)}`,
    );
  }
  return checkShape(operation, `shape of ${describe(name)}`, shape, shape.length) * type.bytes;
}

/** The tensor that begins at byte `start` of `bytes`; shape and range have been checked. */
export function storedTensor(operation: string, claim: TensorClaim, bytes: Uint8Array, start: number): StoredTensor {
  const { name, dtype, type } = claim;
  const shape = Object.freeze([...(claim.shape as readonly number[])]);
  return {
    name,
    dtype,
    shape,
    read() {
      const { decode } = type;
      if (decode === undefined) {
        throw new TypeError(`${operation}: ${describe(name)} holds ${dtype}, not floating-point numbers`);
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset + start);
      const data = new Float32Array(sizeOf(shape));
      for (let i = 0; i < data.length; i++) data[i] = decode(view, i * type.bytes);
      return { shape, data };
    },
  };
}

/**
 * A view of the bytes of a file.
 *
 * @throws TypeError if `file` is neither buffer nor view.
 */
export function viewOf(operation: string, parameter: string, file: unknown): Uint8Array {
  // By name, since the file may come from another realm, as it does where tests run in a sandbox.
  const kind = Object.prototype.toString.call(file);
  if (kind === "[object ArrayBuffer]") return new Uint8Array(file as ArrayBuffer);
  if (kind === "[object Uint8Array]" && ArrayBuffer.isView(file)) return file as Uint8Array;
  throw new TypeError(`${operation}: ${parameter} must be an ArrayBuffer or a Uint8Array, got ${describe(file)}`);
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const float = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function decodeBfloat16(bits: number): number {
  float.setUint32(0, bits * 0x10000);
  return float.getFloat32(0);
}
