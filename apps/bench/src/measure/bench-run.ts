/**
 * A benchmark run: what was asked for becomes a list of cases and variants, every case is measured in its turn, and what
 * was found becomes a report.
 *
 * @module
 */

import { flopsOf } from "@corr2d/testkit";
import { runInChild } from "#child";
import { Surroundings } from "#environment";
import type {
  BenchPass,
  BenchReport,
  CaseResult,
  Ceiling,
  FirstCalls,
  Settings,
  VariantFacts,
} from "../report/results.ts";
import { SCHEMA_VERSION } from "../report/results.ts";
import { selectCases, selectSuites } from "../suites/registry.ts";
import type { BenchCase, Suite } from "../suites/suite.ts";
import { UsageError } from "../usage-error.ts";
import type { Variant } from "../variant.ts";
import { isOurs } from "../variant-names.ts";
import { chooseVariants, needsOwnProcess } from "../variants.ts";
import { caseResult, slopesOf, withCeilingShares } from "./case-result.ts";
import { casesOfProcess, type FirstCallClass, firstCallClasses, firstCallsOf } from "./first-call.ts";
import { type MeasuredCase, measureCase } from "./measure-case.ts";
import { differencesTo } from "./resume.ts";
import { knownMs, slowAllowance } from "./slow-peers.ts";

/** What to measure, and how thoroughly. */
export interface BenchRequest {
  readonly suites: readonly string[];
  readonly filter?: string | undefined;
  /** Ours by name; default all. */
  readonly ours?: readonly string[] | undefined;
  /** Peers by name; default all. */
  readonly peers?: readonly string[] | undefined;
  readonly adapterModules?: readonly string[] | undefined;
  /** The variant that ratios speak about; default the last of ours: `corr2d/auto` if it takes part. */
  readonly subject?: string | undefined;
  readonly pass: BenchPass;
  readonly fresh: boolean;
  readonly quick: boolean;
  readonly seed: number;
  readonly timePerVariant: number;
  readonly rounds: number;
  readonly processes: number;
  /** Numbers of threads to measure with beside one; default none. */
  readonly threads?: readonly number[] | undefined;
  /** Processes in which the first calls of a class of layers are timed. */
  readonly firstCalls: number;
  readonly slowestRun: number;
  readonly silenceLimit: number;
  /** Arguments of the command that asks. */
  readonly command: string;
  /** Whether slow variants are held to their share of a run; default true. Where each of two is needed neither is. */
  readonly limitSlow?: boolean;
}

/**
 * How thoroughly: `--quick`, or in earnest. Many short processes rather than few long ones: what differs from process to
 * process is most of what there is to know. Times in milliseconds.
 */
export const THOROUGHNESS = {
  quick: { timePerVariant: 40, rounds: 2, processes: 8, firstCalls: 5, slowestRun: 1_000, silenceLimit: 60_000 },
  full: { timePerVariant: 150, rounds: 4, processes: 12, firstCalls: 15, slowestRun: 15_000, silenceLimit: 180_000 },
} as const;

/** Told what is being done: `variant` is null while it is for all of them. */
export type OnStep = (variant: string | null, doing: string) => void;

/**
 * A run: `measureCeilings`, `measure` each of `cases`, `measureFirstCalls` of each of `firstCallClasses`, `measureCeilings`
 * again, then `report`.
 */
export class BenchRun {
  readonly cases: readonly BenchCase[];
  readonly variants: readonly Variant[];
  readonly settings: Settings;
  readonly #suites: readonly Suite[];
  readonly #request: BenchRequest;
  readonly #created: string;
  readonly #surroundings: Surroundings;
  /** The best speed of a variant so far, in operations a millisecond. */
  readonly #speeds: Map<string, number> = new Map();
  readonly #remarks: string[] = [];
  readonly #facts: Map<string, { version: string | null; threads: number | null; unavailable: string | null }> =
    new Map();
  readonly #results: CaseResult[] = [];
  readonly #firstCalls: FirstCalls[] = [];
  #ceilings: readonly Ceiling[] = [];

  private constructor(
    request: BenchRequest,
    suites: readonly Suite[],
    variants: readonly Variant[],
    earlier: BenchReport | undefined,
  ) {
    this.#request = request;
    this.#created = earlier?.created ?? new Date().toISOString();
    this.#surroundings = new Surroundings(request.command, earlier?.environment);
    this.#suites = suites;
    this.cases = selectCases(suites, request.filter);
    this.variants = variants;
    const { filter, pass, fresh, quick, seed, timePerVariant, rounds, processes, slowestRun } = request;
    this.settings = {
      suites: suites.map(({ name }) => name),
      filter: filter ?? null,
      pass,
      fresh,
      quick,
      seed,
      timePerVariant,
      rounds,
      processes,
      slowestRun,
      subject: chooseSubject(variants, request.subject),
      threads: request.threads ?? [],
    };
    if (earlier !== undefined) this.#goOnFrom(earlier);
  }

  /**
   * Resolves names; measures nothing yet.
   *
   * @param earlier a run of the same request that was interrupted: what it has measured is not measured again.
   * @throws UsageError for names there are none of, a filter that leaves nothing, or an earlier run of something else.
   */
  static async plan(request: BenchRequest, earlier?: BenchReport): Promise<BenchRun> {
    return new BenchRun(request, selectSuites(request.suites), await chooseVariants(request), earlier);
  }

  #goOnFrom(earlier: BenchReport): void {
    const differences = differencesTo(earlier, this.report());
    if (differences.length > 0) {
      throw new UsageError(`cannot go on with a run of something else: ${differences.join("; ")}; leave --resume away`);
    }
    this.#results.push(...earlier.cases);
    this.#firstCalls.push(...(earlier.firstCalls ?? []));
    this.#ceilings = earlier.ceilings;
    this.#remarks.push(...earlier.remarks);
    for (const { name, version, threads, unavailable } of earlier.variants) {
      this.#facts.set(name, { version, threads, unavailable });
    }
  }

  /** Whether an earlier part of the run has measured a case. */
  isMeasured({ suite, convCase }: BenchCase): boolean {
    return this.#results.some((found) => found.suite === suite && found.convCase.name === convCase.name);
  }

  /** Says something to the reader of the report, once. */
  remark(sentence: string): void {
    if (!this.#remarks.includes(sentence)) this.#remarks.push(sentence);
  }

  /**
   * Measures the ceilings; the best of all times counts. So it is done more than once: on a shared machine the ceiling
   * is whatever the neighbours leave.
   */
  async measureCeilings(): Promise<readonly Ceiling[]> {
    const ending = await runInChild({ kind: "ceilings" }, { silenceLimit: this.#request.silenceLimit });
    if (ending.kind === "failed") this.remark(`The ceilings could not be measured: ${ending.reason}.`);
    else if (ending.answer.kind === "ceilings") {
      this.#ceilings = ending.answer.ceilings.map((ceiling) => {
        const known = this.#ceilings.find(({ engine }) => engine === ceiling.engine);
        return known !== undefined && known.gflops > ceiling.gflops ? known : ceiling;
      });
    }
    return this.#ceilings;
  }

  /** Measures one case; whatever a variant does, there is a result. */
  async measure(benchCase: BenchCase, onStep: OnStep): Promise<CaseResult> {
    const { processes, silenceLimit, adapterModules = [] } = this.#request;
    const { pass, fresh, seed, timePerVariant, rounds, slowestRun, subject, threads } = this.settings;
    const measured = await measureCase(
      {
        kind: "measure",
        benchCase,
        variants: this.variants.map(({ source }) => source.name),
        adapterModules,
        pass: benchCase.pass ?? pass,
        fresh: benchCase.fresh ?? fresh,
        seed,
        timePerVariant,
        rounds,
        slowestRun,
        subject,
        slowAllowance:
          this.#request.limitSlow === false
            ? Number.POSITIVE_INFINITY
            : slowAllowance(this.variants.length, processes, timePerVariant),
        predictedMs: this.#predictedMs(benchCase),
      },
      {
        processes,
        threads,
        silenceLimit,
        onStep: (process, variant, doing) =>
          onStep(variant, processes === 1 ? doing : `${doing} (process ${process + 1} of ${processes})`),
      },
    );
    this.#remember(benchCase, measured);
    const result = caseResult(benchCase, measured, { subject, isApart: needsOwnProcess });
    this.#results.push(result);
    return result;
  }

  /** How long a run will take of those who have shown how fast they are. */
  #predictedMs({ convCase }: BenchCase): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#speeds].map(([name, speed]) => [name, flopsOf(convCase) / speed]));
  }

  /** Classes of layers whose first calls are to be timed. */
  get firstCallClasses(): readonly FirstCallClass[] {
    const asking = this.#suites.filter(({ firstCalls }) => firstCalls).map(({ name }) => name);
    return this.settings.subject === null
      ? []
      : firstCallClasses(this.cases.filter(({ suite }) => asking.includes(suite))).filter(({ name }) =>
          this.#firstCalls.every(({ layerClass }) => layerClass !== name),
        );
  }

  /** Times the subject's first calls of a class, over the layers that it was timed on; undefined if there are none. */
  async measureFirstCalls({ name, cases }: FirstCallClass, onStep: OnStep): Promise<FirstCalls | undefined> {
    const { firstCalls: processes, silenceLimit, adapterModules = [] } = this.#request;
    const { pass, seed, subject } = this.settings;
    const isTimed = ({ convCase }: BenchCase) =>
      this.#results.some(
        (found) =>
          found.convCase.name === convCase.name &&
          found.results.some(({ variant, outcome }) => variant === subject && outcome === "timed"),
      );
    const timed = { name, cases: cases.filter(isTimed) };
    if (subject === null || timed.cases.length === 0) return undefined;
    const found: (readonly number[])[] = [];
    for (let process = 0; process < processes; process++) {
      onStep(subject, `first calls (process ${process + 1} of ${processes})`);
      const ending = await runInChild(
        { kind: "first calls", cases: casesOfProcess(timed, process), pass, variant: subject, adapterModules, seed },
        { silenceLimit },
      );
      if (ending.kind === "failed") this.remark(`Some first calls (${name}) could not be timed: ${ending.reason}.`);
      else if (ending.answer.kind === "first calls") found.push(ending.answer.aboveSteadyMs);
    }
    const result = firstCallsOf(timed, found, seed);
    if (result !== undefined) this.#firstCalls.push(result);
    return result;
  }

  #remember({ convCase, pass = this.settings.pass }: BenchCase, { variants }: MeasuredCase): void {
    for (const measured of variants) {
      const { variant, version, threads, outcome, reason } = measured;
      const ms = knownMs(measured);
      // Gradients are computed by other code.
      if (ms !== null && pass === this.settings.pass) {
        this.#speeds.set(variant, Math.max(this.#speeds.get(variant) ?? 0, flopsOf(convCase) / ms));
      }
      const known = this.#facts.get(variant);
      this.#facts.set(variant, {
        version: version ?? known?.version ?? null,
        threads: threads ?? known?.threads ?? null,
        unavailable: outcome === "unavailable" ? reason : null,
      });
    }
  }

  /** What was found so far. */
  report(complete: boolean = false): BenchReport {
    // What changes its process is not under the ceiling that was measured in another.
    const engineOf = (name: string) =>
      this.variants.find(({ source, ownProcess }) => source.name === name && ownProcess !== true)?.engine;
    const environment = this.#surroundings.describe();
    return {
      kind: "corr2d-bench",
      schemaVersion: SCHEMA_VERSION,
      created: this.#created,
      complete,
      remarks: this.#remarks,
      settings: this.settings,
      environment,
      ceilings: this.#ceilings,
      variants: this.variants.map((variant): VariantFacts => {
        const { source, engine, promised, border, clock } = variant;
        const facts = this.#facts.get(source.name) ?? { version: null, threads: null, unavailable: null };
        return {
          name: source.name,
          summary: source.summary,
          engine,
          precision: promised.precision,
          border,
          clock,
          apart: variant.ownProcess === true,
          ...facts,
        };
      }),
      cases: this.#results.map((found) => withCeilingShares(found, this.#ceilings, engineOf, environment.cores)),
      slopes: slopesOf(this.#suites, this.#results),
      ...(this.#firstCalls.length > 0 && { firstCalls: this.#firstCalls }),
    };
  }
}

/** The variant that ratios speak about: as asked, or the last of ours, which is what a user gets. */
function chooseSubject(variants: readonly Variant[], wanted: string | undefined): string | null {
  const names = variants.map(({ source }) => source.name);
  if (wanted === undefined) return names.findLast(isOurs) ?? names[0] ?? null;
  const found = names.find((name) => name === wanted || name === `corr2d/${wanted}`);
  if (found === undefined)
    throw new UsageError(`the subject "${wanted}" takes no part; it must be one of ${names.join(", ")}`);
  return found;
}
