/**
 * Every input that cannot be right is refused with a message that names the operation, the parameter, the value and what
 * is allowed, and a refused call changes nothing.
 */

import {
  biasGradient,
  conv2d,
  convolve2d,
  corr2d,
  explain,
  filterGradient,
  inputGradient,
  plan,
  tensor,
  zeros,
} from "@corr2d/core";
import { localKernel } from "@corr2d/core/derivation";
import { resolveConvGeometry } from "@corr2d/core/internals";
import { Conv2d, sgdStep } from "@corr2d/core/layers";
import { describe, expect, it } from "vitest";

/** What TypeScript would refuse, but JavaScript callers and JSON can bring. */
const untyped = (value: unknown): never => value as never;

const image = tensor([1, 5, 6, 4], new Float32Array(120).fill(1));
const filter = tensor([3, 3, 4, 8], new Float32Array(288).fill(1));

interface Refusal {
  readonly what: string;
  readonly call: () => unknown;
  readonly error: typeof TypeError | typeof RangeError;
  readonly text: RegExp;
}

const refusals: readonly Refusal[] = [
  {
    what: "a tensor whose data do not fill its shape",
    call: () => tensor([2, 3], [1, 2, 3]),
    error: RangeError,
    text: /^tensor: shape \[2,3\] needs 6 elements of data, got 3$/,
  },
  {
    what: "data that are not numbers",
    call: () => tensor([2], untyped(["1", 2])),
    error: TypeError,
    text: /^tensor: data must hold numbers, row after row in one array, got "1"$/,
  },
  {
    what: "data with a hole",
    // biome-ignore lint/suspicious/noSparseArray: it is what is tested
    call: () => tensor([2], untyped([1, , 2])),
    error: TypeError,
    text: /^tensor: data must hold numbers, row after row in one array, got undefined$/,
  },
  {
    what: "shape and data in each other's place, in few words",
    call: () => tensor(untyped(new Array(1e5).fill(1)), [2, 3]),
    error: RangeError,
    text: /^tensor: shape \[1,1,1.{90,99} needs 1 elements of data, got 2$/,
  },
  {
    what: "a symbol",
    call: () => conv2d(image, untyped([Symbol("filter")])),
    error: TypeError,
    text: /^conv2d: filter must be a tensor \{ shape, data \}, got \[Symbol\(filter\)\]$/,
  },
  {
    what: "a negative dimension",
    call: () => zeros([2, -3]),
    error: RangeError,
    text: /^zeros: shape \[2,-3\] must hold integers of 0 or more, got -3$/,
  },
  {
    what: "a dimension that is not an integer",
    call: () => zeros([2.5]),
    error: RangeError,
    text: /^zeros: shape \[2\.5\] must hold integers/,
  },
  {
    what: "an absurd size, before memory is taken",
    call: () => zeros([1e6, 1e6]),
    error: RangeError,
    text: /^zeros: shape \[1000000,1000000\] has 1000000000000 elements, more than the 1073741824 allowed$/,
  },
  {
    what: "an absurd output, before memory is taken",
    call: () => conv2d(image, filter, { padding: 50_000 }),
    error: RangeError,
    text: /^conv2d: output \[1, 100003, 100004, 8\] has \d+ elements, more than the 1073741824 allowed$/,
  },
  {
    what: "integers instead of floats",
    call: () => conv2d(untyped({ shape: [1, 1, 1, 1], data: new Uint8Array(1) }), filter),
    error: TypeError,
    text: /^conv2d: x\.data must be a Float32Array or Float64Array, got Uint8Array$/,
  },
  {
    what: "no tensor at all",
    call: () => conv2d(untyped([1, 2, 3]), filter),
    error: TypeError,
    text: /^conv2d: x must be a tensor \{ shape, data \}, got \[1,2,3\]; write tensor\(\[3\], \[1, 2, 3\]\)$/,
  },
  {
    what: "a wrong rank of the input",
    call: () => conv2d(untyped(zeros([5, 6, 4])), filter),
    error: RangeError,
    text: /^conv2d: x must have rank 4, got shape \[5,6,4\] of rank 3$/,
  },
  {
    what: "a wrong rank of the filter",
    call: () => conv2d(image, untyped(zeros([3, 3]))),
    error: RangeError,
    text: /^conv2d: filter must have rank 4, got shape \[3,3\] of rank 2$/,
  },
  {
    what: "channels that do not match",
    call: () => conv2d(image, zeros([3, 3, 3, 8])),
    error: RangeError,
    text: /^conv2d: filter takes 3 input channels per group, but the input has 4 channels in 1 group /,
  },
  {
    what: "input channels that groups do not divide",
    call: () => conv2d(image, filter, { groups: 3 }),
    error: RangeError,
    text: /^conv2d: input channels 4 are not divisible by groups 3$/,
  },
  {
    what: "output channels that groups do not divide",
    call: () => conv2d(image, zeros([3, 3, 2, 7]), { groups: 2 }),
    error: RangeError,
    text: /^conv2d: output channels 7 are not divisible by groups 2$/,
  },
  {
    what: "a kernel larger than the input",
    call: () => conv2d(image, zeros([7, 3, 4, 8])),
    error: RangeError,
    text: /^conv2d: kernel height 7 exceeds input height 5$/,
  },
  {
    what: "a dilated kernel larger than the padded input",
    call: () => conv2d(image, filter, { dilations: [4, 1], padding: 1 }),
    error: RangeError,
    text: /^conv2d: kernel height 3 \(9 with dilation 4\) exceeds padded input height 7$/,
  },
  {
    what: "a stride that is not an integer",
    call: () => conv2d(image, filter, { strides: [1, 1.5] }),
    error: RangeError,
    text: /^conv2d: strides must be an integer of 1 or more, got 1\.5$/,
  },
  {
    what: "a negative stride",
    call: () => conv2d(image, filter, { strides: -1 }),
    error: RangeError,
    text: /^conv2d: strides must be an integer of 1 or more, got -1$/,
  },
  {
    what: "a stride of zero",
    call: () => conv2d(image, filter, { strides: 0 }),
    error: RangeError,
    text: /^conv2d: strides must be an integer of 1 or more, got 0$/,
  },
  {
    what: "a stride that is text",
    call: () => conv2d(image, filter, { strides: untyped("2") }),
    error: TypeError,
    text: /^conv2d: strides must be .*, got "2"$/,
  },
  {
    what: "a negative padding",
    call: () =>
      conv2d(image, filter, {
        padding: [
          [0, -1],
          [0, 0],
        ],
      }),
    error: RangeError,
    text: /^conv2d: padding must be an integer of 0 or more, got -1$/,
  },
  {
    what: "an unknown padding",
    call: () => conv2d(image, filter, { padding: untyped("full") }),
    error: RangeError,
    text: /^conv2d: padding must be .*"valid".*"same".*got "full"$/,
  },
  {
    what: "an unknown layout",
    call: () => conv2d(image, filter, { layout: untyped("CHWN") }),
    error: RangeError,
    text: /^conv2d: layout must be "NHWC" or "NCHW", got "CHWN"$/,
  },
  {
    what: "an unknown option",
    call: () => conv2d(image, filter, untyped({ stride: 2 })),
    error: TypeError,
    text: /^conv2d: unknown option "stride"; did you mean strides\? known options are strides, padding, paddingMode, fillValue, rounding, dilations, layout, groups/,
  },
  {
    what: "options that are not an object",
    call: () => conv2d(image, filter, untyped(2)),
    error: TypeError,
    text: /^conv2d: options must be an object, got 2$/,
  },
  {
    what: "an unknown algorithm",
    call: () => conv2d(image, filter, { algorithm: untyped("fast") }),
    error: RangeError,
    text: /^conv2d: unknown algorithm "fast"; known are auto, naive, im2col, tiled/,
  },
  {
    what: "a bias of the wrong length",
    call: () => conv2d(image, filter, { bias: new Float32Array(4) }),
    error: RangeError,
    text: /^conv2d: bias must have 8 elements, got 4$/,
  },
  {
    what: "element types that differ",
    call: () => conv2d(untyped(tensor([1, 5, 6, 4], new Float64Array(120))), filter),
    error: TypeError,
    text: /^conv2d: x is float64, but filter is float32; both must be the same$/,
  },
  {
    what: "element types that differ, of matrices",
    call: () => filterGradient(corr2d, zeros([4, 4], "float64"), zeros([2, 2], "float64"), untyped(zeros([3, 3]))),
    error: TypeError,
    text: /^filterGradient\(corr2d\): x is float64, but kernel is float32; both must be the same$/,
  },
  {
    what: "a matrix smaller than its kernel",
    call: () => corr2d(zeros([2, 5]), zeros([3, 3])),
    error: RangeError,
    text: /^corr2d: kernel height 3 exceeds input height 2$/,
  },
  {
    what: "an unknown mode",
    call: () => convolve2d(zeros([5, 5]), zeros([3, 3]), { mode: untyped("wrap") }),
    error: RangeError,
    text: /^convolve2d: mode must be "valid", "same" or "full", got "wrap"$/,
  },
  {
    what: "an empty matrix",
    call: () => corr2d(zeros([0, 5]), zeros([1, 1])),
    error: RangeError,
    text: /^corr2d: x \[0,5\] is empty$/,
  },
  {
    what: "a gradient of the wrong shape",
    call: () => inputGradient(conv2d, zeros([1, 5, 6, 8]), filter, [1, 5, 6, 4]),
    error: RangeError,
    text: /^inputGradient\(conv2d\): dy has shape \[1,5,6,8\], but the output of this convolution has \[1,3,4,8\]$/,
  },
  {
    what: "a filter shape of the wrong rank",
    call: () => filterGradient(conv2d, image, zeros([1, 3, 4, 8]), untyped([3, 3])),
    error: RangeError,
    text: /^filterGradient\(conv2d\): filterShape must have rank 4/,
  },
  {
    what: "a bias gradient of a matrix",
    call: () => biasGradient(untyped(zeros([3, 4]))),
    error: RangeError,
    text: /^biasGradient: dy must have rank 3, 4 or 5/,
  },
  {
    what: "an explanation of an impossible convolution",
    call: () => explain(conv2d, [1, 2, 2, 1], [3, 3, 1, 1]),
    error: RangeError,
    text: /^explain\(conv2d\): kernel height 3 exceeds input height 2$/,
  },
  {
    what: "an output of the wrong length",
    call: () => plan(conv2d, [1, 5, 6, 4], filter).run(image.data, new Float32Array(7)),
    error: RangeError,
    text: /^plan\(conv2d\)\.run: y must have 96 elements, got 7$/,
  },
  {
    what: "an output that overlaps the input",
    call: () => {
      const memory = new Float32Array(200);
      plan(conv2d, [1, 5, 6, 4], filter).run(memory.subarray(0, 120), memory.subarray(100, 196));
    },
    error: RangeError,
    text: /^plan\(conv2d\)\.run: y overlaps x in memory; give it memory of its own$/,
  },
  {
    what: "an unknown initialiser",
    call: () => new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3, initializer: untyped("xavier") }),
    error: RangeError,
    text: /^Conv2d: initializer must be "zeros", "glorotUniform", .* or "heNormal", got "xavier"$/,
  },
  {
    what: "a layer whose channels groups do not divide",
    call: () => new Conv2d({ inChannels: 3, outChannels: 4, kernelSize: 3, groups: 2 }),
    error: RangeError,
    text: /groups 2/,
  },
  {
    what: "a layer of absurd size, before memory is taken",
    call: () => new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 2 ** 31 }),
    error: RangeError,
    text: /^Conv2d: filter \[2147483648,2147483648,1,1\] has \d+ elements, more than the 1073741824 allowed$/,
  },
  {
    what: "a local kernel of absurd size, before memory is taken",
    call: () => localKernel(zeros([3, 3]), 2 ** 31),
    error: RangeError,
    text: /^localKernel: kernel \[4294967297,4294967297\] has \d+ elements, more than/,
  },
  {
    what: "a geometry of a shape that is none",
    call: () => resolveConvGeometry("example", untyped(7), [3, 3, 1, 1]),
    error: TypeError,
    text: /^example: inputShape must be an array of dimensions, got 7$/,
  },
  {
    what: "options of an explanation that are not an object",
    call: () => explain(conv2d, [1, 5, 5, 1], [3, 3, 1, 1], untyped(null)),
    error: TypeError,
    text: /^explain\(conv2d\): options must be an object, got null$/,
  },
  {
    what: "a slope that float32 cannot hold",
    call: () => conv2d(image, filter, { activation: "leakyRelu", slope: 1e39 }),
    error: RangeError,
    text: /^conv2d: slope must be a finite number of type float32, got 1e\+39$/,
  },
  {
    what: "parameters that are none",
    call: () => sgdStep(untyped([{ value: [1], gradient: [1] }]), 0.1),
    error: TypeError,
    text: /^sgdStep: parameters must be the parameters of layers, got \[Object\]$/,
  },
  {
    what: "a learning rate that is not a number",
    call: () => sgdStep([], Number.NaN),
    error: RangeError,
    text: /^sgdStep: learningRate must be a finite number, got NaN$/,
  },
];

describe("refuses", () => {
  it.each(refusals.map((refusal) => [refusal.what, refusal] as const))("%s", (_what, { call, error, text }) => {
    expect(call).toThrow(error);
    expect(call).toThrow(text);
  });
});

it("refuses a backward pass before a forward pass", () => {
  const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 1 });
  expect(() => layer.backward(zeros([1, 1, 1, 1]))).toThrow(/^Conv2d\.backward: call forward first/);
});

it("changes nothing of the caller's in a call that fails", () => {
  const x = tensor([1, 4, 4, 1], new Float32Array(16).fill(2));
  const weights = tensor([3, 3, 1, 1], new Float32Array(9).fill(3));
  const y = new Float32Array(5).fill(7);
  const options = Object.freeze({ strides: Object.freeze([1, 1] as const) });
  expect(() => plan(conv2d, x.shape, weights, options).run(x.data, y)).toThrow(RangeError);
  expect(y).toEqual(new Float32Array(5).fill(7));
  expect(x.data).toEqual(new Float32Array(16).fill(2));
  expect(weights.data).toEqual(new Float32Array(9).fill(3));
});

it("keeps a layer as it was made when the caller's options change", () => {
  const strides: [number, number] = [1, 1];
  const padding: [[number, number], [number, number]] = [
    [1, 1],
    [1, 1],
  ];
  const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3, strides, padding });
  strides[0] = 2;
  padding[0][0] = 5;
  expect(layer.forward(zeros([1, 4, 6, 1])).shape).toEqual([1, 4, 6, 1]);
});

it.each([
  ["text", "x".repeat(1e6)],
  ["an array", Array(1e5).fill(7)],
])("errors show no more than the beginning of %s", (_, given) => {
  const call = (): unknown => conv2d(zeros([1, 4, 4, 1]), zeros([1, 1, 1, 1]), { padding: untyped(given) });
  expect(call).toThrow(/^conv2d: padding /);
  try {
    call();
  } catch (error) {
    expect((error as Error).message.split(", got ")[1]!).toHaveLength(99);
  }
});
