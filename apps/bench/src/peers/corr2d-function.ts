/**
 * `corr2d(x, kernel, { mode: "same" })` of core as variants, on the scalar engine and on SIMD: what somebody calls who has one
 * picture and one kernel; and a plan of it, for many pictures and one kernel.
 *
 * @module
 */

import { type Corr2dOptions, corr2d, explain, type Matrix, plan } from "@corr2d/core";
import core from "@corr2d/core/package.json" with { type: "json" };
import type { AdapterSource } from "@corr2d/parity";
import { type ConvCase, realData } from "@corr2d/testkit";
import { supportsOneChannel } from "./one-channel.ts";

const ON_SCALAR = { mode: "same", engine: "scalar" } as const;
const ON_SIMD = { mode: "same", engine: "simd" } as const;

/** The function, in plain JavaScript. */
export const corr2dFunction: AdapterSource = matrixSource(
  "corr2d/function",
  'corr2d(x, kernel) on matrices, engine "scalar", stateless',
  ON_SCALAR,
  (x, kernel) => () => corr2d(x, kernel, ON_SCALAR).data,
);

/** The function as it is by default. */
export const corr2dSimdFunction: AdapterSource = matrixSource(
  "corr2d/simd-function",
  "corr2d(x, kernel) on matrices, on SIMD, stateless",
  ON_SIMD,
  (x, kernel) => () => corr2d(x, kernel, ON_SIMD).data,
);

/** The same, prepared. */
export const corr2dSimdPlan: AdapterSource = matrixSource(
  "corr2d/simd-plan",
  "plan(corr2d, shape, kernel), on SIMD",
  ON_SIMD,
  ({ shape, data }, kernel) => {
    const planned = plan(corr2d, shape, kernel, ON_SIMD);
    const y = new Float32Array(data.length);
    return () => planned.run(data, y);
  },
);

/** A variant that computes a picture by a kernel as `prepare` says, with functions of core. */
function matrixSource(
  name: string,
  summary: string,
  options: Corr2dOptions,
  prepare: (x: Matrix, kernel: Matrix) => () => Float32Array,
): AdapterSource {
  return {
    name,
    summary,
    load: async () => ({
      name,
      version: core.version,
      threads: 1,
      supports: supportsOneChannel,
      /** What a Fourier transform promises, where one is chosen for a dense kernel of this size. */
      promises(convCase) {
        const [x, kernel] = matricesOf(convCase, realData(convCase, 1));
        const { algorithm, errorBound } = explain(corr2d, x.shape, kernel, options);
        // Of each element's own Σ|x||w|, which is at most the greatest of a case.
        return algorithm === "fft" ? { normwise: errorBound.constant } : {};
      },
      prepare(convCase, _pass, data) {
        const compute = prepare(...matricesOf(convCase, data));
        let y: Float32Array | undefined;
        return {
          run() {
            y = compute();
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

/** The picture and the kernel of a case. */
function matricesOf(
  { inputShape, filterShape }: ConvCase,
  { x, filter }: { readonly x: Float32Array; readonly filter: Float32Array },
): [x: Matrix, kernel: Matrix] {
  const [, height, width] = inputShape;
  const [kernelHeight, kernelWidth] = filterShape;
  return [
    { shape: [height, width], data: x },
    { shape: [kernelHeight, kernelWidth], data: filter },
  ];
}
