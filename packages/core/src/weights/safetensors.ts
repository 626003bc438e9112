/**
 * Reads safetensors files, the format in which PyTorch models are shared:
 *
 *     8 bytes    N, the length of the header, little-endian
 *     N bytes    JSON: { name: { dtype, shape, data_offsets: [begin, end] }, … }, and strings under "__metadata__"
 *     the rest   the elements; offsets count from here
 *
 * As the format asks, the ranges must cover the rest without holes and without overlap, and no name stands there twice.
 *
 * Source: safetensors, "Format", version 0.8.
 *
 * @module
 */

import { describe } from "../tensor/tensor.ts";
import { JsonReader } from "./json-reader.ts";
import {
  bytesOf,
  ELEMENT_TYPES,
  type ElementType,
  type FileBytes,
  type StoredTensor,
  storedTensor,
  viewOf,
  type WeightFile,
} from "./weight-file.ts";

/** Longer headers are refused: the limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;
const OPERATION = "readSafetensors";

const TYPES: ReadonlyMap<unknown, ElementType> = /* @__PURE__ */ elementTypes();

function elementTypes(): ReadonlyMap<unknown, ElementType> {
  const { float64, float32, float16, bfloat16, opaque4, opaque6, opaque8, opaque16, opaque32, opaque64 } =
    ELEMENT_TYPES;
  return new Map<unknown, ElementType>([
    ["F64", float64],
    ["F32", float32],
    ["F16", float16],
    ["BF16", bfloat16],
    ["F4", opaque4],
    ...["F6_E2M3", "F6_E3M2"].map((name) => [name, opaque6] as const),
    ...["BOOL", "U8", "I8"].map((name) => [name, opaque8] as const),
    ...["E4M3", "E5M2", "E8M0", "E4M3FNUZ", "E5M2FNUZ"].map((kind) => [`F8_${kind}`, opaque8] as const),
    ...["U16", "I16"].map((name) => [name, opaque16] as const),
    ...["U32", "I32"].map((name) => [name, opaque32] as const),
    ...["U64", "I64", "C64"].map((name) => [name, opaque64] as const),
  ]);
}

/** A tensor and the bytes that the header says it has. */
interface Range {
  readonly begin: number;
  readonly end: number;
  readonly tensor: StoredTensor;
}

/**
 * Opens a safetensors file that is in memory. Shapes are as the file has them; `loadPyTorchWeights` turns those of
 * PyTorch. The bytes are kept, not copied, until tensors are read.
 *
 * @throws TypeError if `file` is no buffer; RangeError if it is not a safetensors file, or lies: a header longer than the
 *   file or than 10⁸ bytes, a name that stands there twice, metadata that are not strings by name, an unknown element type,
 *   a shape that its range does not hold, ranges that overlap, leave holes or end elsewhere than the file.
 *
 * @example
 * ```ts
 * const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
 * const file = new Uint8Array(8 + header.length + 8);
 * file[0] = header.length;
 * file.set(new TextEncoder().encode(header), 8);
 * file.set(new Uint8Array(new Float32Array([1.5, -2]).buffer), 8 + header.length);
 * readSafetensors(file).get("a")!.read().data; // → [1.5, -2]
 * ```
 */
export function readSafetensors(file: FileBytes): WeightFile {
  const bytes = viewOf(OPERATION, "file", file);
  const headerEnd = 8 + headerLength(bytes);
  const body = bytes.subarray(headerEnd);
  const ranges = readHeader(bytes.subarray(8, headerEnd), body).sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { begin, end, tensor } of ranges) {
    if (begin !== covered) {
      const problem = begin < covered ? "overlaps what stands before it" : "leaves a hole before it";
      throw new RangeError(
        `${OPERATION}: ${describe(tensor.name)} begins at byte ${begin} instead of ${covered} and ${problem}`,
      );
    }
    covered = end;
  }
  if (covered !== body.length) {
    throw new RangeError(`${OPERATION}: tensors end at byte ${covered}, but the file has ${body.length} bytes of data`);
  }
  return new Map(ranges.map(({ tensor }) => [tensor.name, tensor]));
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw new RangeError(`${OPERATION}: file must have at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new RangeError(`${OPERATION}: header of ${length} bytes is longer than the ${MAX_HEADER_BYTES} allowed`);
  }
  if (length > bytes.length - 8) {
    throw new RangeError(`${OPERATION}: header of ${length} bytes is longer than the file of ${bytes.length} bytes`);
  }
  return Number(length);
}

/** All tensors of the header, each checked before the next is read: a header that lies costs no memory. */
function readHeader(bytes: Uint8Array, body: Uint8Array): Range[] {
  if (bytes[0] !== "{".charCodeAt(0)) throw new RangeError(`${OPERATION}: header must begin with "{"`);
  const ranges: Range[] = [];
  try {
    const json = new JsonReader(decodeUtf8(bytes));
    const names = new Set<string>();
    json.object((name) => {
      requireNew(names, name);
      if (name === "__metadata__") skipMetadata(json);
      else ranges.push(rangeOf(name, readEntry(json), body));
    });
    json.end();
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new RangeError(`${OPERATION}: header must be JSON in UTF-8: ${(cause as Error).message}`, { cause });
  }
  return ranges;
}

/** What the header says of a tensor. */
interface Entry {
  dtype?: unknown;
  shape?: unknown;
  data_offsets?: unknown;
}

/** Longer arrays are no shape. */
const MOST_NUMBERS = 64;

function readEntry(json: JsonReader): Entry {
  const entry: Entry = {};
  if (json.peek() !== "{") {
    json.skip();
    return entry;
  }
  const known = new Set<string>();
  json.object((name) => {
    if (name !== "dtype" && name !== "shape" && name !== "data_offsets") {
      json.skip();
      return;
    }
    requireNew(known, name);
    entry[name] = readValue(json);
  });
  return entry;
}

/** A string, an array of numbers, or the beginning of whatever else stands there, for the error. */
function readValue(json: JsonReader): unknown {
  const next = json.peek();
  if (next === '"') return json.string();
  if (next !== "[") return json.skip();
  const values: unknown[] = [];
  json.array(() => {
    const value = /[-\d]/.test(json.peek()) ? json.number() : json.skip();
    if (values.length < MOST_NUMBERS) values.push(value);
    else throw new RangeError(`${OPERATION}: an array of the header has more than ${MOST_NUMBERS} elements`);
  });
  return values;
}

/** Nobody reads them here, but a file that others refuse is refused. */
function skipMetadata(json: JsonReader): void {
  const refuse = (where: string, value: string): never => {
    throw new RangeError(`${OPERATION}: __metadata__ must be an object of strings, got ${where}${value}`);
  };
  if (json.peek() !== "{") refuse("", json.skip());
  const names = new Set<string>();
  json.object((name) => {
    requireNew(names, name);
    const isString = json.peek() === '"';
    const value = json.skip();
    if (!isString) refuse("in it ", value);
  });
}

/** Where two values have one name, one reader keeps the last and another the first: such a file is two files. */
function requireNew(names: Set<string>, name: string): void {
  if (names.has(name)) throw new RangeError(`${OPERATION}: ${describe(name)} is there twice`);
  names.add(name);
}

/** What the host has for UTF-8, declared here because this package is compiled without the types of any host. */
interface HostEncoding {
  readonly TextDecoder: new (label: "utf-8", options: { fatal: true }) => { decode(bytes: Uint8Array): string };
}

function decodeUtf8(bytes: Uint8Array): string {
  const { TextDecoder } = globalThis as unknown as HostEncoding;
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice()); // a copy, since browsers decode no shared memory
}

function rangeOf(name: string, { dtype, shape, data_offsets: offsets }: Entry, body: Uint8Array): Range {
  const type = TYPES.get(dtype);
  if (type === undefined) {
    throw new RangeError(`${OPERATION}: ${describe(name)} has unknown dtype ${describe(dtype)}`);
  }
  const claim = { name, dtype: String(dtype), type, shape };
  const needed = bytesOf(OPERATION, claim);
  const isOffset = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isOffset) || offsets[1] > body.length) {
    throw new RangeError(
      `${OPERATION}: data_offsets of ${describe(name)} must be [begin, end] within the ${body.length} bytes of data, ` +
        `got ${describe(offsets)}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== needed) {
    throw new RangeError(
      `${OPERATION}: ${describe(name)} of shape [${shape}] and dtype ${dtype} needs ${needed} bytes, ` +
        `but its data_offsets [${begin}, ${end}] hold ${end - begin}`,
    );
  }
  return { begin, end, tensor: storedTensor(OPERATION, claim, body, begin) };
}
