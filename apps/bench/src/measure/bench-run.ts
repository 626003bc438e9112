/**
 * A benchmark run: what was asked for becomes a list of cases and variants, every case is measured in its turn, and what
 * was found becomes a report.
 *
 * @module
 */

import { describeEnvironment } from "../environment.ts";
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
import { chooseVariants, isOurs, type Variant } from "../variants.ts";
import { caseResult, slopesOf, withCeilingShares } from "./case-result.ts";
import { runInChild } from "./child.ts";
import { casesOfProcess, type FirstCallClass, firstCallClasses, firstCallsOf } from "./first-call.ts";
import { type MeasuredCase, measureCase } from "./measure-case.ts";

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
  /** Processes in which the first calls of a class of layers are timed. */
  readonly firstCalls: number;
  readonly slowestRun: number;
  readonly silenceLimit: number;
}

/** How thoroughly: `--quick`, or in earnest. Times in milliseconds. */
export const THOROUGHNESS = {
  quick: { timePerVariant: 250, rounds: 10, processes: 1, firstCalls: 5, slowestRun: 1_000, silenceLimit: 60_000 },
  full: { timePerVariant: 600, rounds: 12, processes: 3, firstCalls: 15, slowestRun: 15_000, silenceLimit: 180_000 },
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
  readonly #created: Date = new Date();
  readonly #environment: BenchReport["environment"] = describeEnvironment();
  readonly #facts: Map<string, { version: string | null; threads: number | null; unavailable: string | null }> =
    new Map();
  readonly #results: CaseResult[] = [];
  readonly #firstCalls: FirstCalls[] = [];
  #ceilings: readonly Ceiling[] = [];

  private constructor(request: BenchRequest, suites: readonly Suite[], variants: readonly Variant[]) {
    this.#request = request;
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
    };
  }

  /**
   * Resolves names; measures nothing yet.
   *
   * @throws UsageError for names there are none of, or a filter that leaves nothing.
   */
  static async plan(request: BenchRequest): Promise<BenchRun> {
    return new BenchRun(request, selectSuites(request.suites), await chooseVariants(request));
  }

  /**
   * Measures the ceilings; the best of all times counts. So it is done more than once: on a shared machine the ceiling
   * is whatever the neighbours leave.
   */
  async measureCeilings(): Promise<readonly Ceiling[]> {
    const ending = await runInChild({ kind: "ceilings" }, { silenceLimit: this.#request.silenceLimit });
    if (ending.kind === "failed") throw new Error(`the ceilings could not be measured: ${ending.reason}`);
    if (ending.answer.kind === "ceilings") {
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
    const { pass, fresh, seed, timePerVariant, rounds, slowestRun, subject } = this.settings;
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
        judged: {},
      },
      {
        processes,
        silenceLimit,
        onStep: (process, variant, doing) =>
          onStep(variant, processes === 1 ? doing : `${doing} (process ${process + 1} of ${processes})`),
      },
    );
    this.#remember(measured);
    const result = caseResult(benchCase, measured, { subject, seed });
    this.#results.push(result);
    return result;
  }

  /** Classes of layers whose first calls are to be timed. */
  get firstCallClasses(): readonly FirstCallClass[] {
    const asking = this.#suites.filter(({ firstCalls }) => firstCalls).map(({ name }) => name);
    return this.settings.subject === null
      ? []
      : firstCallClasses(this.cases.filter(({ suite }) => asking.includes(suite)));
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
      if (ending.kind === "failed") throw new Error(`first calls of ${name} could not be measured: ${ending.reason}`);
      if (ending.answer.kind === "first calls") found.push(ending.answer.aboveSteadyMs);
    }
    const result = firstCallsOf(timed, found, seed);
    if (result !== undefined) this.#firstCalls.push(result);
    return result;
  }

  #remember({ variants }: MeasuredCase): void {
    for (const { variant, version, threads, outcome, reason } of variants) {
      const known = this.#facts.get(variant);
      this.#facts.set(variant, {
        version: version ?? known?.version ?? null,
        threads: threads ?? known?.threads ?? null,
        unavailable: outcome === "unavailable" ? reason : null,
      });
    }
  }

  /** What was found so far. */
  report(): BenchReport {
    // What changes its process is not under the ceiling that was measured in another.
    const engineOf = (name: string) =>
      this.variants.find(({ source, ownProcess }) => source.name === name && ownProcess !== true)?.engine;
    return {
      kind: "corr2d-bench",
      schemaVersion: SCHEMA_VERSION,
      created: this.#created.toISOString(),
      settings: this.settings,
      environment: this.#environment,
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
          ...facts,
        };
      }),
      cases: this.#results.map((found) => withCeilingShares(found, this.#ceilings, engineOf)),
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
