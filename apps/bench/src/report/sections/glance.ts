/**
 * The section that sums up: how much faster the subject is than each of the others, over whole networks and by class of layer.
 *
 * @module
 */

import { LAYER_CLASSES, layerClassOf } from "../../suites/layer-class.ts";
import { type Cell, cell, column, numbers, type Row, type Section } from "../document.ts";
import { layerTotals, networkLayers, rivalsIn, wholeNetworks } from "../layer-totals.ts";
import { range, times } from "../number-format.ts";
import type { BenchReport, CaseResult } from "../results.ts";

const NETWORK_TITLES: Readonly<Record<string, string>> = {
  lenet5: "LeNet-5",
  vgg16: "VGG-16",
  resnet50: "ResNet-50",
  mobilenetv2: "MobileNetV2",
};

/** A section, or none where there is nobody to be compared with or a single layer. */
export function glanceSections(report: BenchReport): readonly Section[] {
  const { cases, settings } = report;
  const layers = [...new Map(cases.map((found) => [found.convCase.name, found])).values()];
  const rivals = rivalsIn(report, layers);
  if (settings.subject === null || rivals.length === 0 || layers.length < 2) return [];
  const network = networkLayers(report);
  const row = (name: string, detail: string, members: readonly CaseResult[], asNetwork = false): Row => ({
    cells: [cell(name, "plain", detail), ...rivals.map((rival) => totalCell(report, members, rival, asNetwork))],
  });
  const rows = [
    ...[...wholeNetworks(report)].map(([name, members]) =>
      row(`${NETWORK_TITLES[name] ?? name}, all convolutions`, "each as often as it occurs", members, true),
    ),
    ...(network.length > 1 ? [row("network layers", countOf(network), network)] : []),
    ...LAYER_CLASSES.flatMap((name) => {
      const members = layers.filter((found) => layerClassOf(found) === name);
      return members.length === 0 ? [] : [row(name, countOf(members), members)];
    }),
  ];
  return [
    {
      id: "by-class",
      heading: "At a glance",
      blocks: [
        {
          kind: "table",
          table: {
            caption: `How many times as fast as each of the others ${settings.subject} is${settings.fresh ? ", weights new at every call" : ""}: time of all layers of a kind, once each, and its 95 % interval`,
            columns: [column("class of layer"), ...rivals.map(numbers)],
            rows,
            notes: [
              `Above 1 ${settings.subject} is the faster one; ≈ stands for no detectable difference. What takes long counts for more. Each layer, ` +
                "its interval and the noise floor stand further down.",
            ],
            folded: false,
          },
        },
      ],
    },
  ];
}

function countOf({ length }: readonly CaseResult[]): string {
  return length === 1 ? "one layer" : `${length} layers`;
}

function totalCell(report: BenchReport, members: readonly CaseResult[], rival: string, asNetwork: boolean): Cell {
  const total = layerTotals(report, members, { asNetwork, rivals: [rival] })[0];
  if (total === undefined) return cell("–", "muted");
  const { estimate, low, high, verdict, layers } = total;
  const some = layers === members.length ? "" : `, ${layers} of ${members.length}`;
  const sign = verdict === "no detectable difference" ? "≈ " : "";
  const tone = { faster: "good", slower: "bad", "no detectable difference": "muted" } as const;
  return cell(`${sign}${times(estimate)}`, tone[verdict], `${range(low, high)}${some}`);
}
