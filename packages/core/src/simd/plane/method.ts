/**
 * Correlation of one channel with one kernel on SIMD, four neighbours of a row at a time: what `corr2d` does to a
 * photograph.
 *
 * @module
 */

import type { CorrelationMethod } from "../method.ts";
import { planPlane, supportsPlane } from "./plan.ts";
import { preparePlane } from "./run.ts";

/** One channel in and out. */
export const planeMethod: CorrelationMethod<"single-channel"> = {
  name: "single-channel",
  summary: "one channel in WebAssembly SIMD, a tile of rows by neighbouring pixels in registers",
  errorBound: { kind: "element" },
  supports: supportsPlane,
  prepare: (engine, c, filter, bias, activation) =>
    preparePlane(engine, planPlane(c, engine.fma, activation), c, filter, bias),
};
