/**
 * Weights of other systems into layers, by the names and the order of axes that those systems give them:
 *
 *     TensorFlow   <layer>/kernel, /depthwise_kernel, /pointwise_kernel, /bias      axes as here
 *     PyTorch      <module>.weight [O, I, …spatial] (transposed [I, O, …spatial])   turned to [...spatial, I, O]; .bias
 *
 * @module
 */

import type { ConvLayer } from "../layers/conv-layer.ts";
import type { Layer } from "../layers/layer.ts";
import { type Parameter, valuesOf } from "../layers/parameter.ts";
import { fromOihw } from "../tensor/from-oihw.ts";
import { describe, type Tensor } from "../tensor/tensor.ts";
import type { StoredTensor, WeightFile } from "./weight-file.ts";

/** Parameters by the names that Keras gives them; a depthwise layer's filter is called either. */
const TENSORFLOW_NAMES: Readonly<Record<string, readonly string[]>> = {
  filter: ["kernel", "depthwise_kernel"],
  depthwiseFilter: ["depthwise_kernel"],
  pointwiseFilter: ["pointwise_kernel"],
  bias: ["bias"],
};

/**
 * Loads a layer from the weights of a TensorFlow.js layers model: filters as they are, and the bias. Slopes of `"prelu"`,
 * which Keras keeps in a layer of their own, stay.
 *
 * @param layer any layer of this package.
 * @param weights what {@link readLayersModel} returned.
 * @param name name of the layer in the model.
 * @throws RangeError if a weight is missing, has another shape, or is there though the layer has no place for it;
 *   TypeError if it does not hold floating-point numbers, or an argument is of another type. Then the layer is as it was.
 *
 * @example
 * ```ts
 * const manifest = [{ paths: ["a.bin"], weights: [{ name: "conv/kernel", shape: [1, 2, 1, 1], dtype: "float32" }] }];
 * const weights = readLayersModel(manifest, { "a.bin": new Float32Array([1, -1]).buffer });
 * const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: [1, 2], bias: false });
 * loadTensorFlowWeights(layer, weights, "conv");
 * layer.filter.value; // → [1, -1]
 * ```
 */
export function loadTensorFlowWeights<S extends readonly number[]>(
  layer: Layer<S>,
  weights: WeightFile,
  name: string,
): void {
  const operation = "loadTensorFlowWeights";
  requireArguments(operation, layer, weights, name);
  const used = new Set<string>();
  const loaded = layer.parameters.map((parameter) => {
    const suffixes = TENSORFLOW_NAMES[parameter.name];
    if (suffixes === undefined) return [parameter.name, { shape: parameter.shape, data: valuesOf(parameter) }] as const;
    const names = suffixes.map((suffix) => `${name}/${suffix}`);
    const stored = find(operation, weights, names);
    used.add(stored.name);
    return [parameter.name, fitted(operation, stored.name, stored.read(), parameter)] as const;
  });
  requireAllUsed(operation, layer.kind, weights, `${name}/`, used);
  layer.loadState(Object.fromEntries(loaded));
}

/**
 * Loads a layer from the weights of a PyTorch module, in whose `weight` the spatial axes come last: they are brought to the
 * front, so OIHW becomes HWIO, and IOHW of a transposed convolution HWOI. Slopes of `"prelu"`, which PyTorch keeps in a
 * module of their own, stay. For a separable layer load the two parts, `depthwise` and `pointwise`.
 *
 * @param layer any layer with one filter.
 * @param weights what {@link readSafetensors} returned.
 * @param name name of the module; `""` if the file holds it alone.
 * @throws RangeError if a weight is missing, has another shape, or is there though the layer has no place for it;
 *   TypeError if it does not hold floating-point numbers, or an argument is of another type, or the layer has not one filter.
 *   Then the layer is as it was.
 *
 * @example
 * ```ts
 * // A safetensors file: the length of its header, the header, the elements; here of a 1 × 2 kernel.
 * const header = JSON.stringify({ "conv.weight": { dtype: "F32", shape: [1, 1, 1, 2], data_offsets: [0, 8] } });
 * const file = new Uint8Array(8 + header.length + 8);
 * new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
 * file.set(new TextEncoder().encode(header), 8);
 * file.set(new Uint8Array(new Float32Array([1, -1]).buffer), 8 + header.length);
 *
 * const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: [1, 2], bias: false });
 * loadPyTorchWeights(layer, readSafetensors(file), "conv");
 * layer.filter.value; // → [1, -1]
 * ```
 */
export function loadPyTorchWeights<S extends readonly number[]>(
  layer: ConvLayer<S>,
  weights: WeightFile,
  name: string,
): void {
  const operation = "loadPyTorchWeights";
  requireArguments(operation, layer, weights, name);
  if (layer.filter === undefined) {
    throw new TypeError(`${operation}: layer must have one filter, got ${layer.kind}; load each of its parts`);
  }
  const prefix = name === "" ? "" : `${name}.`;
  const used = new Set<string>();
  const loaded = layer.parameters.map((parameter) => {
    if (parameter === layer.slopes)
      return [parameter.name, { shape: parameter.shape, data: valuesOf(parameter) }] as const;
    const isFilter = parameter === layer.filter;
    const stored = find(operation, weights, [`${prefix}${isFilter ? "weight" : "bias"}`]);
    used.add(stored.name);
    const tensor = isFilter ? fromOihw(stored.read()) : stored.read();
    return [parameter.name, fitted(operation, stored.name, tensor, parameter)] as const;
  });
  requireAllUsed(operation, layer.kind, weights, prefix, used);
  layer.loadState(Object.fromEntries(loaded));
}

/** Throws unless a layer, a file and a name were given, in this order. */
function requireArguments(operation: string, layer: unknown, weights: unknown, name: unknown): void {
  if (!Array.isArray((layer as Partial<Layer<readonly number[]>> | null | undefined)?.parameters)) {
    throw new TypeError(`${operation}: layer must be a layer of this package, got ${describe(layer)}`);
  }
  if (typeof (weights as Partial<WeightFile> | null | undefined)?.get !== "function") {
    throw new TypeError(`${operation}: weights must be what a file was read to, a Map, got ${describe(weights)}`);
  }
  if (typeof name !== "string") throw new TypeError(`${operation}: name must be a string, got ${describe(name)}`);
}

function find(operation: string, weights: WeightFile, names: readonly string[]): StoredTensor {
  for (const name of names) {
    const stored = weights.get(name);
    if (stored !== undefined) return stored;
  }
  const some = [...weights.keys()].slice(0, 8).map(describe).join(", ");
  const more = weights.size > 8 ? ` and ${weights.size - 8} more` : "";
  throw new RangeError(`${operation}: no weight ${names.map(describe).join(" or ")}; the file has ${some}${more}`);
}

/** Throws for weights of the layer that have no place in it: dropping a bias would change what is computed. */
function requireAllUsed(
  operation: string,
  kind: string,
  weights: WeightFile,
  prefix: string,
  used: ReadonlySet<string>,
): void {
  for (const name of weights.keys()) {
    const isOfLayer = name.startsWith(prefix) && !/[./]/.test(name.slice(prefix.length));
    if (isOfLayer && !used.has(name)) {
      throw new RangeError(`${operation}: the file has ${describe(name)}, for which this ${kind} has no parameter`);
    }
  }
}

/** The tensor in the shape of the parameter; [kh, kw, 1, C · multiplier] is element for element [kh, kw, C, multiplier]. */
function fitted(operation: string, name: string, tensor: Tensor, { shape }: Parameter): Tensor {
  const same = (other: readonly number[]): boolean =>
    tensor.shape.length === other.length && tensor.shape.every((size, axis) => size === other[axis]);
  const asGroups = [...shape.slice(0, -2), 1, shape.slice(-2).reduce((a, b) => a * b, 1)];
  if (same(shape) || (shape.length > 1 && same(asGroups))) return { shape, data: tensor.data };
  throw new RangeError(`${operation}: ${describe(name)} has shape [${tensor.shape}], the layer needs [${shape}]`);
}
