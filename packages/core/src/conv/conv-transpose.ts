/**
 * Transposed convolutions, which enlarge: {@link convTranspose1d}, {@link convTranspose2d} and {@link convTranspose3d}.
 *
 * @module
 */

import type { ConvTransposeOptions } from "../geometry/options.ts";
import { convOperation } from "../operation/call.ts";
import type { ConvOperation } from "../operation/operation.ts";
import type { Shape3, Shape4, Shape5 } from "../tensor/shape.ts";
import { transposeKind } from "./kinds.ts";

/**
 * Transposed convolution of sequences, as {@link convTranspose2d} of images.
 *
 * @param x `[batch, width, inChannels]`, or `[batch, inChannels, width]` with `layout: "NCW"`.
 * @param filter `[kernelWidth, outChannels / groups, inChannels]`, in either layout.
 * @returns `[batch, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws as {@link convTranspose2d}.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1], [1, 2]);
 * const filter = tensor([3, 1, 1], [1, 10, 100]);
 * convTranspose1d(x, filter, { strides: 2 }).data; // → [1, 10, 102, 20, 200]
 * convTranspose1d(x, filter, { strides: 2, padding: 1 }).data; // → [10, 102, 20]
 * ```
 *
 * @function
 */
export const convTranspose1d: ConvOperation<Shape3, ConvTransposeOptions<1>> = /* @__PURE__ */ convOperation(
  /* @__PURE__ */ transposeKind("convTranspose1d", 1),
);

/**
 * Transposed convolution of images: every input cell writes the kernel, scaled, into the output, and what overlaps adds up. It
 * is the gradient of {@link conv2d} with respect to its input, as an operation of its own.
 *
 *     y[n, u, v, o] = act(bias[o] + Σ x[n, i, j, c] · w[a, b, o, c])
 *
 * over all taps with u = i·s + a·d − p and v = j·s + b·d − p, and o counted within the group of input channel c. Along each
 * axis, from n cells come
 *
 *     (n − 1)·stride − before − after + (kernel − 1)·dilation + 1 + outputPadding
 *
 * or n · stride with padding `"same"` or `"same-lower"`, or `outputSize`. Its gradient with respect to the input is a
 * convolution of dy.
 *
 * @param x `[batch, height, width, inChannels]`, or `[batch, inChannels, height, width]` with `layout: "NCHW"`.
 * @param filter `[kernelHeight, kernelWidth, outChannels / groups, inChannels]`, in either layout, as TensorFlow has it.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 1], [1, 2]);
 * const filter = tensor([1, 3, 1, 1], [1, 10, 100]);
 * convTranspose2d(x, filter, { strides: [1, 2] }).data; // → [1, 10, 102, 20, 200]
 * convTranspose2d(x, filter, { strides: [1, 2], padding: "same" }).data; // → [1, 10, 102, 20]
 * convTranspose2d(x, filter, { strides: [1, 2], outputPadding: [0, 1] }).data; // → [1, 10, 102, 20, 200, 0]
 * ```
 * Source: M. Zeiler, D. Krishnan, G. Taylor and R. Fergus, "Deconvolutional networks", CVPR 2010; arXiv:1603.07285, chapter 4.
 *
 * @function
 */
export const convTranspose2d: ConvOperation<Shape4, ConvTransposeOptions<2>> = /* @__PURE__ */ convOperation(
  /* @__PURE__ */ transposeKind("convTranspose2d", 2),
);

/**
 * Transposed convolution of volumes, as {@link convTranspose2d} of images.
 *
 * @param x `[batch, depth, height, width, inChannels]`, or `[batch, inChannels, depth, height, width]` with `layout: "NCDHW"`.
 * @param filter `[kernelDepth, kernelHeight, kernelWidth, outChannels / groups, inChannels]`, in either layout.
 * @returns `[batch, outDepth, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws as {@link convTranspose2d}.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 1, 1, 1], [1, 2]);
 * const filter = tensor([2, 1, 1, 1, 1], [1, 10]);
 * convTranspose3d(x, filter).data; // → [1, 12, 20]
 * convTranspose3d(x, filter, { strides: [3, 1, 1] }).data; // → [1, 10, 0, 2, 20]
 * ```
 *
 * @function
 */
export const convTranspose3d: ConvOperation<Shape5, ConvTransposeOptions<3>> = /* @__PURE__ */ convOperation(
  /* @__PURE__ */ transposeKind("convTranspose3d", 3),
);
