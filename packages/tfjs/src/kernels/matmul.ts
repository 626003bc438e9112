/**
 * Products of matrices, as in dense layers: each is a pass of a convolution with a kernel of one cell over m images' worth of rows,
 *
 *     a · b     y of x = a and the filter b
 *     a · bᵀ    dx of dy = a and the filter b
 *     aᵀ · b    dw of x = a and dy = b
 *
 * which are those that a dense layer needs forward and backward. A batch of matrices a with one b is one tall matrix.
 *
 * @module
 */

import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  type _FusedMatMulInputs,
  BatchMatMul,
  type BatchMatMulAttrs,
  type BatchMatMulInputs,
  broadcast_util,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { computeForward, filterGradient, inputGradient } from "../compute.ts";
import type { Convolution } from "../convolution.ts";
import { activationOf, isPerChannel } from "./activations.ts";
import type { OwnKernel } from "./kernel.ts";

/** With fewer rows each weight is used a few times only, and to fetch and pack it takes longest: that is left to the backend. */
const FEWEST_ROWS = 8;

/** Smaller products are sooner done than prepared. */
const FEWEST_MULTIPLICATIONS = 2 ** 15;

/** The matrices of a product, which are always given. */
type Matrices = Readonly<Record<"a" | "b", TensorInfo>>;

/** A product that core computes. */
interface Product {
  /** Sizes of the matrices: [m, k] · [k, n]. */
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly outShape: number[];
}

/** The product of two tensors, if core computes it. */
function productOf(a: TensorInfo, b: TensorInfo, { transposeA, transposeB }: BatchMatMulAttrs): Product | undefined {
  if (a.shape.length < 2 || b.shape.length < 2 || (transposeA && transposeB)) return undefined;
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  const batch = util.sizeFromShape(outerA);
  if (k !== inner || util.sizeFromShape(outerB) !== 1 || (transposeA && batch !== 1)) return undefined;
  // A sum of nothing is 0, which not every backend knows.
  if (k > 0 && (batch * m < FEWEST_ROWS || batch * m * k * n < FEWEST_MULTIPLICATIONS)) return undefined;
  return { m: batch * m, k, n, outShape: [...broadcast_util.assertAndGetBroadcastShape(outerA, outerB), m, n] };
}

/** The convolution of images that are one cell wide, by a kernel of one cell. */
function pointwise(rows: number, inChannels: number, outChannels: number): Convolution {
  return {
    inputShape: [1, rows, 1, inChannels],
    outputShape: [1, rows, 1, outChannels],
    filterShape: [1, 1, inChannels, outChannels],
    inputSize: [rows, 1],
    options: {
      strides: [1, 1],
      dilations: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
      groups: 1,
      layout: "NHWC",
    },
  };
}

/** Products of matrices, and dense layers with bias and activation. */
export const matmulKernels: readonly OwnKernel<never, never>[] = [
  {
    kernelName: BatchMatMul,
    otherwise: "backend",
    compute({ inputs, attrs, host }) {
      const { a, b } = inputs as Matrices;
      const product = productOf(a, b, attrs);
      if (product === undefined) return undefined;
      const { m, k, n, outShape } = product;
      if (k === 0) return host.output(outShape, [], () => (y) => y.fill(0));
      if (attrs.transposeA) return filterGradient(host, pointwise(k, m, n), a, b, outShape);
      if (attrs.transposeB) return inputGradient(host, pointwise(m, n, k), a, b, outShape);
      return computeForward(host, { convolution: pointwise(m, k, n), x: a, filter: b }, outShape);
    },
  } satisfies OwnKernel<BatchMatMulInputs, BatchMatMulAttrs>,
  {
    kernelName: _FusedMatMul,
    otherwise: "backend",
    compute({ inputs, attrs, host }) {
      const { a, b } = inputs as Matrices;
      const { bias, preluActivationWeights: slopes } = inputs;
      const product = productOf(a, b, attrs);
      if (!product?.k || attrs.transposeA || attrs.transposeB) return undefined;
      const { m, k, n, outShape } = product;
      if (![bias, slopes].every((tensor) => !tensor || isPerChannel(tensor, n, false))) return undefined;
      const [activation] = activationOf(_FusedMatMul, attrs);
      const slope = activation === "leakyRelu" ? { slope: attrs.leakyreluAlpha! } : {};
      const step = { convolution: pointwise(m, k, n), x: a, filter: b, activation, ...slope, bias, slopes };
      return computeForward(host, step, outShape);
    },
  } satisfies OwnKernel<_FusedMatMulInputs, _FusedMatMulAttrs>,
];
