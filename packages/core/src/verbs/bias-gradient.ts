/**
 * The gradient with respect to the bias, the same for every convolution:
 *
 *     ∂L/∂bias[o] = Σ dy[n, …, o]   over images and cells
 *
 * @module
 */

import { checkOptionNames } from "../geometry/options.ts";
import { channelsOf, sumPerChannel } from "../operation/channels.ts";
import type { Layout } from "../tensor/layout.ts";
import { dtypeOf, type FloatArray, type Tensor3, type Tensor4, type Tensor5, zeroArray } from "../tensor/tensor.ts";

/**
 * Gradient with respect to the bias: the sum of `dy` over images and cells, one value for each output channel, in
 * float64 and rounded once.
 *
 * @param dy gradient with respect to the output of a convolution of one to three spatial axes.
 * @throws TypeError, RangeError if `dy` is not a tensor of rank 3, 4 or 5 or the layout is none of its rank.
 *
 * @example
 * ```ts
 * biasGradient(tensor([1, 2, 2, 1], [1, 2, 3, 4])); // → [10]
 * biasGradient(tensor([1, 2, 2], [1, 2, 3, 4]), { layout: "NCW" }); // → [3, 7]
 * ```
 */
export function biasGradient<T extends FloatArray = Float32Array>(
  dy: Tensor3<T> | Tensor4<T> | Tensor5<T>,
  options: { readonly layout?: Layout<1> | Layout<2> | Layout<3> | undefined } = {},
): T {
  checkOptionNames("biasGradient", options, ["layout"]);
  const { channels, inner } = channelsOf("biasGradient", "dy", dy, options.layout);
  const result = zeroArray(dtypeOf(dy.data), channels);
  result.set(sumPerChannel(dy.data, channels, inner));
  return result as T;
}
