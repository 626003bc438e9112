/**
 * `@corr2d/core/scalar`: correlation and convolution of matrices in plain JavaScript, for pages where every kilobyte counts and
 * kernels are small. The functions of `@corr2d/core` with the same results and no assembler; large kernels, which a Fourier
 * transform serves there, take as long as they have elements.
 *
 * @module
 */

export { convolve2d, corr2d, type ScalarOptions } from "./corr2d/scalar/corr2d.ts";
export { tensor } from "./tensor/tensor.ts";
