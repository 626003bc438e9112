/**
 * Depthwise convolution, {@link depthwiseConv2d}: grouped convolution with a group for each channel, and computed as such.
 *
 * @module
 */

import type { ConvOptions } from "../geometry/options.ts";
import { convOperation } from "../operation/call.ts";
import type { ConvOperation } from "../operation/operation.ts";
import type { Shape4 } from "../tensor/shape.ts";
import { depthwiseKind } from "./kinds.ts";

/**
 * Convolves every channel of a batch of images with `multiplier` filters of its own (cross-correlation, the kernel is *not*
 * flipped); channels do not meet.
 *
 *     y[n, i, j, c·M + m] = act(bias[c·M + m] + Σ_{a, b} w[a, b, c, m] · x[n, i·s + a·d − p, j·s + b·d − p, c])
 *
 * with strides s, dilations d, padding p before and M = multiplier.
 *
 * @param x `[batch, height, width, channels]`, or `[batch, channels, height, width]` with `layout: "NCHW"`.
 * @param filter `[kernelHeight, kernelWidth, channels, multiplier]`, in either layout.
 * @returns `[batch, outHeight, outWidth, channels · multiplier]` in the layout of `x`, in memory of its own.
 * @throws TypeError for a value of the wrong type or an unknown option; RangeError for shapes or options that do not fit.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]); // two pixels of two channels
 * depthwiseConv2d(x, tensor([1, 2, 2, 1], [1, 1, 1, -1])).data; // → [3, -10]
 * depthwiseConv2d(x, tensor([1, 1, 2, 2], [1, 2, 3, 4])).data; // → [1, 2, 30, 40, 2, 4, 60, 80]
 * ```
 * Source: L. Sifre, "Rigid-motion scattering for image classification", 2014, chapter 6.
 *
 * @function
 */
export const depthwiseConv2d: ConvOperation<Shape4, Omit<ConvOptions, "groups">> = /* @__PURE__ */ convOperation(
  /* @__PURE__ */ depthwiseKind(),
);
