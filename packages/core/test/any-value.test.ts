/**
 * Any value anywhere: every function and class of the package is called with each of its arguments, each of their elements and
 * each option replaced by values of every kind. It computes, or it throws a TypeError or a RangeError that begins with its name;
 * never words of the engine, and nothing of the caller's is changed.
 */

import * as root from "@corr2d/core";
import * as derivation from "@corr2d/core/derivation";
import * as internals from "@corr2d/core/internals";
import * as layers from "@corr2d/core/layers";
import * as pictures from "@corr2d/core/pictures";
import * as weightFiles from "@corr2d/core/weights";
import { describe, expect, it } from "vitest";
import { fill } from "./other-orders.ts";

type Values = readonly unknown[];
type Callable = (...values: unknown[]) => unknown;

/** A call that is right. */
interface Call {
  readonly name: string;
  readonly run: Callable;
  readonly values: Values;
}

const core = { ...root, ...layers, ...weightFiles, ...derivation, ...internals, ...pictures };
const functions = core as unknown as Record<string, Callable>;
const filled = (shape: readonly number[]) => ({ shape, data: fill(shape, 1) });
const floats = (length: number) => fill([length], 2);
const call = (name: string, ...values: Values): Call => ({ name, run: functions[name], values });

const [matrix, kernel] = [filled([7, 8]), filled([3, 2])];

/** A verb called with an operation by name. */
const verb = (name: string, operation: string, ...values: Values): Call => ({
  name: `${name}(${operation})`,
  run: (...given) => functions[name](functions[operation], ...given),
  values,
});

/** The run of what a verb prepares. */
const runOf = (name: string, operation: string, prepared: Values, ...values: Values): Call => ({
  name: `${name}(${operation}).run`,
  run: (verb(name, operation).run(...prepared) as { run: Callable }).run,
  values,
});

/** Shapes and options that fit each kind: the pass forward, its gradients, its plans and its explanation. */
function callsOfKind(name: string, x: number[], filter: number[], options: object): Call[] {
  const [input, weights] = [filled(x), filled(filter)];
  const dy = functions[name](input, weights, options) as root.Tensor;
  const fused = {
    ...options,
    bias: floats(dy.shape.at(-1)!),
    activation: "leakyRelu",
    slope: 0.5,
    precision: "strict",
  };
  return [
    call(name, input, weights, fused),
    verb("plan", name, x, weights, fused),
    verb("explain", name, x, filter, { ...options, pass: "forward" }),
    verb("inputGradient", name, dy, weights, x, { ...options, algorithm: "auto" }),
    verb("filterGradient", name, input, dy, filter, { ...options, algorithm: "auto" }),
    verb("gradients", name, input, weights, dy, fused),
    verb("planInputGradient", name, x, weights, options),
    verb("planFilterGradient", name, x, filter, { ...options, dtype: "float32" }),
    runOf("plan", name, [x, weights, options], input.data),
    runOf("planInputGradient", name, [x, weights, options], dy.data),
    runOf("planFilterGradient", name, [x, filter, options], input.data, dy.data),
  ];
}

function callsOfRank(rank: 1 | 2 | 3): Call[] {
  const sizes = [4, 5, 6].slice(3 - rank);
  const each = <V>(value: V): V[] => sizes.map(() => value);
  const layout = ["NWC", "NHWC", "NDHWC"][rank - 1];
  const shared = { padding: each([1, 1]), dilations: each(1), groups: 2, layout };
  const options = { ...shared, strides: each(1), rounding: "floor", paddingMode: "constant" };
  const transposed = { ...shared, strides: each(2), outputPadding: each(1) };
  const [x, filter] = [
    [1, ...sizes, 4],
    [...each(3), 2, 4],
  ];
  const layer = { inChannels: 4, outChannels: 4, kernelSize: each(3), seed: 1, initializer: "heNormal", bias: true };
  return [
    ...callsOfKind(`conv${rank}d`, x, filter, options),
    ...callsOfKind(`convTranspose${rank}d`, x, filter, transposed),
    ...callsOfLayer(`Conv${rank}d`, { ...layer, ...options, activation: "relu" }, x),
    ...callsOfLayer(`ConvTranspose${rank}d`, { ...layer, ...transposed, activation: "leakyRelu", slope: 0.1 }, x),
  ];
}

function callsOfLayer(name: string, options: object, x: number[]): Call[] {
  const Layer = (core as unknown as Record<string, new (options: unknown) => layers.Layer<readonly number[]>>)[name];
  const y = new Layer(options).forward(filled(x));
  const method = (method: "forward" | "backward" | "loadState", value: unknown): Call => ({
    name: `${name}.${method}`,
    run: (given) => {
      const layer = new Layer(options);
      if (method === "backward") layer.forward(filled(x));
      return layer[method](given as never);
    },
    values: [value],
  });
  return [
    { name, run: (given) => new Layer(given), values: [options] },
    method("forward", filled(x)),
    method("backward", y),
    method("loadState", new Layer(options).state()),
  ];
}

/** The functions on matrices. */
function callsOfMatrices(): Call[] {
  const plan = core.plan(core.corr2d, [7, 8], kernel as never, { mode: "same" });
  return [
    call("corr2d", matrix, kernel, { mode: "same", boundary: "constant", fillValue: 1 }),
    call("convolve2d", matrix, kernel, { mode: "full", algorithm: "direct", engine: "auto" }),
    verb("explain", "corr2d", matrix, kernel, { boundary: "reflect" }),
    verb("plan", "corr2d", matrix.shape, kernel, { mode: "same", boundary: "reflect", precision: "strict" }),
    verb("plan", "convolve2d", matrix.shape, kernel, { mode: "full", fillValue: 1 }),
    { name: "plan(corr2d).run", run: plan.run as Callable, values: [matrix.data] },
  ];
}

/** What filters pictures, and the kernels. */
function callsOfPictures(): Call[] {
  const picture = {
    width: 3,
    height: 2,
    channels: 4,
    stride: 12,
    data: Uint8ClampedArray.from({ length: 24 }, (_, i) => 9 * i),
  };
  const options = {
    ...{ boundary: "constant", fillValue: 3, anchor: { x: 0, y: 1 }, flip: true, alpha: "premultiply", engine: "auto" },
    ...{ scale: 2, offset: 1, absolute: true, dtype: "uint8", region: { x: 1, y: 0, width: 2, height: 1 } },
  };
  const magnitude = { operator: "scharr", alpha: "filter", boundary: "edge", scale: 2, dtype: "float32" };
  const { run } = core.planFilterPicture(picture, core.gaussian(1));
  return [
    call("filterPicture", picture, kernel, options),
    call("planFilterPicture", { width: 3, height: 2, channels: 4, dtype: "uint8" }, kernel, options),
    {
      name: "planFilterPicture.run",
      run: run as Callable,
      values: [picture, { ...picture, data: picture.data.slice() }],
    },
    call("filterPicture", picture, core.gaussian(1), { missing: "skip", mask: new Uint8Array([1, 1, 0, 1, 1, 1]) }),
    call("gradientMagnitude", picture, magnitude),
    call("planGradientMagnitude", { width: 3, height: 2, channels: 4, dtype: "uint8" }, magnitude),
    call("gaussian", { x: 1, y: 2 }, { truncate: 3 }),
    call("box", 3),
    call("sobel", "x", 5),
    ...["scharr", "prewitt"].map((name) => call(name, "y")),
    call("laplacian", 8),
    call("laplacianOfGaussian", 1, { size: 5 }),
    call("sharpen", 1),
    call("unsharp", 1, 0.5, { tolerance: 0.01 }),
    call("emboss", 1),
    call("motion", 5, 30),
    call("gabor", { sigma: 2, wavelength: 4, theta: 1, phase: 0, aspect: 0.5, size: 7 }),
  ];
}

const image = filled([1, 5, 6, 4]);
const unfolded = {
  strides: [1, 2],
  padding: [
    [1, 0],
    [0, 1],
  ],
  dilations: 1,
  layout: "NHWC",
};
const separable = { depthwise: filled([3, 3, 4, 2]), pointwise: filled([1, 1, 8, 3]) };
const relative = filled([2, 3, 5, 5]);
const small = new core.Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 1, bias: false });
const stored = (name: string): weightFiles.WeightFile =>
  new Map([[name, { name, dtype: "F32", shape: [1, 1, 1, 1], read: () => core.tensor([1, 1, 1, 1], [1]) }]]);
const geometry = core.resolveConvGeometry("test", [1, 5, 6, 4], [3, 3, 4, 8], { padding: 1 });
const emptyFile = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d);

const CALLS: readonly Call[] = [
  ...([1, 2, 3] as const).flatMap(callsOfRank),
  ...callsOfKind("depthwiseConv2d", [1, 5, 6, 4], [3, 3, 4, 2], { padding: "same", strides: [1, 1] }),
  ...callsOfLayer("DepthwiseConv2d", { channels: 4, multiplier: 2, kernelSize: 3, padding: "same" }, [1, 5, 6, 4]),
  ...callsOfLayer(
    "SeparableConv2d",
    { inChannels: 4, outChannels: 3, multiplier: 2, kernelSize: [3, 3] },
    [1, 5, 6, 4],
  ),
  ...callsOfLayer(
    "LocallyConnected2d",
    {
      inputSize: [5, 6],
      inChannels: 2,
      outChannels: 2,
      kernelSize: [3, 3],
      strides: 1,
      padding: "same",
      bias: true,
      seed: 0,
    },
    [1, 5, 6, 2],
  ),
  call("separableConv2d", image, separable, { padding: "same", activation: "elu" }),
  verb("plan", "separableConv2d", image.shape, separable, { padding: "same" }),
  verb("explain", "separableConv2d", image.shape, separable, { pass: "inputGradient" }),
  verb("gradients", "separableConv2d", image, separable, filled([1, 5, 6, 3]), { padding: "same" }),
  verb("inputGradient", "separableConv2d", filled([1, 5, 6, 3]), separable, image.shape, { padding: "same" }),
  verb("filterGradient", "separableConv2d", image, filled([1, 5, 6, 3]), separable, { padding: "same" }),
  verb("planInputGradient", "separableConv2d", image.shape, separable, { padding: "same" }),
  verb("planFilterGradient", "separableConv2d", image.shape, separable, { padding: "same" }),
  runOf("plan", "separableConv2d", [image.shape, separable], image.data),
  call("plan", core.conv2d, image.shape, filled([3, 3, 4, 2])),
  call("explain", core.conv2d, image, filled([3, 3, 4, 2])),
  call("unfold", image, [3, 2], unfolded),
  call("fold", core.unfold(image as never, [3, 2], unfolded as never), image.shape, [3, 2], unfolded),
  call("activate", image, { activation: "prelu", slopes: floats(4), layout: "NHWC" }),
  call("activationGradient", image, image, { activation: "sigmoid", layout: "NHWC" }),
  call("biasGradient", image, { layout: "NHWC" }),
  ...callsOfMatrices(),
  ...callsOfPictures(),
  call("corr2d", matrix, { column: floats(3), row: floats(2) }, { mode: "same", boundary: "reflect" }),
  call("convolve2d", matrix, { column: floats(3), row: floats(2) }, { fillValue: 2 }),
  call(
    "nanCorr2d",
    matrix,
    { shape: [3, 2], data: new Float32Array(6).fill(0.5) },
    { mode: "same", boundary: "constant", fillValue: 1, mask: floats(56) },
  ),
  call("separateKernel", kernel, { tolerance: 0.1 }),
  call("matchTemplate", matrix, kernel),
  call("planTemplates", matrix),
  {
    name: "planTemplates.run",
    run: core.planTemplates(matrix as never).run as Callable,
    values: [kernel, { score: "ccoeff" }],
  },
  call("addActivated", floats(5), floats(5), new Float32Array(5), { name: "leakyRelu", slope: 0.5 }),
  call("plannerIn", {
    memory: { buffer: new ArrayBuffer(0), grow: () => 0 },
    allocate: () => 0,
    free: () => undefined,
  }),
  call("findPeaks", matrix, { threshold: 0, distance: [1, 2], limit: 3 }),
  call("resolveConvGeometry", "resolveConvGeometry", [1, 5, 6, 4], [3, 3, 4, 8], { padding: 1, groups: 1 }, "float32"),
  call("chooseAlgorithm", "chooseAlgorithm", geometry, "forward", "auto", { precision: "strict", runs: "once" }),
  ...["filterShapeOf", "flopsOf", "inputShapeOf", "outputShapeOf"].map((name) => call(name, geometry)),
  call("tensor", [2, 3], [1, 2, 3, 4, 5, 6]),
  call("zeros", [2, 3], "float64"),
  call("fromOihw", core.zeros([2, 3, 3, 3])),
  call("sgdStep", small.parameters, 0.1),
  call("residentArray", 10),
  ...(["write", "read"] as const).map((method) => {
    const array = core.residentArray(3);
    return {
      name: `ResidentArray.${method}`,
      run: array[method].bind(array) as Callable,
      values: [new Float32Array(3)],
    };
  }),
  call("denseLayer", filled([4, 5]), filled([2, 3, 4, 5]), filled([2, 3])),
  call("toRelative", filled([2, 3, 4, 3])),
  call("toAbsolute", relative),
  call("shareWeights", relative),
  call("unshareWeights", filled([5, 5]), [2, 3]),
  call("translationVariance", relative),
  call("localize", relative, 1),
  call("energyBeyond", relative, 1),
  call("localKernel", filled([5, 5]), 1),
  call("toDense", kernel, [4, 5], { mode: "same" }),
  call("fromDense", core.toDense(kernel as never, [4, 5]), { mode: "valid", kernelShape: [3, 2], tolerance: 1 }),
  call("parameterCounts", [10, 10], { delta: 1, inChannels: 2, outChannels: 3 }),
  call("readSafetensors", emptyFile),
  call("readLayersModel", { weightsManifest: [] }, {}),
  call("loadPyTorchWeights", small, stored("a.weight"), "a"),
  call("loadTensorFlowWeights", small, stored("a/kernel"), "a"),
];

const ANY: readonly unknown[] = [
  ...[undefined, null, true, "3", "", -1, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 53, 1e308],
  ...[10n, Symbol("any"), () => 1, {}, Object.create(null), new Date(0), new Map(), { length: 1, 0: 1 }],
  ...[[], [1], [Number.NaN, Number.NaN], ["1", "1"], [null, null], [[1]], new Array(2), [10n, Symbol("any")]],
  ...[
    [2 ** 30, 2 ** 30],
    [2 ** 53, 2 ** 53, 1, 1],
    [
      [-1, 1],
      [0, 0],
    ],
    [
      [2 ** 40, 0],
      [0, 0],
    ],
  ],
  ...[
    new Uint8Array(8),
    new Float32Array(0),
    new Float64Array(7),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
  ],
  ...[
    { shape: [2, 2], data: [1, 2, 3, 4] },
    { shape: [2, 2], data: new Float32Array(3) },
    { shape: [0, 0], data: floats(0) },
  ],
  ...[
    { shape: [Number.NaN], data: floats(1) },
    { shape: [2 ** 32, 2 ** 32], data: floats(1) },
    { shape: "22", data: floats(4) },
  ],
];

/** A value with each of its elements, options or fields replaced, and the value as a whole. */
function* variants(value: unknown): Generator<unknown> {
  yield* ANY;
  if (Array.isArray(value)) {
    for (const i of value.keys()) for (const any of ANY) yield value.with(i, any);
  } else if (Object.getPrototypeOf(Object(value)) === Object.prototype) {
    for (const name of Object.keys(value as object)) for (const any of ANY) yield { ...(value as object), [name]: any };
    yield { ...(value as object), unknown: 1 };
  }
  const { shape, data } = Object(value) as root.Tensor;
  if (shape === undefined) return;
  yield { shape, data: Float64Array.from(data) };
  for (const axis of shape.keys()) {
    for (const size of [0, 1, shape[axis] + 1]) yield filled(shape.with(axis, size));
  }
}

/** A plain object of options. */
function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.getPrototypeOf(Object(value)) === Object.prototype && !("shape" in (value as object));
}

/** What a call gives, as text: results hold functions, and of a plan what it says of itself. */
function outcomeOf(run: Callable, values: Values): string {
  try {
    return JSON.stringify(run(...values)) ?? "undefined";
  } catch (error) {
    return String(error);
  }
}

describe("what can be called", () => {
  it("is called here", () => {
    const called = new Set(CALLS.map(({ name }) => name.split("(")[0]));
    const names = Object.entries(core).filter(([, value]) => typeof value === "function");
    // It is for callers who know that the pass is supported.
    called.add("preparationOf");
    expect(names.map(([name]) => name).filter((name) => !called.has(name))).toEqual([]);
  });

  it.each(CALLS.map((c) => [c.name, c] as const))("%s", (name, { run, values }) => {
    run(...values);
    const arrays = values.flatMap((value) => [value, Object(value).data]).filter((value) => ArrayBuffer.isView(value));
    const before = arrays.map((array) => (array as Float32Array).slice());
    const mistakes: string[] = [];
    for (const i of values.keys()) {
      for (const variant of variants(values[i])) {
        try {
          run(...values.with(i, variant));
        } catch (error) {
          const { message } = error as Error;
          const isRefusal = error instanceof TypeError || error instanceof RangeError;
          if (
            !isRefusal ||
            ![`${name}: `, `${name}(`].some((start) => message.startsWith(start)) ||
            message.length > 400
          )
            mistakes.push(String(error));
        }
      }
    }
    expect(mistakes).toEqual([]);
    expect(arrays).toEqual(before);
  });

  const withOptions = CALLS.filter(({ values }) => values.some(isOptions));
  it.each(withOptions.map((c) => [c.name, c] as const))("%s takes an undefined option for an absent one", (_, call) => {
    const { run, values } = call;
    for (const [i, options] of values.entries()) {
      if (!isOptions(options)) continue;
      for (const name of Object.keys(options)) {
        const { [name]: _value, ...others } = options;
        const absent = outcomeOf(run, values.with(i, others));
        expect(outcomeOf(run, values.with(i, { ...options, [name]: undefined })), name).toBe(absent);
      }
    }
  });
});
