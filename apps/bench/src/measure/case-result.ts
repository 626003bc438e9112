/**
 * From rounds to findings: medians, speeds, shares of the ceiling, ratios with their intervals, the noise floor.
 *
 * @module
 */

import { flopsOf, seededRandom } from "@corr2d/testkit";
import { median, quantile } from "simple-statistics";
import type { CaseResult, Ceiling, Ratio, Slope, Timing, VariantResult } from "../report/results.ts";
import { judgeRatio, noiseFloor, pairedRatio, type RoundTimes } from "../statistics/ratio.ts";
import { fitPowerLaw } from "../statistics/slope.ts";
import type { BenchCase, Suite } from "../suites/suite.ts";
import type { MeasuredCase, PooledVariant } from "./measure-case.ts";

/** What findings are held against. */
export interface Yardsticks {
  readonly subject: string | null;
  readonly ceilings: readonly Ceiling[];
  readonly engineOf: (variant: string) => string;
  readonly seed: number;
}

/** The findings of one case. */
export function caseResult({ suite, convCase }: BenchCase, measured: MeasuredCase, by: Yardsticks): CaseResult {
  const flops = flopsOf(convCase);
  const random = () => seededRandom(by.seed, `${convCase.name}/bootstrap`).uniform;
  const subject = measured.variants.find(({ variant }) => variant === by.subject);
  const subjectRounds = subject?.outcome === "timed" ? subject.rounds : undefined;
  const selfRatio = subjectRounds && pairedRatio(measured.selfRounds, subjectRounds, random());
  const floor = selfRatio && noiseFloor(selfRatio);

  const ratioOf = (variant: PooledVariant): Ratio | null => {
    if (subjectRounds === undefined || floor === undefined || variant === subject) return null;
    const ratio = pairedRatio(variant.rounds, subjectRounds, random());
    return ratio === undefined ? null : { ...ratio, verdict: judgeRatio(ratio, floor) };
  };
  return {
    suite,
    convCase,
    flops,
    selfRatio: selfRatio ?? null,
    noiseFloor: floor ?? null,
    results: measured.variants.map((variant): VariantResult => {
      const ceiling = by.ceilings.find(({ engine }) => engine === by.engineOf(variant.variant));
      return {
        variant: variant.variant,
        outcome: variant.outcome,
        reason: variant.reason,
        agreement: variant.judged?.agreement ?? null,
        timing: variant.outcome === "timed" ? timingOf(variant.rounds, variant.runs, flops, ceiling) : null,
        ratio: ratioOf(variant),
        scratchBytes: variant.scratchBytes,
      };
    }),
  };
}

function timingOf(rounds: RoundTimes, runs: number, flops: number, ceiling: Ceiling | undefined): Timing {
  const times = rounds.flat().filter((time) => time !== null);
  const medianMs = median(times);
  const gflops = flops / medianMs / 1e6;
  return {
    medianMs,
    lowerQuartileMs: quantile(times, 0.25),
    upperQuartileMs: quantile(times, 0.75),
    runs,
    rounds,
    gflops,
    ceilingShare: ceiling === undefined ? null : gflops / ceiling.gflops,
  };
}

/** How each variant's time grows over the suites whose cases differ in size alone. */
export function slopesOf(suites: readonly Suite[], cases: readonly CaseResult[]): readonly Slope[] {
  return suites
    .filter(({ growing }) => growing)
    .flatMap(({ name: suite }) => {
      const own = cases.filter((found) => found.suite === suite);
      const variants = new Set(own.flatMap(({ results }) => results.map(({ variant }) => variant)));
      return [...variants].flatMap((variant): Slope[] => {
        const points = own.flatMap(({ flops, results }) => {
          const timing = results.find((result) => result.variant === variant)?.timing;
          return timing ? [{ work: flops, time: timing.medianMs }] : [];
        });
        const law = fitPowerLaw(points);
        return law === undefined ? [] : [{ suite, variant, points: points.length, ...law }];
      });
    });
}
