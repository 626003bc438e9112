/**
 * Correlation of one channel with one kernel on SIMD, four neighbours of a row at a time: what `corr2d` does to a
 * photograph.
 *
 * @module
 */

import type { CorrelationMethod } from "../engine/method.ts";
import { planPlane, tilePlane } from "./plan.ts";
import { preparePlane } from "./run.ts";

/** One channel in and out. */
export const planeMethod: CorrelationMethod<"single-channel"> = {
  name: "single-channel",
  summary: "one channel in WebAssembly SIMD, a tile of rows by neighbouring pixels in registers",
  errorBound: { kind: "element" },
  propose(c) {
    const tiles = tilePlane(c);
    if (typeof tiles === "string") return tiles;
    return (engine, filter, bias, activation) =>
      preparePlane(engine, planPlane(c, tiles, engine.fma, activation), c, filter, bias);
  },
};
