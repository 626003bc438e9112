/**
 * The section that sums up: how much faster the subject is than each of the others, over whole networks and by class of layer.
 *
 * @module
 */

import { median } from "simple-statistics";
import { LAYER_CLASSES, layerClassOf } from "../../suites/layer-class.ts";
import { isOurs } from "../../variant-names.ts";
import type { RatioChart } from "../chart.ts";
import { type Cell, cell, column, numbers, type Row, type Section } from "../document.ts";
import { type LayerTotal, layerTotals, networkLayers, rivalsIn, wholeNetworks } from "../layer-totals.ts";
import { ratioCell, someOf } from "../ratio-words.ts";
import type { BenchReport, CaseResult } from "../results.ts";
import { slug } from "../slug.ts";

const NETWORK_TITLES: Readonly<Record<string, string>> = {
  lenet5: "LeNet-5",
  vgg16: "VGG-16",
  resnet50: "ResNet-50",
  mobilenetv2: "MobileNetV2",
};

/** A section, or none where there is nobody to be compared with or a single layer. */
export function glanceSections(report: BenchReport): readonly Section[] {
  const { settings } = report;
  const layers = layersOf(report);
  const rivals = rivalsIn(report, layers).toSorted((a, b) => Number(isOurs(a)) - Number(isOurs(b)));
  if (settings.subject === null || rivals.length === 0 || layers.length < 2) return [];
  const kinds = kindsOf(report);
  const rows = kinds.map(
    (kind): Row => ({
      id: kind.id,
      cells: [cell(kind.name, "plain", kind.detail), ...rivals.map((rival) => totalCell(report, kind, rival))],
    }),
  );
  return [
    {
      id: "by-class",
      heading: "At a glance",
      blocks: [
        { kind: "chart", chart: glanceChart(report, kinds, rivals, settings.subject) },
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
            ratios: { columnsAfter: 0 },
            folded: false,
          },
        },
      ],
    },
  ];
}

/** All layers once. */
function layersOf({ cases }: BenchReport): readonly CaseResult[] {
  return [...new Map(cases.map((found) => [found.convCase.name, found])).values()];
}

/** The row of all network layers, which stand first. */
export const NETWORK_LAYERS_ROW = "kind-network-layers";

/** Kinds of layers, from whole networks to classes of layers. */
export function kindsOf(report: BenchReport): readonly Kind[] {
  const layers = layersOf(report);
  const network = networkLayers(report);
  const kinds: readonly Omit<Kind, "id">[] = [
    ...[...wholeNetworks(report)].map(([name, members]) => ({
      name: `${NETWORK_TITLES[name] ?? name}, all convolutions`,
      detail: "each as often as it occurs",
      members,
      asNetwork: true,
    })),
    ...(network.length > 1 ? [{ name: "network layers", detail: countOf(network), members: network }] : []),
    ...LAYER_CLASSES.flatMap((name) => {
      const members = layers.filter((found) => layerClassOf(found) === name);
      return members.length === 0 ? [] : [{ name, detail: countOf(members), members }];
    }),
  ];
  return kinds.map((kind) => ({ ...kind, id: `kind-${slug(kind.name)}` }));
}

function countOf({ length }: readonly CaseResult[]): string {
  return length === 1 ? "one layer" : `${length} layers`;
}

/** A kind of layers, and how they add up. */
interface Kind {
  /** Its place in the page. */
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  readonly members: readonly CaseResult[];
  /** Whether each counts as often as it occurs in its network. */
  readonly asNetwork?: boolean;
}

/** The chart that stands first: who wins, by how much, how sure. */
function glanceChart(
  report: BenchReport,
  kinds: readonly Kind[],
  rivals: readonly string[],
  subject: string,
): RatioChart {
  const peers = rivals.filter((name) => !isOurs(name));
  const floors = report.cases.flatMap(({ twin }) => twin?.noiseFloor ?? []);
  return {
    kind: "ratio",
    id: "at-a-glance",
    title: `${subject} beside the others`,
    caption: `How many times as fast ${subject} is on all layers of a kind: right of the line it is the faster one. The bar is the 95 % interval.`,
    subject,
    group: null,
    cases: kinds.map(({ name }) => name),
    rows: kinds.map(({ id }) => id),
    noiseFloor: floors.length === 0 ? 1 : median(floors),
    series: (peers.length > 0 ? peers : rivals).map((variant) => ({
      variant,
      points: kinds.map((kind) => {
        const total = totalOf(report, kind, variant);
        return total === undefined ? null : { estimate: total.estimate, low: total.low, high: total.high };
      }),
    })),
  };
}

function totalOf(report: BenchReport, { members, asNetwork = false }: Kind, rival: string): LayerTotal | undefined {
  return layerTotals(report, members, { asNetwork, rivals: [rival] })[0];
}

function totalCell(report: BenchReport, kind: Kind, rival: string): Cell {
  const total = totalOf(report, kind, rival);
  return ratioCell(total ?? null, total && someOf(total.layers, kind.members.length));
}
