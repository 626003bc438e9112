/**
 * `@corr2d/core/simd`: the functions on matrices, on WebAssembly SIMD. They stand apart so that a bundle that wants the
 * small scalar ones need not carry the engine.
 *
 * @module
 */

export { convolve2d, corr2d, explainCorr2d, planConvolve2d, planCorr2d } from "./simd/matrix/corr2d.ts";
