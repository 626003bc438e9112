/**
 * Microseconds for a 512 × 512 float32 image in mode same: the best of five rounds, written by measure-algorithms.ts.
 * AMD EPYC, one thread, V8 13.6.233.17-node.53, 2026-11-23.
 */

/** Sides of the kernels. */
export const KERNELS = [3, 5, 7, 9, 11, 15, 21, 31, 47, 63] as const;

/** By engine and method, in the order of the kernels. */
export const MEASURED = {
  scalar: {
    direct: [1740, 3060, 5280, 8240, 11900, 21600, 41700, 89700, 204000, 366000],
    separable: [2610, 2820, 3170, 3560, 3950, 4630, 5800, 7640, 10900, 14600],
    fft: [6660, 6700, 6490, 7550, 7440, 8930, 10400, 11400, 12000, 11900],
  },
  simd: {
    direct: [261, 415, 672, 1050, 1470, 2570, 4800, 10100, 22700, 40100],
    separable: [251, 284, 358, 394, 476, 654, 968, 1590, 3210, 9170],
    fft: [1020, 995, 1030, 1210, 1180, 1230, 1240, 1620, 1840, 1910],
  },
} as const;
