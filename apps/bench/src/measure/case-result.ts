/**
 * From rounds to findings: medians, speeds, shares of the ceiling, ratios with their intervals, the noise floor.
 *
 * @module
 */

import { flopsOf } from "@corr2d/testkit";
import { median, quantile } from "simple-statistics";
import type {
  CaseResult,
  Ceiling,
  Engine,
  Ratio,
  Slope,
  ThreadedResults,
  Timing,
  Twin,
  VariantResult,
} from "../report/results.ts";
import { judgeRatio, noiseFloor, type RoundTimes, ratioOf } from "../statistics/ratio.ts";
import { fitPowerLaw } from "../statistics/slope.ts";
import type { BenchCase, Suite } from "../suites/suite.ts";
import type { MeasuredCase, MeasuredOnThreads, PooledVariant } from "./measure-case.ts";

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
  const { twin, twinApart, results } = findingsOf(measured, flops, by);
  return {
    suite,
    convCase,
    ...(pass !== undefined && { pass }),
    ...(fresh !== undefined && { fresh }),
    flops,
    twin,
    twinApart,
    results,
    threaded: measured.threaded.map((found) => threadedResults(found, measured.variants, flops, by)),
  };
}

/** The same on several threads, beside one. */
function threadedResults(
  measured: MeasuredOnThreads,
  onOne: readonly PooledVariant[],
  flops: number,
  by: Yardsticks,
): ThreadedResults {
  const { twin, results } = findingsOf({ ...measured, selfRoundsApart: [] }, flops, by);
  const roundsOf = (variants: readonly PooledVariant[], name: string): RoundTimes =>
    variants.find(({ variant }) => variant === name)?.rounds ?? [];
  return {
    threads: measured.threads,
    twin,
    results: results.map((result) => {
      const [numerator, denominator] = [onOne, measured.variants].map((all) => roundsOf(all, result.variant));
      return { ...result, speedup: ratioOf({ numerator, denominator, apart: true }) ?? null };
    }),
  };
}

/** What was found with one number of threads. */
type Findings = Pick<CaseResult, "twin" | "twinApart" | "results">;

function findingsOf(
  measured: Pick<MeasuredCase, "variants" | "selfRounds" | "selfRoundsApart">,
  flops: number,
  by: Yardsticks,
): Findings {
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
    twin,
    twinApart,
    results: measured.variants.map(
      (variant): VariantResult => ({
        variant: variant.variant,
        outcome: variant.outcome,
        reason: variant.reason,
        agreement: variant.judged?.agreement ?? null,
        timing: variant.outcome === "timed" ? timingOf(variant, flops) : null,
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

function timingOf({ rounds, runs, joulesPerRun }: PooledVariant, flops: number): Timing {
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
    ...(joulesPerRun !== null && { joulesPerRun }),
  };
}

/**
 * The same findings with each speed as a share of the ceiling of the variant's engine, where that was measured; of as many such
 * as there are threads, or cores if those are fewer.
 */
export function withCeilingShares(
  found: CaseResult,
  ceilings: readonly Ceiling[],
  engineOf: (variant: string) => Engine | null | undefined,
  cores: number,
): CaseResult {
  const withShare = <Result extends VariantResult>(result: Result, threads: number): Result => {
    const { variant, timing } = result;
    if (timing === null) return result;
    const ceiling = ceilings.find(({ engine }) => engine === engineOf(variant));
    const ceilingShare = ceiling === undefined ? null : timing.gflops / (ceiling.gflops * Math.min(threads, cores));
    return { ...result, timing: { ...timing, ceilingShare } };
  };
  return {
    ...found,
    results: found.results.map((result) => withShare(result, 1)),
    threaded: found.threaded.map((one) => ({
      ...one,
      results: one.results.map((result) => withShare(result, one.threads)),
    })),
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
