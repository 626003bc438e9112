/**
 * A history as a page: for each machine and each kind of layers a curve over its commits, never pooled over machines.
 *
 * @module
 */

import { printableStrings } from "@corr2d/parity/escape";
import type { TrendChart } from "../report/chart.ts";
import type { Block, Document, Section } from "../report/document.ts";
import { toHtml } from "../report/html.ts";
import { commitAddress, REPOSITORY } from "../report/repository.ts";
import { slug } from "../report/slug.ts";
import type { HistoryRecord } from "./records.ts";
import { byMachine, rivalsOf, trendTables } from "./tables.ts";

/** The page. */
export function historyPage(history: readonly HistoryRecord[]): string {
  const machines = byMachine(history);
  const tables = trendTables(history);
  const document: Document = {
    title: "corr2d, commit by commit",
    description: `How many times as fast as its peers corr2d was at ${count(new Set(history.map(({ commit }) => commit)).size, "commit")}, on ${count(machines.size, "machine")}.`,
    lead: "How many times as fast as each peer corr2d was at each commit. Every figure is a ratio within one run on one machine; machines are never pooled.",
    links: [
      { text: "The latest report", href: "index.html" },
      { text: "Repository", href: REPOSITORY },
    ],
    variants: rivalsOf(history),
    ratios: null,
    byline: [...machines].map(([machine, records]) => `${machine}: ${count(records.length, "commit")}`).join(" · "),
    banner: [],
    figures: [],
    figuresNote: null,
    sections: [...machines].map(
      ([machine, records], i): Section => ({
        id: machine,
        heading: `${machine}, ${records.at(-1)!.host}`,
        blocks: [
          ...kindsOf(records).map((kind): Block => ({ kind: "chart", chart: trendChart(machine, records, kind) })),
          { kind: "table", table: tables[i]! },
        ],
      }),
    ),
  };
  return toHtml(printableStrings(document));
}

/** Kinds of layers that records have, all network layers first. */
function kindsOf(records: readonly HistoryRecord[]): readonly string[] {
  const kinds = new Set(records.flatMap(({ ratios }) => ratios.map(({ kind }) => kind)));
  return [...kinds].sort((a, b) => Number(b === ALL_LAYERS) - Number(a === ALL_LAYERS));
}

const ALL_LAYERS = "network layers";

function trendChart(machine: string, records: readonly HistoryRecord[], kind: string): TrendChart {
  return {
    kind: "trend",
    id: `${machine}-${slug(kind)}`,
    title: kind === ALL_LAYERS ? "All network layers" : kind,
    caption: `How many times as fast as each peer, commit by commit, on ${kind}: the bar is the 95 % interval, above the line corr2d is the faster one.`,
    commits: records.map(({ commit, created }) => ({
      commit,
      date: created.slice(0, 10),
      href: commitAddress(commit),
    })),
    series: rivalsOf(records).flatMap((variant) => {
      const points = records.map(
        ({ ratios }) => ratios.find((one) => one.kind === kind && one.rival === variant) ?? null,
      );
      return points.every((point) => point === null) ? [] : [{ variant, points }];
    }),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
