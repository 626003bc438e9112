/**
 * From rounds to findings: medians, speeds, shares of the ceiling, ratios with their intervals, the noise floor.
 *
 * @module
 */

import { flopsOf } from "@corr2d/testkit";
import { median, quantile } from "simple-statistics";
import type { CaseResult, Ceiling, Engine, Ratio, Slope, Timing, Twin, VariantResult } from "../report/results.ts";
import { judgeRatio, noiseFloor, type RoundTimes, ratioOf } from "../statistics/ratio.ts";
import { fitPowerLaw } from "../statistics/slope.ts";
import type { BenchCase, Suite } from "../suites/suite.ts";
import type { MeasuredCase, PooledVariant } from "./measure-case.ts";

/** What findings are held against. */
export interface Yardsticks {
  readonly subject: string | null;
  /** Whether a variant was measured in processes of its own. */
  readonly isApart: (variant: string) => boolean;
}

/** The findings of one case, shares of the ceiling left open: see {@link withCeilingShares}. */
export function caseResult(
  { suite, convCase, pass, fresh }: BenchCase,
  measured: MeasuredCase,
  by: Yardsticks,
): CaseResult {
  const flops = flopsOf(convCase);
  const subject = measured.variants.find(({ variant }) => variant === by.subject);
  const subjectRounds = subject?.outcome === "timed" ? subject.rounds : undefined;
  const twin = twinOf(measured.selfRounds, subjectRounds, false);
  const twinApart = twinOf(measured.selfRoundsApart, subjectRounds, true);

  const ratioTo = (variant: PooledVariant): Ratio | null => {
    const apart = by.isApart(variant.variant);
    const floor = (apart ? twinApart : twin)?.noiseFloor ?? undefined;
    if (subjectRounds === undefined || floor === undefined || variant === subject) return null;
    const ratio = ratioOf({ numerator: variant.rounds, denominator: subjectRounds, apart });
    return ratio === undefined ? null : { ...ratio, verdict: judgeRatio(ratio, floor) };
  };
  return {
    suite,
    convCase,
    ...(pass !== undefined && { pass }),
    ...(fresh !== undefined && { fresh }),
    flops,
    twin,
    twinApart,
    results: measured.variants.map(
      (variant): VariantResult => ({
        variant: variant.variant,
        outcome: variant.outcome,
        reason: variant.reason,
        agreement: variant.judged?.agreement ?? null,
        timing: variant.outcome === "timed" ? timingOf(variant.rounds, variant.runs, flops) : null,
        ratio: ratioTo(variant),
        scratchBytes: variant.scratchBytes,
      }),
    ),
  };
}

function twinOf(rounds: RoundTimes, subjectRounds: RoundTimes | undefined, apart: boolean): Twin | null {
  if (subjectRounds === undefined || rounds.length === 0) return null;
  const ratio = ratioOf({ numerator: rounds, denominator: subjectRounds, apart });
  return { rounds, ratio: ratio ?? null, noiseFloor: ratio === undefined ? null : noiseFloor(ratio) };
}

function timingOf(rounds: RoundTimes, runs: number, flops: number): Timing {
  const times = rounds.flat().filter((time) => time !== null);
  const medianMs = median(times);
  return {
    medianMs,
    lowerQuartileMs: quantile(times, 0.25),
    upperQuartileMs: quantile(times, 0.75),
    runs,
    rounds,
    gflops: flops / medianMs / 1e6,
    ceilingShare: null,
  };
}

/** The same findings with each speed as a share of the ceiling of the variant's engine, where that was measured. */
export function withCeilingShares(
  found: CaseResult,
  ceilings: readonly Ceiling[],
  engineOf: (variant: string) => Engine | null | undefined,
): CaseResult {
  const share = (variant: string, { gflops }: Timing): number | null => {
    const ceiling = ceilings.find(({ engine }) => engine === engineOf(variant));
    return ceiling === undefined ? null : gflops / ceiling.gflops;
  };
  return {
    ...found,
    results: found.results.map((result) =>
      result.timing === null
        ? result
        : { ...result, timing: { ...result.timing, ceilingShare: share(result.variant, result.timing) } },
    ),
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
