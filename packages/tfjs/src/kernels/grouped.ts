/**
 * Kernels of a convolution that TensorFlow.js has not: with groups, and with strides and dilations at once; and of its
 * gradients. They stand under names of our own.
 *
 * @module
 */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { filterGradient, forward, inputGradient } from "../compute.ts";
import type { Convolution } from "../convolution.ts";
import type { OwnKernel } from "./kernel.ts";

export const GROUPED: string = "Corr2dConv2D";
export const GROUPED_INPUT_GRADIENT: string = "Corr2dConv2DInputGradient";
export const GROUPED_FILTER_GRADIENT: string = "Corr2dConv2DFilterGradient";

/** What these kernels are told: the convolution, resolved. */
export interface GroupedAttrs {
  readonly convolution: Convolution;
}

type Inputs<Names extends string> = { readonly [Name in Names]: TensorInfo };

/** Computed by core wherever its inputs are float32; no other backend knows them. */
export const groupedKernels: readonly OwnKernel<never, never>[] = [
  {
    kernelName: GROUPED,
    compute({ inputs: { x, filter }, attrs: { convolution }, host }) {
      return forward(host, { convolution, x, filter });
    },
  } satisfies OwnKernel<Inputs<"x" | "filter">, GroupedAttrs>,
  {
    kernelName: GROUPED_INPUT_GRADIENT,
    compute({ inputs: { dy, filter }, attrs: { convolution }, host }) {
      return inputGradient(host, convolution, dy, filter);
    },
  } satisfies OwnKernel<Inputs<"dy" | "filter">, GroupedAttrs>,
  {
    kernelName: GROUPED_FILTER_GRADIENT,
    compute({ inputs: { x, dy }, attrs: { convolution }, host }) {
      return filterGradient(host, convolution, x, dy, [...convolution.filterShape]);
    },
  } satisfies OwnKernel<Inputs<"x" | "dy">, GroupedAttrs>,
];
