/**
 * Reads the weights of TensorFlow.js models: the `weightsManifest` of a model.json, a list of groups
 *
 *     { paths: ["group1-shard1of2.bin", …], weights: [{ name, shape, dtype, quantization? }, …] }
 *
 * where the files of a group, one after the other, hold the elements of its weights, one after the other, little-endian.
 * Quantised weights are q · scale + min. Strings are kept closed, as integers are.
 *
 * Source: TensorFlow.js 4.22, tfjs-core io/types (WeightsManifestConfig) and io/io_utils (decodeWeight).
 *
 * @module
 */

import { describe } from "../tensor/tensor.ts";
import {
  bytesOf,
  ELEMENT_TYPES,
  type ElementType,
  type FileBytes,
  storedTensor,
  type TensorClaim,
  viewOf,
  type WeightFile,
} from "./weight-file.ts";

const OPERATION = "readLayersModel";
/** Texts, such as names of classes: at least four bytes each. */
const string: ElementType = { bytes: 4, decode: undefined };
const TYPES: ReadonlyMap<unknown, ElementType> = /* @__PURE__ */ elementTypes();

function elementTypes(): ReadonlyMap<unknown, ElementType> {
  const { float32, opaque8, opaque32, opaque64 } = ELEMENT_TYPES;
  return new Map([
    ["float32", float32],
    ["int32", opaque32],
    ["bool", opaque8],
    ["complex64", opaque64],
    ["string", string],
  ]);
}

/**
 * Opens the weights of a TensorFlow.js model whose files are in memory. Convolution filters are HWIO, as everywhere here.
 *
 * @param model the parsed model.json, or its `weightsManifest` alone.
 * @param files the binary files by the paths that the manifest names them with.
 * @throws TypeError if an argument is of the wrong type; RangeError if the manifest is none, or lies: a file that is not
 *   given or named twice, an unknown element type or quantisation, two weights of one name, more or fewer bytes than the
 *   weights take.
 *
 * @example
 * ```ts
 * const model = { weightsManifest: [{ paths: ["a.bin"], weights: [{ name: "a/bias", shape: [2], dtype: "float32" }] }] };
 * const weights = readLayersModel(model, { "a.bin": new Float32Array([1, 2]).buffer });
 * weights.get("a/bias")!.read().data; // → [1, 2]
 * ```
 */
export function readLayersModel(model: unknown, files: Readonly<Record<string, FileBytes>>): WeightFile {
  const manifest = Array.isArray(model) ? model : fieldOf(model, "weightsManifest");
  if (!Array.isArray(manifest)) {
    throw new RangeError(`${OPERATION}: model must have a weightsManifest, an array, got ${describe(manifest)}`);
  }
  if (files === null || typeof files !== "object") {
    throw new TypeError(`${OPERATION}: files must be an object of buffers by path, got ${describe(files)}`);
  }
  // Each file is read once: named twice, it could stand for more bytes than there are.
  const unread = new Map<unknown, FileBytes>(Object.entries(files));
  const tensors = manifest.flatMap((group) => readGroup(group, unread));
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const repeated = tensors.find((tensor) => byName.get(tensor.name) !== tensor);
  if (repeated !== undefined) throw new RangeError(`${OPERATION}: ${describe(repeated.name)} is there twice`);
  return byName;
}

function readGroup(group: unknown, unread: Map<unknown, FileBytes>) {
  const [paths, weights] = [fieldOf(group, "paths"), fieldOf(group, "weights")];
  if (!Array.isArray(paths) || !Array.isArray(weights)) {
    throw new RangeError(`${OPERATION}: a group of the manifest must have paths and weights, got ${describe(group)}`);
  }
  const shards = paths.map((path: unknown) => {
    const file = unread.get(path);
    if (!unread.delete(path)) {
      throw new RangeError(
        `${OPERATION}: file ${describe(path)} of the manifest is not among the files given, or named there before`,
      );
    }
    return viewOf(OPERATION, `file ${describe(path)}`, file);
  });
  const given = shards.reduce((sum, shard) => sum + shard.length, 0);
  const bytes = concatenate(shards, given);
  let needed = 0;
  const placed = weights.map((weight: unknown) => {
    const claim = claimOf(weight);
    const start = needed;
    needed += claim.type === string ? stringBytes(claim, bytes, start) : bytesOf(OPERATION, claim);
    return { claim, start };
  });
  if (needed !== given) {
    throw new RangeError(
      `${OPERATION}: the weights in ${describe(paths)} take ${needed} bytes, but the files have ${given}`,
    );
  }
  return placed.map(({ claim, start }) => storedTensor(OPERATION, claim, bytes, start));
}

/** Bytes of strings: each is its length in four bytes, then that many bytes. */
function stringBytes(claim: TensorClaim, bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = start;
  for (let left = bytesOf(OPERATION, claim) / string.bytes; left > 0; left--) {
    if (end + string.bytes <= bytes.length) end += string.bytes + view.getUint32(end, true);
    else end = Number.POSITIVE_INFINITY;
    if (end > bytes.length) {
      throw new RangeError(
        `${OPERATION}: the strings of ${describe(claim.name)} go on behind the ${bytes.length} bytes given`,
      );
    }
  }
  return end - start;
}

function claimOf(weight: unknown): TensorClaim {
  const name = fieldOf(weight, "name");
  if (typeof name !== "string") throw new RangeError(`${OPERATION}: a weight must have a name, got ${describe(name)}`);
  const dtype = fieldOf(weight, "dtype");
  const type = TYPES.get(dtype);
  if (type === undefined) {
    throw new RangeError(
      `${OPERATION}: ${describe(name)} must have dtype ${[...TYPES.keys()].join(", ")}, got ${describe(dtype)}`,
    );
  }
  const quantization = fieldOf(weight, "quantization");
  const stored = quantization === undefined ? type : quantizedType(name, type, quantization);
  return { name, dtype: String(dtype), type: stored, shape: fieldOf(weight, "shape") };
}

function quantizedType(name: string, { decode }: ElementType, quantization: unknown): ElementType {
  const [dtype, scale, min] = ["dtype", "scale", "min"].map((field) => fieldOf(quantization, field));
  if (dtype === "float16") return ELEMENT_TYPES.float16;
  if (dtype !== "uint8" && dtype !== "uint16") {
    throw new RangeError(
      `${OPERATION}: ${describe(name)} must be quantised to uint8, uint16 or float16, got ${describe(dtype)}`,
    );
  }
  if (typeof scale !== "number" || typeof min !== "number" || !Number.isFinite(scale + min)) {
    throw new RangeError(`${OPERATION}: quantisation of ${describe(name)} must have finite numbers scale and min`);
  }
  const bytes = dtype === "uint8" ? 1 : 2;
  if (decode === undefined) return { bytes, decode };
  return {
    bytes,
    decode: (view, at) => (bytes === 1 ? view.getUint8(at) : view.getUint16(at, true)) * scale + min,
  };
}

/** The files of a group as one; a single one is not copied. */
function concatenate(shards: readonly Uint8Array[], length: number): Uint8Array {
  if (shards.length === 1) return shards[0];
  const all = new Uint8Array(length);
  let at = 0;
  for (const shard of shards) {
    all.set(shard, at);
    at += shard.length;
  }
  return all;
}

function fieldOf(value: unknown, name: string): unknown {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
