/**
 * The matrix functions of core as variants, `corr2d(x, kernel, { mode: "same" })`, scalar and on SIMD: what somebody calls
 * who has one picture and one kernel; and `planCorr2d`, for many pictures and one kernel.
 *
 * @module
 */

import * as scalar from "@corr2d/core";
import * as simd from "@corr2d/core/simd";
import type { AdapterSource } from "@corr2d/parity";
import { type ConvCase, realData } from "@corr2d/testkit";
import { packageVersion } from "../package-version.ts";
import { supportsOneChannel } from "./one-channel.ts";

type Matrix = scalar.Matrix<Float32Array>;
type MatrixFunctions = typeof scalar | typeof simd;

const SAME = { mode: "same" } as const;

/** The matrix function of core. */
export const corr2dFunction: AdapterSource = matrixSource(
  "corr2d/function",
  "corr2d(x, kernel) on matrices, stateless",
  scalar,
  (x, kernel) => () => scalar.corr2d(x, kernel, SAME).data,
);

/** The same of `@corr2d/core/simd`. */
export const corr2dSimdFunction: AdapterSource = matrixSource(
  "corr2d/simd-function",
  "corr2d(x, kernel) of @corr2d/core/simd, stateless",
  simd,
  (x, kernel) => () => simd.corr2d(x, kernel, SAME).data,
);

/** The same, prepared. */
export const corr2dSimdPlan: AdapterSource = matrixSource(
  "corr2d/simd-plan",
  "planCorr2d(shape, kernel) of @corr2d/core/simd",
  simd,
  ({ shape, data }, kernel) => {
    const plan = simd.planCorr2d(shape, kernel, SAME);
    const y = new Float32Array(data.length);
    return () => plan.run(data, y);
  },
);

/** A variant that computes a picture by a kernel as `prepare` says, with functions of core. */
function matrixSource(
  name: string,
  summary: string,
  { explainCorr2d }: Pick<MatrixFunctions, "explainCorr2d">,
  prepare: (x: Matrix, kernel: Matrix) => () => Float32Array,
): AdapterSource {
  return {
    name,
    summary,
    load: async () => ({
      name,
      version: packageVersion("@corr2d/core") ?? "unknown",
      threads: 1,
      supports: supportsOneChannel,
      /** What a Fourier transform promises, where one is chosen for a dense kernel of this size. */
      promises(convCase) {
        const { bound } = explainCorr2d(...matricesOf(convCase, realData(convCase, 1)), SAME);
        return bound.kind === "normwise" ? { normwise: bound.constant } : {};
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
