/**
 * First calls: a layer is prepared and run for the first time, in a process that has computed nothing but the layers before
 * it. How much longer that takes than a later run is what a user waits for: code that is compiled, weights that are packed,
 * pages that the system hands out.
 *
 * @module
 */

import { seededRandom } from "@corr2d/testkit";
import { median } from "simple-statistics";
import type { FirstCalls } from "../report/results.ts";
import { medianInterval } from "../statistics/bootstrap.ts";
import { dataOf } from "../suites/case-data.ts";
import { LAYER_CLASSES, type LayerClass, layerClassOf } from "../suites/layer-class.ts";
import type { BenchCase } from "../suites/suite.ts";
import { findVariants } from "../variants.ts";
import type { FirstCallJob } from "./job.ts";

/** Later runs, of which the median is what a call takes; by then code is compiled. */
const LATER_RUNS = 40;

/** Does a job: by how many milliseconds the first call of each case takes longer than a later one. */
export async function measureFirstCalls(job: FirstCallJob): Promise<readonly number[]> {
  const [variant] = await findVariants([job.variant], job.adapterModules);
  const adapter = await variant.source.load();
  const data = await Promise.all(job.cases.map((benchCase) => dataOf(benchCase, job.seed)));
  const aboveSteadyMs: number[] = [];
  for (const [index, { convCase, pass = job.pass }] of job.cases.entries()) {
    const start = performance.now();
    // It stays prepared, as the layers of a network do.
    const prepared = await adapter.prepare(convCase, pass, data[index]);
    await prepared.run();
    const first = performance.now() - start;
    const later: number[] = [];
    while (later.length < LATER_RUNS) {
      const before = performance.now();
      await prepared.run();
      later.push(performance.now() - before);
    }
    aboveSteadyMs.push(first - median(later.slice(LATER_RUNS / 2)));
  }
  return aboveSteadyMs;
}

/** The layers of a class, prepared once. */
export interface FirstCallClass {
  readonly name: LayerClass;
  readonly cases: readonly BenchCase[];
}

/** Cases by class, without those whose weights are new at every call: their first call is that of another class. */
export function firstCallClasses(cases: readonly BenchCase[]): readonly FirstCallClass[] {
  return LAYER_CLASSES.map((name) => ({
    name,
    cases: cases.filter((benchCase) => benchCase.fresh !== true && layerClassOf(benchCase) === name),
  })).filter((found) => found.cases.length > 0);
}

/** The cases of one process: each layer of a class is the first in its turn, and the next one follows. */
export function casesOfProcess({ cases }: FirstCallClass, process: number): readonly BenchCase[] {
  const turned = cases.map((_, n) => cases[(process + n) % cases.length]);
  return turned.slice(0, 2);
}

/** What the processes of a class have found. */
export function firstCallsOf(
  { name }: FirstCallClass,
  found: readonly (readonly number[])[],
  seed: number,
): FirstCalls | undefined {
  const interval = (values: readonly number[]) =>
    medianInterval(values, seededRandom(seed, `${name}/first calls`).uniform);
  const first = interval(found.flatMap(([value]) => value ?? []));
  const further = interval(found.flatMap(([, value]) => value ?? []));
  return first && { layerClass: name, processes: found.length, first, further: further ?? null };
}
