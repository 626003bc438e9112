/**
 * The section on threads: how many times as fast everybody is on several as on one, how far below what as many cores could do,
 * and how the others do with as many.
 *
 * @module
 */

import { type Interval, judgeRatio, noiseFloor } from "../../statistics/verdict.ts";
import { LAYER_CLASSES, layerClassOf } from "../../suites/layer-class.ts";
import type { ScalingChart } from "../chart.ts";
import { type Block, type Cell, cell, column, numbers, type Row, type Section, type Table } from "../document.ts";
import { pairTotal, roundsOf } from "../layer-totals.ts";
import { percent, range, times } from "../number-format.ts";
import { ratioCell, someOf } from "../ratio-words.ts";
import type { BenchReport, CaseResult, ThreadedResult } from "../results.ts";
import { caseCell } from "./speed.ts";

/** A section, or none where everybody was timed on one thread only. */
export function threadsSections(report: BenchReport): readonly Section[] {
  const suites = suitesOf(report);
  if (suites.length === 0) return [];
  return [
    {
      id: "threads",
      heading: "Several threads",
      blocks: [
        { kind: "text", text: ABOUT },
        ...suites.flatMap(({ name, cases }): Block[] => [
          { kind: "chart", chart: scalingChart(name, cases) },
          ...tablesOf(report, name, cases).map((table): Block => ({ kind: "table", table })),
        ]),
      ],
    },
  ];
}

const ABOUT =
  "Processes in which everybody has several threads take turns with those in which everybody has one, so that both meet the same machine. " +
  "Small layers of ours stay on one thread by themselves. Before each turn there is a pause, in which the threads of whoever had the last one fall asleep.";

/** The tables of that section, for the terminal. */
export function threadsTables(report: BenchReport): readonly Table[] {
  return suitesOf(report).flatMap(({ name, cases }) => tablesOf(report, name, cases));
}

/** The suites that were timed on several threads. */
function suitesOf({ settings, cases }: BenchReport): readonly { name: string; cases: readonly CaseResult[] }[] {
  return settings.suites
    .map((name) => ({ name, cases: cases.filter(({ suite, threaded }) => suite === name && threaded.length > 0) }))
    .filter(({ cases: found }) => namesOf(found).length > 0);
}

/** Everybody who was timed on several threads. */
function namesOf(cases: readonly CaseResult[]): readonly string[] {
  const timed = cases.flatMap(({ threaded }) =>
    threaded.flatMap(({ results }) => results.filter(({ timing }) => timing)),
  );
  return [...new Set(timed.map(({ variant }) => variant))];
}

function onThreads(found: CaseResult, threads: number, variant: string): ThreadedResult | undefined {
  return found.threaded.find((one) => one.threads === threads)?.results.find((result) => result.variant === variant);
}

function countsOf(cases: readonly CaseResult[]): readonly number[] {
  return [...new Set(cases.flatMap(({ threaded }) => threaded.map(({ threads }) => threads)))].sort((a, b) => a - b);
}

/** How many times as fast a variant does all layers, one after the other, that it was timed on. */
function totalSpeedup(cases: readonly CaseResult[], variant: string, threads: number): Interval | undefined {
  const onSeveral = (found: CaseResult) => onThreads(found, threads, variant)?.timing?.rounds;
  return pairTotal(cases, roundsOf(variant), onSeveral, { apart: true });
}

function scalingChart(suite: string, cases: readonly CaseResult[]): ScalingChart {
  return {
    kind: "scaling",
    id: `${suite}-threads`,
    title: "Times as fast as on one thread",
    caption:
      "All layers of the suite, one after the other, beside the same variant on one thread: the bar is the 95 % interval. On the dashed " +
      "line twice the threads are twice as fast.",
    series: namesOf(cases).flatMap((variant) => {
      const points = countsOf(cases).flatMap((threads) => {
        const total = totalSpeedup(cases, variant, threads);
        return total === undefined ? [] : [{ threads, ...total }];
      });
      return points.length === 0
        ? []
        : [{ variant, points: [{ threads: 1, estimate: 1, low: 1, high: 1 }, ...points] }];
    }),
  };
}

function tablesOf(report: BenchReport, suite: string, cases: readonly CaseResult[]): readonly Table[] {
  const counts = countsOf(cases);
  return [speedupTable(report, suite, cases, counts), ...rivalsTables(report, suite, cases, counts)];
}

function speedupTable(
  { ceilings }: BenchReport,
  suite: string,
  cases: readonly CaseResult[],
  counts: readonly number[],
): Table {
  const names = namesOf(cases);
  const ofCeiling =
    ceilings.length === 0 ? "" : "; below, the 95 % interval and the share of the ceiling of as many cores";
  return {
    caption: `How many times as fast on several threads as on one, suite ${suite}${ofCeiling}`,
    columns: [column("layer"), ...names.map(numbers)],
    rows: counts.flatMap((threads): Row[] => [
      { heading: `${threads} threads` },
      ...(cases.length < 2
        ? []
        : [
            {
              cells: [
                cell("all layers", "strong", "one after the other"),
                ...names.map((name) => speedupCell(totalSpeedup(cases, name, threads))),
              ],
            },
          ]),
      ...cases.map((found) => ({
        group: layerClassOf(found),
        cells: [
          caseCell(found),
          ...names.map((name) => {
            const result = onThreads(found, threads, name);
            return speedupCell(result?.speedup ?? undefined, result?.timing?.ceilingShare ?? undefined);
          }),
        ],
      })),
    ]),
    notes: notThreaded(cases),
    folded: false,
  };
}

function speedupCell(speedup: Interval | undefined, ceilingShare?: number): Cell {
  if (speedup === undefined) return cell("–", "muted");
  const { estimate, low, high } = speedup;
  const tone = low > 1 ? "good" : high < 1 ? "bad" : "muted";
  const share = ceilingShare === undefined ? "" : `, ${percent(ceilingShare)}`;
  return cell(times(estimate), tone, `${range(low, high)}${share}`);
}

/** How the subject does beside the others that have as many threads, on all layers and by class. */
function rivalsTables(
  { settings: { subject } }: BenchReport,
  suite: string,
  cases: readonly CaseResult[],
  counts: readonly number[],
): readonly Table[] {
  const rivals = namesOf(cases).filter((name) =>
    cases.some(({ threaded }) =>
      threaded.some(({ results }) => results.some(({ variant, ratio }) => variant === name && ratio !== null)),
    ),
  );
  if (subject === null || rivals.length === 0) return [];
  const classes = LAYER_CLASSES.map((name) => ({
    name,
    members: cases.filter((found) => layerClassOf(found) === name),
  }));
  const kinds = [{ name: "all layers", members: cases }, ...classes].filter(({ members }) => members.length > 0);
  return [
    {
      caption: `How many times as fast as the others ${subject} is, everybody with as many threads, suite ${suite}`,
      columns: [column("class of layer"), ...rivals.map(numbers), numbers("noise floor")],
      rows: counts.flatMap((threads): Row[] => [
        { heading: `${threads} threads` },
        ...kinds.map(({ name, members }) => {
          const roundsOn = (who: string) => (found: CaseResult) => onThreads(found, threads, who)?.timing?.rounds;
          const self = (found: CaseResult) => found.threaded.find((one) => one.threads === threads)?.twin?.rounds;
          const floor = pairTotal(members, self, roundsOn(subject), { apart: false });
          const factor = floor && noiseFloor(floor);
          return {
            cells: [
              cell(name, "plain", members.length === 1 ? "one layer" : `${members.length} layers`),
              ...rivals.map((rival) => {
                const total = pairTotal(members, roundsOn(rival), roundsOn(subject), { apart: false });
                if (total === undefined || factor === undefined) return ratioCell(null);
                const judged = { ...total, verdict: judgeRatio(total, factor) };
                return ratioCell(judged, someOf(total.layers, members.length));
              }),
              cell(factor === undefined ? "–" : times(factor), "muted"),
            ],
          };
        }),
      ]),
      notes: [],
      folded: false,
    },
  ];
}

/** Who was not timed on several threads, and why. */
function notThreaded(cases: readonly CaseResult[]): readonly string[] {
  const refusals = new Map<string, Set<string>>();
  for (const { threaded } of cases) {
    for (const { threads, results } of threaded) {
      for (const { variant, outcome, reason } of results) {
        if (outcome === "timed") continue;
        const why = `on ${threads} threads: ${reason}`;
        refusals.set(why, (refusals.get(why) ?? new Set()).add(variant));
      }
    }
  }
  return [...refusals].map(([why, names]) => `Not timed ${why} (${[...names].join(", ")}).`);
}
