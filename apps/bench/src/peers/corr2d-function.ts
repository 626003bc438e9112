/**
 * The matrix function `corr2d(x, kernel, { mode: "same" })` of core as a variant: what somebody calls who has one
 * picture and one kernel, and prepares nothing.
 *
 * @module
 */

import { corr2d, type Matrix } from "@corr2d/core";
import type { AdapterSource } from "@corr2d/parity";
import { packageVersion } from "../package-version.ts";
import { supportsOneChannel } from "./one-channel.ts";

/** The matrix function of core. */
export const corr2dFunction: AdapterSource = {
  name: "corr2d/function",
  summary: "corr2d(x, kernel) on matrices, stateless",
  load: async () => ({
    name: "corr2d/function",
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
          y = corr2d(x, kernel, { mode: "same" }).data;
        },
        read() {
          if (y === undefined) throw new Error("corr2d: read() was called before run()");
          return y;
        },
        dispose() {},
      };
    },
  }),
};
