/**
 * The matrix function `corr2d(x, kernel, { mode: "same" })` of core as a variant, scalar and on SIMD: what somebody calls
 * who has one picture and one kernel, and prepares nothing.
 *
 * @module
 */

import { corr2d, type Matrix } from "@corr2d/core";
import { corr2d as corr2dOnSimd } from "@corr2d/core/simd";
import type { AdapterSource } from "@corr2d/parity";
import { packageVersion } from "../package-version.ts";
import { supportsOneChannel } from "./one-channel.ts";

/** The matrix function of core. */
export const corr2dFunction: AdapterSource = functionSource(
  "corr2d/function",
  "corr2d(x, kernel) on matrices, stateless",
  corr2d,
);

/** The same of `@corr2d/core/simd`. */
export const corr2dSimdFunction: AdapterSource = functionSource(
  "corr2d/simd-function",
  "corr2d(x, kernel) of @corr2d/core/simd, stateless",
  corr2dOnSimd,
);

function functionSource(name: string, summary: string, compute: typeof corr2d): AdapterSource {
  return {
    name,
    summary,
    load: async () => ({
      name,
      version: packageVersion("@corr2d/core") ?? "unknown",
      threads: 1,
      supports: supportsOneChannel,
      prepare(convCase, _pass, data) {
        const [, height, width] = convCase.inputShape;
        const [kernelHeight, kernelWidth] = convCase.filterShape;
        const x: Matrix = { shape: [height, width], data: data.x };
        const kernel: Matrix = { shape: [kernelHeight, kernelWidth], data: data.filter };
        let y: Float32Array | undefined;
        return {
          run() {
            y = compute(x, kernel, { mode: "same" }).data;
          },
          read() {
            if (y === undefined) throw new Error(`${name}: read() was called before run()`);
            return y;
          },
          dispose() {},
        };
      },
    }),
  };
}
