/**
 * Milliseconds for a 512 × 512 float32 image in mode same: the best of five rounds, written by measure-methods.ts.
 * AMD EPYC, one thread, V8 13.6.233.17-node.53, 2026-11-23.
 */

/** Sides of the kernels. */
export const KERNELS = [3, 5, 7, 9, 11, 15, 21, 31, 47, 63] as const;

/** By engine and method, in the order of the kernels. */
export const MEASURED = {
  scalar: {
    direct: [1.79, 3.17, 5.39, 8.3, 12, 21.6, 41.5, 91.6, 216, 379],
    separable: [2.98, 3.03, 3.5, 3.71, 4.16, 4.95, 5.93, 7.76, 11.8, 16.6],
    fft: [7.01, 7.44, 7.78, 8.38, 7.81, 9.26, 10.4, 12, 12.3, 12.4],
  },
  simd: {
    direct: [0.349, 0.529, 0.84, 1.22, 1.65, 3, 5.94, 10.9, 26.7, 44.4],
    separable: [0.338, 0.401, 0.487, 0.499, 0.631, 0.786, 1.13, 1.8, 3.45, 9.97],
    fft: [1.1, 1.06, 1.21, 1.48, 1.32, 1.3, 1.31, 1.73, 2.06, 2.11],
  },
} as const;
