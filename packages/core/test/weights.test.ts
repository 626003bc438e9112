/**
 * Weights from files: what PyTorch and TensorFlow.js wrote is read, and files that lie are refused before memory is taken.
 */

import { tensor } from "@corr2d/core";
import { Conv1d, Conv2d, Conv3d, ConvTranspose2d, DepthwiseConv2d, SeparableConv2d } from "@corr2d/core/layers";
import { loadPyTorchWeights, loadTensorFlowWeights, readLayersModel, readSafetensors } from "@corr2d/core/weights";
import { describe, expect, it } from "vitest";
import { MODEL_FILE, MODEL_OUTPUTS } from "./pytorch/model.ts";

const modelFile = (): Uint8Array => Uint8Array.from(atob(MODEL_FILE), (character) => character.charCodeAt(0));

/** What these tests need of WebAssembly, declared here because this package is compiled without the types of any host. */
interface WebAssemblyMemories {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => { readonly buffer: ArrayBuffer };
}

/** A file with this header and so many bytes of data. */
function file(header: unknown, dataBytes: number, claimedLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const ONE = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const f32 = (shape: unknown, begin: unknown, end: unknown) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

describe("readSafetensors", () => {
  it("reads what PyTorch wrote, wherever it stands in memory", () => {
    const bytes = modelFile();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    // Memory that threads share, which a page that is not isolated has in this form only.
    const { Memory } = (globalThis as unknown as { WebAssembly: WebAssemblyMemories }).WebAssembly;
    const shared = new Uint8Array(new Memory({ initial: 1, maximum: 1, shared: true }).buffer, 0, bytes.length);
    shared.set(bytes);
    for (const source of [bytes.buffer, bytes, shifted.subarray(3), shared]) {
      const weights = readSafetensors(source as ArrayBuffer);
      expect(weights.get("grouped.weight")!.shape).toEqual([2, 2, 1, 2]);
      expect(weights.get("line.bias")!.read()).toEqual(tensor([1], [0]));
      expect(weights.get("norm.num_batches_tracked")!.dtype).toBe("I64");
    }
  });

  it("reads headers with white space wherever JSON has it", () => {
    const header = JSON.stringify({ __metadata__: { by: "hand" }, a: f32([2, 1], 0, 8), b: f32([], 8, 12) });
    const spaced = header.replace(/[{}[\]:,]/g, " \t\r\n$& \t\r\n").trimStart();
    for (const text of [header, spaced, `${spaced}    `]) {
      const weights = readSafetensors(file(text, 12));
      expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual([
        ["a", [2, 1]],
        ["b", []],
      ]);
    }
  });

  it("widens halves exactly and rounds doubles", () => {
    const weights = readSafetensors(modelFile());
    const read = (name: string): number[] => Array.from(weights.get(name)!.read().data);
    expect(read("types.f16")).toEqual([1.5, -0.333251953125, 65504, 2 ** -24, -0, Number.POSITIVE_INFINITY]);
    expect(read("types.bf16")).toEqual([1.5, -0.333984375, 65536, 2 ** -24 * 1.0078125, -0, Number.POSITIVE_INFINITY]);
    expect(read("types.f64")).toEqual(
      [1.5, -0.333251953125, 65504, 6e-8, -0, Number.POSITIVE_INFINITY].map(Math.fround),
    );
  });

  it.each([
    ["too short for a header", new Uint8Array(7), /file must have at least 8 bytes, got 7$/],
    ["a header longer than the file", file({}, 0, 99n), /header of 99 bytes is longer than the file of 10 bytes$/],
    [
      "a header absurdly long",
      file({}, 0, 2n ** 63n),
      /header of 9223372036854775808 bytes is longer than the 100000000/,
    ],
    ["no JSON", file("{ no", 0), /header must be JSON in UTF-8: /],
    ["bytes that are not UTF-8", file({}, 0).fill(0xff, 9), /header must be JSON in UTF-8: /],
    ["a header that is no object", file("[]", 0), /header must begin with "\{"$/],
    ["a tensor that is no object", file({ a: null }, 0), /"a" has unknown dtype undefined$/],
    ["a tensor twice", file(`{"a":${ONE},"\\u0061":${ONE}}`, 4), /: "a" is there twice$/],
    ["a field twice", file(`{"a":${ONE.replace("{", '{"shape":[9],')}}`, 4), /: "shape" is there twice$/],
    [
      "metadata that are no map",
      file({ __metadata__: [1] }, 0),
      /__metadata__ must be an object of strings, got \[1\]$/,
    ],
    ["metadata that are no strings", file({ __metadata__: { format: 2 } }, 0), /an object of strings, got in it 2$/],
    ["nesting without end", file(`{"a":${"[".repeat(1e6)}`, 0), /expected at most 64 levels at character 69/],
    ["a million empty objects", file(`{"a":[${"{},".repeat(1e6)}{}]}`, 0), /"a" has unknown dtype undefined$/],
    ["a shape without end", file(`{"a":{"shape":[${"1,".repeat(1e5)}1]}}`, 0), /has more than 64 elements$/],
    ["what follows the header's end", file("{}{}", 0), /expected the end at character 2, found "\{"$/],
    ["a name without an end", file('{"a', 0), /expected " at character/],
    ["an unknown type", file({ a: { ...f32([1], 0, 4), dtype: "Q7" } }, 4), /"a" has unknown dtype "Q7"$/],
    [
      "no shape",
      file({ a: f32(undefined, 0, 4) }, 4),
      /shape of "a" must be an array of integers of 0 or more, got undefined$/,
    ],
    [
      "a negative dimension",
      file({ a: f32([-1], 0, 4) }, 4),
      /shape of "a" must be an array of integers .*, got \[-1\]$/,
    ],
    ["an absurd shape", file({ a: f32([2 ** 30, 2 ** 30], 0, 4) }, 4), /more than the 1073741824 allowed$/],
    ["no offsets", file({ a: { dtype: "F32", shape: [1] } }, 4), /data_offsets of "a" must be \[begin, end\]/],
    ["offsets that are no integers", file({ a: f32([1], 0.5, 4.5) }, 8), /data_offsets of "a" must be \[begin, end\]/],
    ["a negative offset", file({ a: f32([2], -4, 4) }, 4), /data_offsets of "a" must be .* got \[-4,4\]$/],
    ["an offset past the end", file({ a: f32([2], 0, 8) }, 4), /within the 4 bytes of data, got \[0,8\]$/],
    ["a shape that its range does not hold", file({ a: f32([2], 0, 4) }, 4), /needs 8 bytes, but its .* hold 4$/],
    [
      "ranges that overlap",
      file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8),
      /"b" begins at byte 4 instead of 8 and overlaps/,
    ],
    [
      "a hole",
      file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12),
      /"b" begins at byte 8 instead of 4 and leaves a hole/,
    ],
    ["data that nothing describes", file({ a: f32([1], 0, 4) }, 8), /tensors end at byte 4, but the file has 8 bytes/],
  ] as const)("refuses %s", (_what, bytes, text) => {
    expect(() => readSafetensors(bytes)).toThrow(RangeError);
    expect(() => readSafetensors(bytes)).toThrow(text);
  });

  it("refuses what is no file, and numbers that are no weights", () => {
    expect(() => readSafetensors("model.safetensors" as never)).toThrow(
      /^readSafetensors: file must be an ArrayBuffer or a Uint8Array, got "model.safetensors"$/,
    );
    expect(() => readSafetensors(modelFile()).get("norm.num_batches_tracked")!.read()).toThrow(
      /^readSafetensors: "norm.num_batches_tracked" holds I64, not floating-point numbers$/,
    );
  });

  it("opens files that hold types of fewer bits than a byte has", () => {
    const packed = (dtype: string, elements: number) => ({ dtype, shape: [elements], data_offsets: [0, 3] });
    for (const entry of [packed("F4", 6), packed("F6_E2M3", 4), packed("F6_E3M2", 4), packed("F8_E4M3FNUZ", 3)]) {
      expect(readSafetensors(file({ a: entry }, 3)).get("a")!.dtype).toBe(entry.dtype);
    }
    expect(() => readSafetensors(file({ a: packed("F4", 5) }, 3))).toThrow(/needs 2\.5 bytes, but its .* hold 3$/);
  });

  it("keeps names that mean something to JavaScript or look like JSON", () => {
    for (const name of ["__proto__", "constructor", 'a":{"a', "\\"]) {
      const weights = readSafetensors(file(`{${JSON.stringify(name)}:${ONE}}`, 4));
      expect([...weights.keys()]).toEqual([name]);
    }
  });
});

describe("loadPyTorchWeights", () => {
  const weights = readSafetensors(modelFile());
  const fill = (shape: readonly number[]): Float32Array =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 11) - 5);
  const layers = {
    grouped: new Conv2d({ inChannels: 4, outChannels: 2, kernelSize: [1, 2], groups: 2, layout: "NCHW" }),
    depthwise: new DepthwiseConv2d({ channels: 2, multiplier: 2, kernelSize: [2, 1], bias: false, layout: "NCHW" }),
    up: new ConvTranspose2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 1], strides: 2, layout: "NCHW" }),
    line: new Conv1d({ inChannels: 2, outChannels: 1, kernelSize: 3, layout: "NCW" }),
    volume: new Conv3d({ inChannels: 1, outChannels: 2, kernelSize: [1, 2, 1], layout: "NCDHW" }),
  };

  it.each(Object.keys(layers) as (keyof typeof layers)[])("makes %s compute what it computed in PyTorch", (name) => {
    const layer = layers[name];
    loadPyTorchWeights(layer as never, weights, name);
    const { inputShape, outputShape, y } = MODEL_OUTPUTS[name];
    const result = layer.forward({ shape: inputShape, data: fill(inputShape) } as never);
    expect(result.shape).toEqual(outputShape);
    expect(Array.from(result.data, (value) => value + 0)).toEqual(y.map((value) => value + 0));
  });

  it("refuses what does not fit, and then changes nothing", () => {
    const layer = new Conv2d({ inChannels: 4, outChannels: 2, kernelSize: 3, groups: 2 });
    const before = layer.state();
    expect(() => loadPyTorchWeights(layer, weights, "stem")).toThrow(
      /no weight "stem\.weight"; the file has ".*and \d+ more$/,
    );
    expect(() => loadPyTorchWeights(layer, weights, "grouped")).toThrow(
      /"grouped\.weight" has shape \[1,2,2,2\], the layer needs \[3,3,2,2\]$/,
    );
    const unbiased = new Conv2d({ inChannels: 4, outChannels: 2, kernelSize: [1, 2], groups: 2, bias: false });
    expect(() => loadPyTorchWeights(unbiased, weights, "grouped")).toThrow(
      /the file has "grouped\.bias", for which this Conv2d has no parameter$/,
    );
    expect(layer.state()).toEqual(before);
  });

  it.each([
    ["a layer that is none", [undefined, weights, "a"], /layer must be a layer of this package, got undefined$/],
    [
      "a file that has not been read",
      [layers.line, {}, "a"],
      /weights must be what a file was read to, a Map, got Object$/,
    ],
    ["no name", [layers.line, weights], /name must be a string, got undefined$/],
  ] as const)("refuses %s", (_what, values, text) => {
    for (const load of [loadPyTorchWeights, loadTensorFlowWeights]) {
      expect(() => load(...(values as unknown as Parameters<typeof load>))).toThrow(TypeError);
      expect(() => load(...(values as unknown as Parameters<typeof load>))).toThrow(text);
    }
  });

  it("refuses a layer of two filters, whose parts have modules of their own", () => {
    const layer = new SeparableConv2d({ inChannels: 2, outChannels: 2, kernelSize: 1 });
    expect(() => loadPyTorchWeights(layer as never, weights, "a")).toThrow(
      /^loadPyTorchWeights: layer must have one filter, got SeparableConv2d; load each of its parts$/,
    );
  });
});

describe("readLayersModel and loadTensorFlowWeights", () => {
  const weight = (name: string, shape: readonly number[], more: object = {}) => ({
    name,
    shape,
    dtype: "float32",
    ...more,
  });
  const group = (paths: readonly string[], ...weights: object[]) => ({ paths, weights });

  it("reads weights that span files, as they are", () => {
    const values = Float32Array.from({ length: 11 }, (_, i) => i / 2);
    const bytes = new Uint8Array(values.buffer);
    const model = {
      format: "layers-model",
      weightsManifest: [
        group(["1of2", "2of2"], weight("a/depthwise_kernel", [1, 2, 2, 1]), weight("a/pointwise_kernel", [1, 1, 2, 3])),
        group(["b"], weight("a/bias", [1])),
      ],
    };
    const weights = readLayersModel(model, {
      "1of2": bytes.slice(0, 13),
      "2of2": bytes.slice(13, 40),
      b: bytes.slice(40),
    });
    const layer = new SeparableConv2d({ inChannels: 2, outChannels: 3, kernelSize: [1, 2] });
    expect(() => loadTensorFlowWeights(layer, weights, "a")).toThrow(
      /"a\/bias" has shape \[1\], the layer needs \[3\]$/,
    );
    const unbiased = new SeparableConv2d({ inChannels: 2, outChannels: 3, kernelSize: [1, 2], bias: false });
    expect(() => loadTensorFlowWeights(unbiased, weights, "a")).toThrow(/the file has "a\/bias", for which/);
    expect(weights.get("a/depthwise_kernel")!.read().data).toEqual(values.slice(0, 4));
    expect(weights.get("a/pointwise_kernel")!.read().data).toEqual(values.slice(4, 10));
  });

  it("reads what stands beside strings, which stay closed", () => {
    const bytes = Uint8Array.of(2, 0, 0, 0, 97, 98, 0, 0, 0, 0, 0, 0, 0x40, 0x40);
    const manifest = [group(["a"], weight("labels", [2], { dtype: "string" }), weight("kernel", [1]))];
    const weights = readLayersModel(manifest, { a: bytes });
    expect(weights.get("kernel")!.read().data).toEqual(Float32Array.of(3));
    expect(() => weights.get("labels")!.read()).toThrow(/"labels" holds string, not floating-point numbers$/);
    for (const [count, length] of [
      [3, 14],
      [1, 3],
      [2 ** 40, 14],
    ]) {
      const many = [group(["a"], weight("labels", [count!], { dtype: "string" }))];
      expect(() => readLayersModel(many, { a: bytes.subarray(0, length) })).toThrow(RangeError);
    }
    const tooLong = Uint8Array.of(255, 255, 255, 255, 97);
    expect(() => readLayersModel([group(["a"], weight("labels", [1], { dtype: "string" }))], { a: tooLong })).toThrow(
      /the strings of "labels" go on behind the 5 bytes given$/,
    );
  });

  it("loads a depthwise layer and one with slopes", () => {
    const files = { a: new Float32Array([1, 2, 3, 4]).buffer };
    const manifest = [group(["a"], weight("d/depthwise_kernel", [1, 1, 2, 1]), weight("d/bias", [2]))];
    const layer = new DepthwiseConv2d({ channels: 2, kernelSize: 1, activation: "prelu" });
    loadTensorFlowWeights(layer, readLayersModel(manifest, files), "d");
    expect(layer.parameters.map(({ value }) => [...value])).toEqual([
      [1, 2],
      [3, 4],
      [0.25, 0.25],
    ]);
  });

  it("reads quantised weights", () => {
    const manifest = [
      group(["8"], weight("a", [3], { quantization: { dtype: "uint8", scale: 0.5, min: -1 } })),
      group(["16"], weight("b", [2], { quantization: { dtype: "uint16", scale: 2, min: 1 } })),
      group(["half"], weight("c", [1], { quantization: { dtype: "float16" } })),
      group(["int"], { name: "d", shape: [1], dtype: "int32" }),
    ];
    const weights = readLayersModel(manifest, {
      "8": new Uint8Array([0, 1, 255]),
      "16": new Uint16Array([0, 40000]).buffer,
      half: new Uint16Array([0xc100]).buffer,
      int: new Int32Array([7]).buffer,
    });
    const read = (name: string): number[] => Array.from(weights.get(name)!.read().data);
    expect([read("a"), read("b"), read("c")]).toEqual([[-1, -0.5, 126.5], [1, 80001], [-2.5]]);
    expect(() => read("d")).toThrow(/^readLayersModel: "d" holds int32, not floating-point numbers$/);
  });

  const files = { a: new Float32Array(4).buffer };
  it.each([
    ["no manifest", {}, /model must have a weightsManifest, an array, got undefined$/],
    ["a group that is none", [3], /a group of the manifest must have paths and weights, got 3$/],
    ["a file that is not there", [group(["b"])], /file "b" of the manifest is not among the files given, or /],
    [
      "a file twice",
      [group(["a", "a"], weight("w", [8]))],
      /file "a" of the manifest is not among the files given, or named there before$/,
    ],
    ["a file named like a property", [group(["toString"])], /file "toString" of the manifest is not among/],
    ["fewer bytes than weights", [group(["a"], weight("w", [5]))], /take 20 bytes, but the files have 16$/],
    ["more bytes than weights", [group(["a"], weight("w", [3]))], /take 12 bytes, but the files have 16$/],
    ["an absurd shape", [group(["a"], weight("w", [1e9, 1e9]))], /more than the 1073741824 allowed$/],
    [
      "a shape that is none",
      [group(["a"], weight("w", [-4]))],
      /shape of "w" must be an array of integers .*, got \[-4\]$/,
    ],
    [
      "an unknown type",
      [group(["a"], weight("w", [4], { dtype: "int64" }))],
      /must have dtype float32, .*got "int64"$/,
    ],
    ["no name", [group(["a"], { shape: [4], dtype: "float32" })], /a weight must have a name, got undefined$/],
    ["an unknown quantisation", [group(["a"], weight("w", [4], { quantization: { dtype: "int4" } }))], /got "int4"$/],
    [
      "no scale",
      [group(["a"], weight("w", [16], { quantization: { dtype: "uint8" } }))],
      /must have finite numbers scale and min$/,
    ],
    ["a name twice", [group(["a"], weight("w", [2]), weight("w", [2]))], /"w" is there twice$/],
  ] as const)("refuses %s", (_what, model, text) => {
    expect(() => readLayersModel(model, files)).toThrow(RangeError);
    expect(() => readLayersModel(model, files)).toThrow(text);
  });
});
