/**
 * The section of one suite: how much faster the subject is, how fast everybody is, and every figure behind that.
 *
 * @module
 */

import { describeCase } from "@corr2d/testkit";
import { median } from "simple-statistics";
import { LAYER_CLASSES, layerClassOf } from "../../suites/layer-class.ts";
import { isOurs } from "../../variant-names.ts";
import type { RatioChart } from "../chart.ts";
import { type Cell, cell, column, numbers, type Row, type Section, type Table } from "../document.ts";
import { bytes, percent, range, threeDigits, times } from "../number-format.ts";
import { ratioCell } from "../ratio-words.ts";
import type { BenchReport, CaseResult, Twin, VariantResult } from "../results.ts";
import { slug } from "../slug.ts";
import { growthBlocks } from "./growth.ts";

/** The section of the suite `suite`. */
export function speedSection(report: BenchReport, suite: string, heading: string): Section {
  const cases = report.cases.filter((found) => found.suite === suite);
  const variants = variantsWith(cases, ({ timing }) => timing !== null);
  const { subject } = report.settings;
  const rivals = variants.filter((variant) => variant !== subject);
  return {
    id: suite,
    heading,
    blocks: [
      ...growthBlocks(report, suite, cases, variants),
      ...(subject === null || rivals.length === 0 ? [] : ratioBlocks(suite, cases, subject, rivals)),
      { kind: "table", table: speedTable(cases, variants) },
      { kind: "table", table: detailTable(cases, subject) },
    ],
  };
}

/** The variants of which some result has a certain property, in the order of the run. */
export function variantsWith(cases: readonly CaseResult[], has: (result: VariantResult) => boolean): readonly string[] {
  return [...new Set(cases.flatMap(({ results }) => results.filter(has).map(({ variant }) => variant)))];
}

/** What a variant did with a case, if it took part. */
export function resultOf({ results }: CaseResult, variant: string): VariantResult | undefined {
  return results.find((result) => result.variant === variant);
}

function ratioBlocks(
  suite: string,
  cases: readonly CaseResult[],
  subject: string,
  rivals: readonly string[],
): Section["blocks"] {
  const table: Table = {
    caption: `How many times as fast as each of the others ${subject} is: estimate and 95 % interval`,
    columns: [column("layer"), ...rivals.map(numbers), numbers("noise floor")],
    rows: cases.map((found) => ({
      id: rowId(found),
      group: layerClassOf(found),
      cells: [
        caseCell(found),
        ...rivals.map((variant) => ratioCell(resultOf(found, variant)?.ratio ?? null)),
        floorCell(found),
      ],
    })),
    notes: [
      `Above 1 ${subject} is the faster one.`,
      "The noise floor is how far the ratio of one variant, timed as if it were two, strays from 1; " +
        "≈ stands for no detectable difference: within the noise floor, or an interval that holds 1.",
    ],
    ratios: { columnsAfter: 1 },
    folded: false,
  };
  return [...ratioCharts(suite, cases, subject, rivals), { kind: "table", table }];
}

/** The place of a layer in the page. */
export function rowId({ suite, convCase }: CaseResult): string {
  return `${suite}-${slug(convCase.name)}`;
}

/** A chart for each class of layers, of the peers only where there are any: what of ours is chosen by us is ours to know. */
function ratioCharts(
  suite: string,
  cases: readonly CaseResult[],
  subject: string,
  rivals: readonly string[],
): Section["blocks"] {
  const peers = rivals.filter((variant) => !isOurs(variant));
  return LAYER_CLASSES.flatMap((name): Section["blocks"] => {
    const members = cases.filter((found) => layerClassOf(found) === name);
    const timed = (peers.length > 0 ? peers : rivals).filter((variant) =>
      members.some((found) => resultOf(found, variant)?.ratio),
    );
    if (timed.length === 0) return [];
    const floors = members.flatMap(({ twin }) => twin?.noiseFloor ?? []);
    const chart: RatioChart = {
      kind: "ratio",
      id: `${suite}-${slug(name)}`,
      title: `${subject} beside the others: ${name}`,
      caption:
        `How many times as fast ${subject} is on each layer: the mark is the estimate, the bar its 95 % interval; ` +
        "the strip is the noise floor of the median layer.",
      subject,
      group: name,
      cases: members.map(({ convCase }) => convCase.name),
      rows: members.map(rowId),
      noiseFloor: floors.length === 0 ? 1 : median(floors),
      series: timed.map((variant) => ({
        variant,
        points: members.map((found) => {
          const ratio = resultOf(found, variant)?.ratio;
          return ratio ? { estimate: ratio.estimate, low: ratio.low, high: ratio.high } : null;
        }),
      })),
    };
    return [{ kind: "chart", chart }];
  });
}

/** A layer, and below it its network. */
export function caseCell({ convCase }: CaseResult): Cell {
  const [network, layer] = convCase.name.split("/");
  return layer === undefined ? cell(network) : cell(layer, "plain", network);
}

/** How far the subject strays from itself: in the same processes and, where somebody needs them, in processes of its own. */
function floorCell({ twin, twinApart }: CaseResult): Cell {
  const floor = (found: Twin | null) => (found?.noiseFloor == null ? "–" : times(found.noiseFloor));
  return cell(floor(twin), "muted", twinApart === null ? undefined : `apart ${floor(twinApart)}`);
}

function speedTable(cases: readonly CaseResult[], variants: readonly string[]): Table {
  return {
    caption: "GFLOP/s",
    columns: [column("layer"), ...variants.map(numbers)],
    rows: cases.map((found) => {
      const group = layerClassOf(found);
      const fastest = Math.max(...found.results.map(({ timing }) => timing?.gflops ?? 0));
      return {
        group,
        cells: [
          caseCell(found),
          ...variants.map((variant) => {
            const timing = resultOf(found, variant)?.timing;
            if (!timing) return cell("–", "muted");
            return cell(threeDigits(timing.gflops), timing.gflops === fastest ? "strong" : "plain");
          }),
        ],
      };
    }),
    notes: [],
    folded: false,
  };
}

/** Every figure of these cases: error beside time, and why there is none. */
export function detailTable(cases: readonly CaseResult[], subject: string | null): Table {
  const hasEnergy = cases.some(({ results }) => results.some(({ timing }) => timing?.joulesPerRun !== undefined));
  return {
    caption: "Every figure",
    columns: [
      column("variant"),
      numbers("median ms (quartiles)"),
      numbers("calls"),
      numbers("GFLOP/s"),
      numbers("of ceiling"),
      ...(hasEnergy ? [numbers("mJ a call")] : []),
      numbers(subject === null ? "ratio" : `${subject} is`),
      numbers("error / bound"),
      numbers("scratch"),
      column("remark"),
    ],
    rows: cases.flatMap((found): Row[] => [
      { heading: `${found.convCase.name}: ${describeCase(found.convCase)}, ${threeDigits(found.flops / 1e6)} MFLOP` },
      ...found.results.filter(({ outcome }) => outcome !== "unsupported").map((result) => detailRow(result, hasEnergy)),
    ]),
    notes: notAsked(cases),
    folded: true,
  };
}

/** Who does not offer some of these cases, and why. */
function notAsked(cases: readonly CaseResult[]): readonly string[] {
  const byReason = new Map<string, { variants: Set<string>; cases: Set<string> }>();
  for (const { convCase, results } of cases) {
    for (const { variant, outcome, reason } of results) {
      if (outcome !== "unsupported" || reason === null) continue;
      const entry = byReason.get(reason) ?? { variants: new Set(), cases: new Set() };
      entry.variants.add(variant);
      entry.cases.add(convCase.name);
      byReason.set(reason, entry);
    }
  }
  return [...byReason].map(([reason, { variants, cases: refused }]) => {
    const which = refused.size === cases.length ? "" : ` for ${[...refused].join(", ")}`;
    return `Not asked${which}: ${[...variants].join(", ")} (${reason}).`;
  });
}

/** Algorithms of ours that do every operation that is counted. */
const ALL_OPERATIONS = /^corr2d\/(naive|im2col|tiled|grouped|direct|depthwise|single-channel)$/;

/** Above the ceiling is who needs fewer operations than are counted; who does not shows that others worked while it was measured. */
function ceilingCell(share: number, variant: string): Cell {
  const why = ALL_OPERATIONS.test(variant) ? "a disturbed ceiling" : "direct-equivalent";
  return cell(percent(share), "plain", share > 1 ? why : undefined);
}

function detailRow(result: VariantResult, hasEnergy: boolean): Row {
  const { variant, outcome, reason, agreement, timing, ratio, scratchBytes } = result;
  const none = cell("–", "muted");
  const wrong = outcome === "disagrees" || outcome === "failed";
  return {
    cells: [
      cell(variant),
      ...(timing === null
        ? [none, none, none, none]
        : [
            cell(threeDigits(timing.medianMs), "plain", range(timing.lowerQuartileMs, timing.upperQuartileMs)),
            cell(String(timing.runs)),
            cell(threeDigits(timing.gflops)),
            timing.ceilingShare === null ? none : ceilingCell(timing.ceilingShare, variant),
          ]),
      ...(hasEnergy ? [timing?.joulesPerRun === undefined ? none : cell(threeDigits(timing.joulesPerRun * 1e3))] : []),
      ratioCell(ratio),
      agreement === null ? none : cell(threeDigits(agreement.worstErrorOverBound), agreement.agrees ? "plain" : "bad"),
      scratchBytes === null ? none : cell(bytes(scratchBytes)),
      outcome === "timed"
        ? cell("")
        : cell(`${outcome === "too slow" ? "not timed" : outcome}: ${reason}`, wrong ? "bad" : "muted"),
    ],
  };
}
