/**
 * The size of what a convolution gives, as core has it, or core's own words for why there is none.
 *
 * @module
 */

import { conv2d, convTranspose2d, tensor } from "./core.ts";

/** A convolution along both axes alike. */
export interface Setting {
  readonly transposed: boolean;
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  /** Of the transposed convolution. */
  readonly outputPadding: number;
}

/** Size of the output, or why there is none. */
export type SizeOrError = { readonly size: number } | { readonly error: string };

/** Asks core, by computing it. */
export function outputSizeOf(setting: Setting): SizeOrError {
  const { input, kernel, stride, padding, dilation, outputPadding } = setting;
  const x = tensor([1, input, input, 1], new Float32Array(input * input));
  const filter = tensor([kernel, kernel, 1, 1], new Float32Array(kernel * kernel));
  const options = { strides: stride, padding, dilations: dilation };
  try {
    const y = setting.transposed
      ? convTranspose2d(x, filter, { ...options, outputPadding })
      : conv2d(x, filter, options);
    return { size: y.shape[1] };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
