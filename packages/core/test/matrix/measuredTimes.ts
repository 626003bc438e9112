/**
 * Milliseconds for a 512 × 512 float32 image in mode same: medians, written by measureMethods.ts.
 * AMD EPYC, one thread, V8 13.6.233.17-node.53, 2026-11-23.
 */

/** Sides of the kernels. */
export const KERNELS = [3, 5, 7, 9, 11, 15, 21, 31, 47, 63] as const;

/** By engine and method, in the order of the kernels. */
export const MEASURED = {
  scalar: {
    direct: [1.74, 3.08, 5.33, 8.79, 12.5, 22.1, 42, 89.9, 206, 368],
    separable: [2.59, 2.93, 3.27, 3.62, 3.99, 5.02, 5.7, 7.78, 11.1, 14.7],
    fft: [6.95, 6.71, 6.5, 7.8, 7.76, 9.07, 10.4, 11.5, 12.2, 12.4],
  },
  simd: {
    direct: [0.467, 0.652, 0.955, 1.36, 1.81, 2.98, 5.96, 11, 26.4, 44.9],
    separable: [0.531, 0.594, 0.654, 0.696, 0.883, 1.05, 1.37, 2.13, 3.9, 11.5],
    fft: [1.31, 1.28, 1.36, 1.24, 1.28, 1.37, 1.41, 1.87, 2.05, 2.19],
  },
} as const;
