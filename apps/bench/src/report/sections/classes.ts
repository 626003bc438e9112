/**
 * The section that sums up: how much faster the subject is than each of the others, by class of layer.
 *
 * @module
 */

import { geometricMean } from "simple-statistics";
import { LAYER_CLASSES, type LayerClass, layerClassOf } from "../../suites/layer-class.ts";
import { type Cell, cell, column, numbers, type Section, type Table } from "../document.ts";
import { range, times } from "../number-format.ts";
import type { BenchReport, CaseResult } from "../results.ts";
import { resultOf, variantsWith } from "./speed.ts";

/** A section, or none where there is nobody to be compared with or a single layer. */
export function classesSections({ cases, settings: { subject, fresh } }: BenchReport): readonly Section[] {
  const layers = [...new Map(cases.map((found) => [found.convCase.name, found])).values()];
  const rivals = variantsWith(layers, ({ ratio }) => ratio !== null);
  if (subject === null || rivals.length === 0 || layers.length < 2) return [];
  return [
    {
      id: "by-class",
      heading: "At a glance",
      blocks: [{ kind: "table", table: classesTable(layers, subject, rivals, fresh) }],
    },
  ];
}

function classesTable(
  layers: readonly CaseResult[],
  subject: string,
  rivals: readonly string[],
  fresh: boolean,
): Table {
  return {
    caption: `How many times as fast as each of the others ${subject} is${fresh ? ", weights new at every call" : ""}: geometric mean over the layers of a class, and the range of their medians`,
    columns: [column("class of layer"), ...rivals.map(numbers)],
    rows: LAYER_CLASSES.flatMap((name) => {
      const members = layers.filter((found) => layerClassOf(found) === name);
      if (members.length === 0) return [];
      return [{ cells: [nameCell(name, members.length), ...rivals.map((rival) => ratioCell(members, rival))] }];
    }),
    notes: [`Above 1 ${subject} is the faster one. Each layer, its interval and the noise floor stand further down.`],
    folded: false,
  };
}

function nameCell(name: LayerClass, count: number): Cell {
  return cell(name, "plain", count === 1 ? "one layer" : `${count} layers`);
}

function ratioCell(members: readonly CaseResult[], rival: string): Cell {
  const ratios = members.flatMap((found) => resultOf(found, rival)?.ratio ?? []);
  if (ratios.length === 0) return cell("–", "muted");
  const medians = ratios.map(({ median }) => median);
  const [low, high] = [Math.min(...medians), Math.max(...medians)];
  const tone = ratios.every(({ verdict }) => verdict === "faster")
    ? "good"
    : ratios.every(({ verdict }) => verdict === "slower")
      ? "bad"
      : "plain";
  return cell(times(geometricMean(medians)), tone, low === high ? undefined : range(low, high));
}
