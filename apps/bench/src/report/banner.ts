/**
 * What a reader must know before the first figure: that a run was cut short, and that the machine had other things to do.
 *
 * @module
 */

import { median } from "simple-statistics";
import { percent, times } from "./number-format.ts";
import type { BenchReport } from "./results.ts";

/** More of the processor's time than this in the hands of other virtual machines is felt. */
const MUCH_STEAL = 0.02;
/** Ours is one process that computes; so many more for each core leave it alone no longer. */
const BUSY_SHARE = 0.5;
/** A floor above which differences of a tenth drown. */
const HIGH_FLOOR = 1.1;

/** Sentences; none where all is well. */
export function bannerOf({ complete, remarks, environment, cases }: BenchReport): readonly string[] {
  const reasons = unquiet(environment);
  const floors = cases.flatMap(({ twin }) => twin?.noiseFloor ?? []);
  const floor = floors.length === 0 ? 1 : median(floors);
  if (floor > HIGH_FLOOR) reasons.push(`the median noise floor is ${times(floor)}`);
  return [
    ...(complete ? [] : ["This run did not come to its end: layers are missing."]),
    ...remarks,
    ...(reasons.length === 0
      ? []
      : [`The machine was not quiet (${reasons.join("; ")}): intervals are wide, and small differences are not seen.`]),
  ];
}

/** What else the machine was doing. */
function unquiet({ cores, loadBefore, loadAfter, steal, governor }: BenchReport["environment"]): string[] {
  const reasons: string[] = [];
  const on = `on ${cores} ${cores === 1 ? "core" : "cores"}`;
  if (loadBefore !== null && loadBefore[0] > BUSY_SHARE * cores)
    reasons.push(`load ${loadBefore[0].toFixed(1)} ${on} before it began`);
  if (loadAfter !== null && loadAfter[0] > 1 + BUSY_SHARE * cores)
    reasons.push(`load ${loadAfter[0].toFixed(1)} ${on} when it ended`);
  if (steal !== null && steal > MUCH_STEAL)
    reasons.push(`${percent(steal)} of its time went to other virtual machines`);
  if (governor === "powersave") reasons.push("its governor saves power");
  return reasons;
}
