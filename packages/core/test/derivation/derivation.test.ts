/**
 * The way from a fully connected layer to a convolution and back, on integers where every step is exact.
 */

import { type Corr2dMode, conv2d, corr2d, type Matrix, type Tensor4, tensor, zeros } from "@corr2d/core";
import {
  denseLayer,
  energyBeyond,
  fromDense,
  localize,
  localKernel,
  parameterCounts,
  shareWeights,
  toAbsolute,
  toDense,
  toRelative,
  translationVariance,
  unshareWeights,
} from "@corr2d/core/derivation";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const random = seededRandom(7, "derivation");
const integers = <S extends readonly number[]>(shape: S): { shape: S; data: Float32Array } => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.integer(-5, 5)),
});

const norm = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));
const minus = (a: ArrayLike<number>, b: ArrayLike<number>): number[] => Array.from(a, (value, i) => value - b[i]);

/** Hidden units and images of all proportions: equal, smaller, larger, flat. */
const shapes = [
  [5, 6, 5, 6],
  [3, 2, 6, 5],
  [7, 4, 2, 3],
  [1, 4, 1, 9],
] as const;

describe("a fully connected layer", () => {
  it.each(shapes)("[%i, %i, %i, %i] is a product of matrices", (...shape) => {
    const [weights, x, bias] = [
      integers(shape),
      integers([shape[2], shape[3]] as const),
      integers([shape[0], shape[1]] as const),
    ];
    const product = corr2d(
      tensor([shape[0] * shape[1], shape[2] * shape[3]], weights.data),
      tensor([1, x.data.length], x.data),
    );
    expect(denseLayer(x, weights, bias).data).toEqual(product.data.map((sum, i) => sum + bias.data[i]));
  });

  it("does not know that pixels have neighbours: a permutation of them is absorbed by the weights", () => {
    const [weights, x] = [integers([3, 3, 4, 4] as const), integers([4, 4] as const)];
    const permuted = (pixels: Float32Array): Float32Array =>
      pixels.map((_, i) => pixels[i - (i % 16) + (((i % 16) * 7) % 16)]);
    const y = denseLayer(
      { shape: x.shape, data: permuted(x.data) },
      { shape: weights.shape, data: permuted(weights.data) },
    );
    expect(y).toEqual(denseLayer(x, weights));
  });
});

describe("re-indexing", () => {
  it.each(shapes)("of [%i, %i, %i, %i] is V[i, j, a, b] = W[i, j, i + a, j + b], and is undone", (...shape) => {
    const weights = integers(shape);
    const relative = toRelative(weights);
    const [units, across, height, width] = shape;
    const [, , down, wide] = relative.shape;
    expect(relative.shape).toEqual([units, across, units + height - 1, across + width - 1]);
    for (let i = 0; i < units; i++) {
      for (let j = 0; j < across; j++) {
        for (let a = 1 - units; a < height; a++) {
          for (let b = 1 - across; b < width; b++) {
            const inside = i + a >= 0 && i + a < height && j + b >= 0 && j + b < width;
            const expected = inside ? weights.data[((i * across + j) * height + i + a) * width + j + b] : 0;
            expect(relative.data[((i * across + j) * down + a + units - 1) * wide + b + across - 1]).toBe(expected);
          }
        }
      }
    }
    expect(toAbsolute(relative)).toEqual(weights);
  });
});

describe("translation invariance", () => {
  it.each(shapes)("[%i, %i, %i, %i]: sharing is an orthogonal projection", (...shape) => {
    const weights = integers(shape);
    const relative = toRelative(tensor(shape, Float64Array.from(weights.data)));
    const projected = unshareWeights(shareWeights(relative), [shape[0], shape[1]]);
    // Twice is once.
    const again = unshareWeights(shareWeights(projected), [shape[0], shape[1]]);
    expect(norm(minus(again.data, projected.data))).toBeLessThan(1e-12);
    expect(translationVariance(projected)).toBeLessThan(1e-14);
    // What is taken away is orthogonal to what is left, and to everything shared.
    const rest = minus(relative.data, projected.data);
    const other = unshareWeights(integers([relative.shape[2], relative.shape[3]] as const), [shape[0], shape[1]]);
    expect(Math.abs(rest.reduce((sum, value, i) => sum + value * other.data[i], 0))).toBeLessThan(1e-10);
    expect(translationVariance(relative)).toBeCloseTo(norm(rest) / norm(relative.data), 12);
  });

  it("is measured as the share of the norm that cannot be shared, whatever the scale", () => {
    const weights = integers([6, 6, 6, 6] as const);
    const variance = translationVariance(toRelative(weights));
    expect(variance).toBeGreaterThan(0.8);
    expect(variance).toBeLessThanOrEqual(1);
    const scaled = tensor(
      weights.shape,
      weights.data.map((w) => -8 * w),
    );
    expect(translationVariance(toRelative(scaled))).toBeCloseTo(variance, 12);
    expect(translationVariance(toRelative(zeros([2, 2, 2, 2])))).toBe(0);
  });

  it("holds exactly for the layers whose response shifts along with the picture", () => {
    const shared = integers([11, 11] as const);
    const layer = toAbsolute(unshareWeights(shared, [6, 6]));
    const dot = (row: number, column: number): Matrix => {
      const x = zeros([6, 6]);
      x.data[row * 6 + column] = 1;
      return x;
    };
    const [here, there] = [denseLayer(dot(2, 1), layer), denseLayer(dot(4, 3), layer)];
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) expect(there.data[(i + 2) * 6 + j + 2]).toBe(here.data[i * 6 + j]);
    }
  });
});

describe("locality", () => {
  const relative = toRelative(integers([6, 7, 6, 7] as const));

  it("keeps what is near, discards the energy of the rest, and twice is once", () => {
    const whole = norm(relative.data) ** 2;
    let last = 1;
    for (let delta = 0; delta <= 6; delta++) {
      const local = localize(relative, delta);
      const beyond = energyBeyond(relative, delta);
      expect(norm(minus(relative.data, local.data)) ** 2 / whole).toBeCloseTo(beyond, 12);
      expect(localize(local, delta)).toEqual(local);
      expect(energyBeyond(local, delta)).toBe(0);
      expect(beyond).toBeLessThan(last);
      last = beyond;
    }
    expect(last).toBe(0);
    expect(localize(relative, 6)).toEqual(relative);
  });

  it("together with sharing is a convolution: corr2d with the local kernel", () => {
    const shared = shareWeights(toRelative(integers([6, 7, 6, 7] as const)));
    const x = integers([6, 7] as const);
    for (const delta of [0, 1, 3]) {
      const layer = toAbsolute(localize(unshareWeights(shared, [6, 7]), delta));
      const kernel = localKernel(shared, delta);
      expect(kernel.shape).toEqual([2 * delta + 1, 2 * delta + 1]);
      const [dense, convolution] = [denseLayer(x, layer), corr2d(x, kernel, { mode: "same" })];
      dense.data.forEach((value, i) => {
        expect(value).toBeCloseTo(convolution.data[i], 4);
      });
      expect(norm(minus(toDense(kernel, [6, 7], { mode: "same" }).data, layer.data))).toBe(0);
    }
  });

  it("leaves what lies outside so small an image at zero", () => {
    expect(Array.from(localKernel(tensor([3, 1], [1, 2, 3]), 2).data)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });
});

describe("a convolution is a fully connected layer", () => {
  const cases = (["valid", "same", "full"] as const).flatMap((mode) =>
    (
      [
        [3, 3],
        [2, 5],
        [4, 1],
      ] as const
    ).map((kernelShape) => [mode, kernelShape] as const),
  );

  it.each(cases)("%s, kernel [%i, %i]: computes the same, and gives its kernel back", (mode, kernelShape) => {
    const [kernel, x] = [integers(kernelShape), integers([6, 5] as const)];
    const weights = toDense(kernel, [6, 5], { mode });
    expect(denseLayer(x, weights)).toEqual(corr2d(x, kernel, { mode }));
    expect(translationVariance(toRelative(weights))).toBeCloseTo(0, 7);
    expect(fromDense(weights, mode === "same" ? { mode, kernelShape } : { mode })).toEqual(kernel);
  });

  it("as a matrix, is doubly blocked Toeplitz", () => {
    const { shape, data } = toDense(integers([3, 2] as const), [5, 6]);
    const at = (i: number, j: number, k: number, l: number): number =>
      data[((i * shape[1] + j) * shape[2] + k) * shape[3] + l];
    for (let i = 1; i < shape[0]; i++) {
      for (let k = 1; k < shape[2]; k++) expect(at(i, 2, k, 3)).toBe(at(i - 1, 2, k - 1, 3));
    }
    for (let j = 1; j < shape[1]; j++) {
      for (let l = 1; l < shape[3]; l++) expect(at(1, j, 2, l)).toBe(at(1, j - 1, 2, l - 1));
    }
  });

  it("is the nearest one where weights are nearly one, and refused where they are not", () => {
    const kernel = tensor([3, 3], new Float64Array([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    const exact = toDense(kernel, [9, 9], { mode: "same" });
    const noisy: Tensor4<Float64Array> = tensor(
      exact.shape,
      exact.data.map((w) => w + 1e-3 * random.normal()),
    );
    const options = { mode: "same", kernelShape: [3, 3] } as const;
    expect(() => fromDense(noisy, options)).toThrow(
      /^fromDense: weights are no convolution with a kernel \[3,3\]: 0\.00\d+ of their norm would be lost, more than the tolerance of 0$/,
    );
    const found = fromDense(noisy, { ...options, tolerance: 0.01 });
    // Means of about 70 weights each: the noise is 8 times less.
    expect(norm(minus(found.data, kernel.data))).toBeLessThan(1e-3);
    expect(() => fromDense(noisy, { ...options, kernelShape: [1, 1], tolerance: 0.01 })).toThrow(RangeError);
    expect(fromDense(zeros([2, 2, 3, 3])).data).toEqual(new Float32Array(4));
  });

  it("is the one of conv2d, too", () => {
    const [kernel, x] = [integers([3, 3] as const), integers([6, 5] as const)];
    const y = conv2d(tensor([1, 6, 5, 1], x.data), tensor([3, 3, 1, 1], kernel.data));
    expect(denseLayer(x, toDense(kernel, [6, 5])).data).toEqual(y.data);
  });
});

describe("parameters", () => {
  it("are as many as the lecture says", () => {
    const counts = parameterCounts([1000, 1000], { delta: 10 });
    expect(counts).toEqual({ dense: 1e12, shared: 1999 ** 2, local: 441e6, convolution: 441 });
  });

  it("are as many as the arrays have", () => {
    const weights = integers([5, 6, 5, 6] as const);
    const shared = shareWeights(toRelative(weights));
    const counts = parameterCounts([5, 6], { delta: 2 });
    expect(counts.dense).toBe(weights.data.length);
    expect(counts.shared).toBe(shared.data.length);
    expect(counts.convolution).toBe(localKernel(shared, 2).data.length);
    expect(parameterCounts([5, 6], { delta: 2, inChannels: 3, outChannels: 4 }).convolution).toBe(300);
  });
});

describe("refuses", () => {
  const untyped = (value: unknown): never => value as never;
  const relative = toRelative(zeros([2, 2, 3, 3]));
  const modes: readonly Corr2dMode[] = ["valid", "full"];
  it.each([
    [
      "an image of another shape",
      () => denseLayer(zeros([2, 3]), zeros([1, 1, 3, 3])),
      /^denseLayer: x has shape \[2,3\], but weights asks for \[3,3\]$/,
    ],
    [
      "a bias of another shape",
      () => denseLayer(zeros([3, 3]), zeros([1, 2, 3, 3]), zeros([2, 2])),
      /^denseLayer: bias has shape \[2,2\], but weights asks for \[1,2\]$/,
    ],
    [
      "mixed types",
      () => denseLayer(untyped(tensor([3, 3], new Float64Array(9))), zeros([1, 1, 3, 3])),
      /^denseLayer: x is float64, but weights is float32/,
    ],
    ["weights of another rank", () => toRelative(untyped(zeros([3, 3]))), /^toRelative: weights must have rank 4/],
    ["no weights", () => toRelative(zeros([0, 2, 3, 3])), /^toRelative: weights \[0,2,3,3\] is empty$/],
    [
      "too few distances",
      () => toAbsolute(zeros([3, 1, 2, 1])),
      /^toAbsolute: hidden units \[3,1\] need at least as many distances, got \[2,1\]$/,
    ],
    [
      "to share among too many",
      () => unshareWeights(zeros([3, 3]), [4, 1]),
      /^unshareWeights: hidden units \[4,1\] need at least/,
    ],
    ["a negative distance", () => localize(relative, -1), /^localize: delta must be an integer of 0 or more, got -1$/],
    [
      "a distance that is none",
      () => energyBeyond(relative, untyped("1")),
      /^energyBeyond: delta must be a number, got "1"$/,
    ],
    [
      "a kernel without a middle",
      () => localKernel(zeros([4, 3]), 1),
      /^localKernel: shared must have odd sides, .* got \[4,3\]$/,
    ],
    [
      "a kernel larger than the image",
      () => toDense(zeros([4, 1]), [3, 3]),
      /^toDense: kernel height 4 exceeds input height 3$/,
    ],
    [
      "absurd numbers of weights",
      () => toDense(tensor([3, 3], new Float32Array(9)), [1000, 1000]),
      /^toDense: result \[998,998,1000,1000\] has \d+ elements, more than/,
    ],
    [
      "a mode that does not tell the kernel",
      () => fromDense(zeros([3, 3, 3, 3]), { mode: "same" }),
      /^fromDense: kernelShape must be given for mode "same"/,
    ],
    [
      "hidden units that do not fit",
      () => fromDense(zeros([3, 3, 3, 3]), { kernelShape: [2, 2] }),
      /has hidden units \[2,2\] in mode "valid", but weights have \[3,3\]$/,
    ],
    [
      "a tolerance that is none",
      () => fromDense(zeros([2, 2, 3, 3]), { tolerance: Number.NaN }),
      /^fromDense: tolerance must be a number of 0 or more, got NaN$/,
    ],
    [
      "an image without pixels",
      () => parameterCounts([0, 5], { delta: 1 }),
      /^parameterCounts: height must be an integer of 1 or more, got 0$/,
    ],
    [
      "numbers too large to be exact",
      () => parameterCounts([10_000, 10_000], { delta: 1 }),
      /^parameterCounts: dense has 10000000000000000 weights, too many to count$/,
    ],
  ])("%s", (_name, call, text) => {
    expect(call).toThrow(text);
  });

  it("hidden units that no kernel can make", () => {
    for (const mode of modes) {
      const shape = mode === "valid" ? ([4, 4, 3, 3] as const) : ([2, 2, 3, 3] as const);
      expect(() => fromDense(zeros(shape), { mode })).toThrow(
        /^fromDense: no kernel on images \[3,3\] has hidden units/,
      );
    }
    expect(() => fromDense(zeros([3, 3, 3, 3]), { mode: "same", kernelShape: [0, 3] })).toThrow(/\[0,3\] is empty$/);
    expect(() => fromDense(zeros([3, 3, 3, 3]), { mode: untyped("wrap") })).toThrow(/mode must be "valid", "same" or/);
  });
});
