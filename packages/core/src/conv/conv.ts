/**
 * The convolutions of deep learning: {@link conv1d}, {@link conv2d} and {@link conv3d}.
 *
 * @module
 */

import type { ConvOptions } from "../geometry/options.ts";
import { convOperation } from "../operation/call.ts";
import type { ConvOperation } from "../operation/operation.ts";
import type { Shape3, Shape4, Shape5 } from "../tensor/shape.ts";
import { convKind } from "./kinds.ts";

/**
 * Convolves a batch of sequences with a bank of filters, as {@link conv2d} does images.
 *
 *     y[n, i, o] = act(bias[o] + Σ_{b, c} w[b, c, o] · x[n, i·s + b·d − p, g·C + c])
 *
 * @param x sequences, `[batch, width, inChannels]`, or `[batch, inChannels, width]` with `layout: "NCW"`.
 * @param filter weights (WIO), `[kernelWidth, inChannels / groups, outChannels]`, in either layout.
 * @returns `[batch, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * const x = tensor([1, 4, 1], [1, 2, 4, 8]);
 * const filter = tensor([2, 1, 1], [1, -1]);
 * conv1d(x, filter).data; // → [-1, -2, -4]
 * conv1d(x, filter, { padding: [[0, 1]], paddingMode: "wrap" }).data; // → [-1, -2, -4, 7]
 * ```
 *
 * @function
 */
export const conv1d: ConvOperation<Shape3, ConvOptions<1>> = /* @__PURE__ */ convOperation(
  /* @__PURE__ */ convKind("conv1d", 1),
);

/**
 * Convolves a batch of images with a bank of filters: cross-correlation (the kernel is *not* flipped) of every image with
 * every filter, plus a bias.
 *
 *     y[n, i, j, o] = act(bias[o] + Σ_{a, b, c} w[a, b, c, o] · x[n, i·s + a·d − p, j·s + b·d − p, g·C + c])
 *
 * with strides s, dilations d, padding p before, C = inChannels / groups and g the group of output channel o. Weights are
 * packed at each call; to run the same filter many times use {@link plan}. Its gradients are, with L = ⟨dy, y⟩ and without
 * bias and activation,
 *
 *     ∂L/∂x[n, u, v, g·C + c] = Σ dy[n, i, j, o] · w[a, b, c, o]   over all taps with u = i·s + a·d − p, v = j·s + b·d − p
 *     ∂L/∂w[a, b, c, o]       = Σ_{n, i, j} dy[n, i, j, o] · x[n, i·s + a·d − p, j·s + b·d − p, g·C + c]
 *
 * @param x images, `[batch, height, width, inChannels]`, or `[batch, inChannels, height, width]` with `layout: "NCHW"`.
 * @param filter weights (HWIO), `[kernelHeight, kernelWidth, inChannels / groups, outChannels]`, in either layout.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * const filter = tensor([2, 2, 1, 1], [0, 1, 2, 3]);
 * conv2d(x, filter).data; // → [19, 25, 37, 43]
 * conv2d(x, filter, { padding: [[1, 0], [1, 0]], paddingMode: "edge" }).data; // → [0, 4, 10, 15, 19, 25, 33, 37, 43]
 * conv2d(x, filter, { bias: new Float32Array([-30]), activation: "relu" }).data; // → [0, 0, 7, 13]
 * ```
 * Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
 *
 * @function
 */
export const conv2d: ConvOperation<Shape4, ConvOptions<2>> = /* @__PURE__ */ convOperation(
  /* @__PURE__ */ convKind("conv2d", 2),
);

/**
 * Convolves a batch of volumes, or films, with a bank of filters, as {@link conv2d} does images: the sums run over depth, too.
 *
 * @param x volumes, `[batch, depth, height, width, inChannels]`, or with `layout: "NCDHW"` channels before depth.
 * @param filter weights (DHWIO), `[kernelDepth, kernelHeight, kernelWidth, inChannels / groups, outChannels]`.
 * @returns `[batch, outDepth, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws as {@link conv2d}.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2, 2, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8]);
 * const filter = tensor([2, 1, 2, 1, 1], [1, 1, 1, 1]);
 * conv3d(x, filter).data; // → [14, 22]
 * conv3d(x, filter, { padding: [[1, 0], [0, 0], [0, 0]] }).data; // → [3, 7, 14, 22]
 * ```
 * Source: S. Ji et al., "3D convolutional neural networks for human action recognition", ICML 2010.
 *
 * @function
 */
export const conv3d: ConvOperation<Shape5, ConvOptions<3>> = /* @__PURE__ */ convOperation(
  /* @__PURE__ */ convKind("conv3d", 3),
);
