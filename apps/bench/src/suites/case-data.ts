/**
 * What fills the arrays of a case.
 *
 * @module
 */

import { type CaseData, realData } from "@corr2d/testkit";
import { photographData } from "./images.ts";
import type { BenchCase } from "./suite.ts";

/** The data of a case: the same for the same seed. */
export async function dataOf({ convCase, data }: BenchCase, seed: number): Promise<CaseData> {
  return data === "photograph" ? photographData(convCase, seed) : realData(convCase, seed);
}
