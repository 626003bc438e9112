/**
 * The dense tensor: a shape and the elements in row-major order. Nothing more: there is no handle to dispose of, and
 * any object with these two properties is one.
 *
 * @module
 */

import { type Shape2, type Shape3, type Shape4, type Shape5, sizeOf } from "./shape.ts";

/** The element types the scalar algorithms compute in. */
export type FloatArray = Float32Array | Float64Array;

/** Name of the element type. */
export type DType = "float32" | "float64";

/** A dense, row-major array: `data.length` is the product of `shape`. */
export interface Tensor<S extends readonly number[] = readonly number[], T extends FloatArray = Float32Array> {
  readonly shape: S;
  readonly data: T;
}

/** An array of the element type of `T` in any buffer, as a plan takes it: `T` may be narrower, `Float32Array<ArrayBuffer>`. */
export type InAnyBuffer<T extends FloatArray> = T | (T extends Float64Array ? Float64Array : Float32Array);

/** A matrix or a one-channel image. */
export type Matrix<T extends FloatArray = Float32Array> = Tensor<Shape2, T>;

/** Activations of one spatial axis (NWC or NCW), or their filter (WIO). */
export type Tensor3<T extends FloatArray = Float32Array> = Tensor<Shape3, T>;

/** Activations (NHWC or NCHW) or a filter (HWIO). */
export type Tensor4<T extends FloatArray = Float32Array> = Tensor<Shape4, T>;

/** Activations of three spatial axes (NDHWC or NCDHW), or their filter (DHWIO). */
export type Tensor5<T extends FloatArray = Float32Array> = Tensor<Shape5, T>;

/** Sizes without their values: `readonly [2, 3]` is one of many matrices, and its type should let it be replaced by another. */
export type Sizes<S extends readonly number[]> = { readonly [Axis in keyof S]: number };

/** The array that a result owns: of the element type of `T`, in an `ArrayBuffer` of its own. */
export type Owned<T extends FloatArray> = T extends Float64Array
  ? Float64Array<ArrayBuffer>
  : Float32Array<ArrayBuffer>;

/**
 * Makes a tensor of `data` without copying it. A plain array of numbers is copied into a `Float32Array`. For zeros there is
 * {@link zeros}.
 *
 * @example
 * ```ts
 * const x = tensor([2, 3], [1, 2, 3, 4, 5, 6]); // the matrix [[1, 2, 3], [4, 5, 6]]
 * x.shape; // → [2, 3]
 * ```
 * @throws TypeError if `shape` is not an array of numbers or `data` not an array of floats.
 * @throws RangeError if a dimension is not a non-negative integer, or `data` does not have as many elements as `shape` says.
 */
export function tensor<const S extends readonly number[]>(
  shape: S,
  data: readonly number[],
): Tensor<Sizes<S>, Float32Array<ArrayBuffer>>;
export function tensor<const S extends readonly number[], T extends FloatArray>(shape: S, data: T): Tensor<Sizes<S>, T>;
export function tensor(
  shape: readonly number[],
  data: readonly number[] | FloatArray,
): Tensor<readonly number[], FloatArray> {
  if (data === undefined) throw missingData(shape);
  const size = checkedSize("tensor", "shape", shape);
  const elements = Array.isArray(data) ? floatsOf(data) : data;
  if (dtypeOf(elements) === undefined) {
    throw new TypeError(`tensor: data must be numbers, a Float32Array or a Float64Array, got ${describe(data)}`);
  }
  if (elements.length !== size) {
    throw new RangeError(`tensor: shape ${describe(shape)} needs ${size} elements of data, got ${elements.length}`);
  }
  return { shape: Object.freeze([...shape]), data: elements as FloatArray };
}

/** What to say of a shape, or of values in its place, that came alone. */
function missingData(shape: unknown): TypeError {
  const call = callFor(shape);
  if (call === undefined) {
    return new TypeError(`tensor: takes a shape and data, tensor([2, 3], [1, 2, 3, 4, 5, 6]); got ${describe(shape)}`);
  }
  const zeros = Array.isArray(shape) && typeof shape[0] === "number" ? `, or zeros(${describe(shape)}) for zeros` : "";
  return new TypeError(`tensor: data is missing; write ${call} for these values${zeros}`);
}

/** The call of {@link tensor} that makes a tensor of nested arrays of numbers; undefined if they are none, or ragged. */
export function callFor(values: unknown): string | undefined {
  const shape: number[] = [];
  let row = values;
  while (Array.isArray(row) && shape.length <= 5) {
    shape.push(row.length);
    row = row[0];
  }
  const size = sizeOf(shape);
  if (typeof row !== "number" || shape.length === 0 || shape.length > 5) return undefined;
  const flat = size > 12 ? undefined : (values as readonly unknown[]).flat(5);
  if (flat !== undefined && (flat.length !== size || flat.some((value) => typeof value !== "number"))) return undefined;
  return `tensor([${shape.join(", ")}], ${flat === undefined ? `values.flat(${shape.length - 1})` : `[${flat.join(", ")}]`})`;
}

/**
 * Makes a tensor of zeros.
 *
 * @param dtype element type, `"float32"` if it is not given.
 *
 * @example
 * ```ts
 * zeros([2, 3]).data; // → [0, 0, 0, 0, 0, 0]
 * zeros([1, 8, 8, 3], "float64").data.length; // → 192
 * ```
 * @throws TypeError, RangeError as {@link tensor}.
 */
export function zeros<const S extends readonly number[]>(
  shape: S,
  dtype?: "float32",
): Tensor<Sizes<S>, Float32Array<ArrayBuffer>>;
export function zeros<const S extends readonly number[]>(
  shape: S,
  dtype: "float64",
): Tensor<Sizes<S>, Float64Array<ArrayBuffer>>;
export function zeros(shape: readonly number[], dtype: DType = "float32"): Tensor<readonly number[], FloatArray> {
  const size = checkedSize("zeros", "shape", shape);
  if (dtype !== "float32" && dtype !== "float64") {
    throw new RangeError(`zeros: dtype must be "float32" or "float64", got ${describe(dtype)}`);
  }
  return { shape: Object.freeze([...shape]), data: zeroArray(dtype, size) };
}

/** Numbers as floats; what is no number, or a hole, would become NaN or 0 without a word. */
function floatsOf(data: readonly unknown[]): Float32Array {
  for (const value of data) {
    if (typeof value === "number") continue;
    const call = callFor(data);
    const advice = call === undefined ? "" : `; write ${call}`;
    throw new TypeError(`tensor: data must hold numbers, row after row in one array, got ${describe(value)}${advice}`);
  }
  return Float32Array.from(data as readonly number[]);
}

/** More elements than this are refused before memory is taken: 2³⁰ (4 GiB of float32), what engines can address. */
export const MAX_ELEMENTS: number = 2 ** 30;

/**
 * Checks that `value` is a tensor of rank `rank`.
 *
 * @throws TypeError, RangeError naming `operation` and `parameter`.
 */
export function checkTensor(operation: string, parameter: string, value: unknown, rank: number): void {
  const { shape, data } = Object(value) as Tensor<readonly number[], FloatArray>;
  if (!shape) {
    const call = callFor(value);
    const advice = call === undefined ? "" : `; write ${call}`;
    throw new TypeError(`${operation}: ${parameter} must be a tensor { shape, data }, got ${describe(value)}${advice}`);
  }
  if (dtypeOf(data) === undefined) {
    throw new TypeError(
      `${operation}: ${parameter}.data must be a Float32Array or Float64Array, got ${describe(data)}`,
    );
  }
  const size = checkShape(operation, parameter, shape, rank);
  if (data.length !== size) {
    throw new RangeError(
      `${operation}: ${parameter} of shape ${describe(shape)} needs ${size} elements, got ${data.length}`,
    );
  }
}

/**
 * Checks that `value` is a shape of rank `rank`, and returns its number of elements.
 *
 * @throws TypeError, RangeError naming `operation` and `parameter`.
 */
export function checkShape(operation: string, parameter: string, value: unknown, rank: number): number {
  const size = checkedSize(operation, parameter, value);
  const shape = value as readonly number[];
  if (shape.length !== rank) {
    throw new RangeError(
      `${operation}: ${parameter} must have rank ${rank}, got shape ${describe(shape)} of rank ${shape.length}`,
    );
  }
  return size;
}

/**
 * Checks that `value` is an array of `length` elements of type `dtype`.
 *
 * @throws TypeError, RangeError naming `operation` and `parameter`.
 */
export function checkArray(operation: string, parameter: string, value: unknown, dtype: DType, length: number): void {
  if (dtypeOf(value) !== dtype) {
    const kind = dtype === "float64" ? "Float64Array" : "Float32Array";
    throw new TypeError(`${operation}: ${parameter} must be a ${kind}, got ${describe(value)}`);
  }
  const given = (value as FloatArray).length;
  if (given !== length) {
    throw new RangeError(`${operation}: ${parameter} must have ${length} elements, got ${given}`);
  }
}

/** Throws if an output shares memory with an input. */
export function requireApart(
  operation: string,
  from: string,
  a: ArrayBufferView,
  to: string,
  b: ArrayBufferView,
): void {
  const [source, target] = [a.buffer, b.buffer];
  // Nearly every buffer is one of this realm's that is not shared, which is soonest told by its constructor.
  if (source !== target && (source.constructor === ArrayBuffer || target.constructor === ArrayBuffer)) return;
  const begin = Math.max(a.byteOffset, b.byteOffset);
  const end = Math.min(a.byteOffset + a.byteLength, b.byteOffset + b.byteLength);
  if (begin < end && (source === target || areOneMemory(source, target, begin)))
    throw new RangeError(`${operation}: ${to} overlaps ${from} in memory; give it memory of its own`);
}

/**
 * Whether two shared buffers are of one memory, as those that a WebAssembly memory gives before and after it grows: then a byte
 * that is written to the second, which is for results, shows in the first. It is put back.
 */
function areOneMemory(a: ArrayBufferLike, b: ArrayBufferLike, at: number): boolean {
  const isShared = (buffer: ArrayBufferLike): boolean =>
    Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
  if (!isShared(a) || !isShared(b)) return false;
  const [from, to] = [new Uint8Array(a, at, 1), new Uint8Array(b, at, 1)];
  const [before, kept] = [from[0], to[0]];
  to[0] = kept ^ 0xff;
  const shows = before === kept && from[0] === to[0];
  to[0] = kept;
  return shows;
}

/** Size of a shape that came from outside. */
function checkedSize(operation: string, parameter: string, shape: unknown): number {
  if (!Array.isArray(shape)) {
    throw new TypeError(`${operation}: ${parameter} must be an array of dimensions, got ${describe(shape)}`);
  }
  for (const dimension of shape) {
    if (typeof dimension !== "number") {
      throw new TypeError(`${operation}: ${parameter} must hold numbers, got ${describe(dimension)}`);
    }
    if (!Number.isInteger(dimension) || dimension < 0) {
      throw new RangeError(
        `${operation}: ${parameter} ${describe(shape)} must hold integers of 0 or more, got ${dimension}`,
      );
    }
  }
  const size = sizeOf(shape);
  if (size > MAX_ELEMENTS) {
    throw new RangeError(
      `${operation}: ${parameter} ${describe(shape)} has ${size} elements, more than the ${MAX_ELEMENTS} allowed`,
    );
  }
  return size;
}

/** A value named for an error message: itself, cut short, or the class of an object. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(describe)}]`.slice(0, 99);
  if (typeof value === "string") return JSON.stringify(value).slice(0, 99);
  return String(Object(value) === value ? ((value as object).constructor ?? Object).name : value);
}

const DTYPES: Readonly<Record<string, DType>> = { Float32Array: "float32", Float64Array: "float64" };

/** The element type of `data`, which may come from another realm (an iframe, a sandbox), or undefined if it has none. */
export function dtypeOf(data: FloatArray): DType;
export function dtypeOf(data: unknown): DType | undefined;
export function dtypeOf(data: unknown): DType | undefined {
  return ArrayBuffer.isView(data) ? DTYPES[(data as FloatArray)[Symbol.toStringTag]] : undefined;
}

/** A zeroed array of `length` elements. */
export function zeroArray(dtype: "float32", length: number): Float32Array<ArrayBuffer>;
export function zeroArray(dtype: "float64", length: number): Float64Array<ArrayBuffer>;
export function zeroArray(dtype: DType, length: number): Owned<FloatArray>;
export function zeroArray(dtype: DType, length: number): Owned<FloatArray> {
  return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}
