/**
 * Correlation of one channel with one kernel on SIMD, four neighbours of a row at a time: what `corr2d` does to a
 * photograph.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import type { CorrelationMethod, PackFilter } from "../engine/method.ts";
import { planPlane, tilePlane } from "./plan.ts";
import { preparePlane } from "./run.ts";

/** One channel in and out. */
export const planeMethod: CorrelationMethod<"single-channel"> = {
  name: "single-channel",
  summary: "one channel in WebAssembly SIMD, a tile of rows by neighbouring pixels in registers",
  errorBound: { kind: "element" },
  propose: (c) => (c.groups === 1 ? proposePlane(c) : "there is more than one channel"),
};

/** What packs the kernels of one channel, or of a few side by side, for a correlation along the row. */
export function proposePlane(c: Correlation): PackFilter | string {
  const tiles = tilePlane(c);
  if (typeof tiles === "string") return tiles;
  return (engine, filter, bias, activation) =>
    preparePlane(engine, planPlane(c, tiles, engine.fma, activation), c, filter, bias);
}
