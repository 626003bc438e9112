/**
 * Histories and machines as tables: commits below each other for one machine, machines beside each other for one commit.
 *
 * @module
 */

import { type Cell, cell, column, numbers, type Row, type Table } from "../report/document.ts";
import { range, times } from "../report/number-format.ts";
import { commitAddress } from "../report/repository.ts";
import type { HistoryRecord } from "./records.ts";

/** As many commits are shown. */
const MOST_COMMITS = 30;

/** The latest records of each machine. */
export function byMachine(history: readonly HistoryRecord[]): ReadonlyMap<string, readonly HistoryRecord[]> {
  const machines = [...new Set(history.map(({ machine }) => machine))];
  return new Map(
    machines.map((machine) => [machine, history.filter((one) => one.machine === machine).slice(-MOST_COMMITS)]),
  );
}

/** A table for each machine: the latest commits, what they did with all network layers beside each peer. */
export function trendTables(history: readonly HistoryRecord[]): readonly Table[] {
  return [...byMachine(history)].map(([machine, records]) => {
    const rivals = rivalsOf(records);
    return {
      caption: `Network layers on ${machine}, commit by commit: how many times as fast as each peer`,
      columns: [column("date"), column("commit"), ...rivals.map(numbers)],
      rows: records.map((one) => ({
        cells: [
          cell(one.created.slice(0, 10)),
          { ...cell(one.commit.slice(0, 12)), href: commitAddress(one.commit) },
          ...rivals.map((rival) => ratioCell(one, "network layers", rival)),
        ],
      })),
      notes: ["Ratios within a run, with their 95 % intervals. Machines are never pooled."],
      folded: false,
    };
  });
}

/** One table, a column for each record: machines side by side. */
export function machinesTable(records: readonly HistoryRecord[]): Table {
  const kinds = [...new Set(records.flatMap(({ ratios }) => ratios.map(({ kind }) => kind)))];
  return {
    caption: "How many times as fast as each peer, machine by machine",
    columns: [column("layers"), ...records.map(({ machine, commit }) => numbers(`${machine} @ ${commit.slice(0, 7)}`))],
    rows: rivalsOf(records).flatMap((rival): Row[] => [
      { heading: rival },
      ...kinds.map((kind) => ({ cells: [cell(kind), ...records.map((one) => ratioCell(one, kind, rival))] })),
    ]),
    notes: [
      "Each column is of one run on one machine, with 95 % intervals. Columns are compared by the eye, and never pooled.",
    ],
    folded: false,
  };
}

/** Whom records compare the subject with. */
export function rivalsOf(records: readonly HistoryRecord[]): readonly string[] {
  return [...new Set(records.flatMap(({ ratios }) => ratios.map(({ rival }) => rival)))];
}

function ratioCell({ ratios }: HistoryRecord, kind: string, rival: string): Cell {
  const found = ratios.find((one) => one.kind === kind && one.rival === rival);
  if (found === undefined) return cell("–", "muted");
  const { estimate, low, high } = found;
  const tone = low > 1 ? "good" : high < 1 ? "bad" : "muted";
  return cell(times(estimate), tone, range(low, high));
}
