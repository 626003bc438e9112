/**
 * Microseconds for a 512 × 512 float32 image in mode same: the best of five rounds, written by measure-methods.ts.
 * AMD EPYC, one thread, V8 13.6.233.17-node.53, 2026-11-23.
 */

/** Sides of the kernels. */
export const KERNELS = [3, 5, 7, 9, 11, 15, 21, 31, 47, 63] as const;

/** By engine and method, in the order of the kernels. */
export const MEASURED = {
  scalar: {
    direct: [1790, 3170, 5390, 8300, 12000, 21600, 41500, 91600, 216000, 379000],
    separable: [2980, 3030, 3500, 3710, 4160, 4950, 5930, 7760, 11800, 16600],
    fft: [7010, 7440, 7780, 8380, 7810, 9260, 10400, 12000, 12300, 12400],
  },
  simd: {
    direct: [281, 437, 693, 1030, 1480, 2740, 4790, 10400, 23100, 40300],
    separable: [313, 357, 419, 477, 556, 725, 1010, 1600, 3740, 9420],
    fft: [1070, 1060, 1050, 1210, 1200, 1310, 1270, 1690, 1940, 1970],
  },
} as const;
