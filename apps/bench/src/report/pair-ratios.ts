/**
 * Works out what the page needs to choose another baseline: the ratio of each two engines, for each layer and each kind of layers.
 *
 * @module
 */

import { noiseFloor, ratioOf } from "../statistics/ratio.ts";
import type { Interval } from "../statistics/verdict.ts";
import { networkLayers, pairTotal, type RoundsOf, roundsOf } from "./layer-totals.ts";
import { type PackedRow, type PageRatios, packRatio } from "./page-ratios.ts";
import type { BenchReport, CaseResult } from "./results.ts";
import { kindsOf, NETWORK_LAYERS_ROW } from "./sections/glance.ts";
import { resultOf, rowId } from "./sections/speed.ts";

/** The ratios among these engines; null where there is no subject. */
export function pageRatios(report: BenchReport, names: readonly string[]): PageRatios | null {
  const { cases, settings, variants } = report;
  if (settings.subject === null) return null;
  const apart = names.flatMap((name, i) => (variants.some((one) => one.apart && one.name === name) ? i : []));
  const network = networkLayers(report);
  const kinds = [
    ...(network.length === 0 ? [] : [{ id: NETWORK_LAYERS_ROW, name: "network layers", members: network }]),
    ...kindsOf(report),
  ];
  const subject = roundsOf(settings.subject);
  const rowOf = (
    members: readonly CaseResult[],
    total: (numerator: RoundsOf, denominator: RoundsOf, apart: boolean) => string,
  ): Pick<PackedRow, "timed" | "pairs"> => {
    const timed = names.flatMap((name, i) => (members.some((found) => resultOf(found, name)?.timing) ? i : []));
    const pairs = timed.flatMap((baseline, place) =>
      timed
        .slice(place + 1)
        .map((other) =>
          total(roundsOf(names[other]!), roundsOf(names[baseline]!), apart.includes(baseline) || apart.includes(other)),
        ),
    );
    return { timed, pairs: pairs.join(";") };
  };
  const rows: Record<string, PackedRow> = {};
  for (const { id, name, members, ...kind } of kinds) {
    const options = { asNetwork: "asNetwork" in kind && kind.asNetwork === true };
    const floor = (self: RoundsOf, own: boolean) =>
      floorOf(pairTotal(members, self, subject, { ...options, apart: own }));
    rows[id] = {
      name,
      floors: [floor(({ twin }) => twin?.rounds, false), floor(({ twinApart }) => twinApart?.rounds, true)],
      members: members.length,
      ...rowOf(members, (numerator, denominator, own) => {
        const total = pairTotal(members, numerator, denominator, { ...options, apart: own });
        return total === undefined ? "" : packRatio(total, total.layers);
      }),
    };
  }
  for (const found of cases) {
    rows[rowId(found)] = {
      name: found.convCase.name,
      floors: [found.twin?.noiseFloor ?? null, found.twinApart?.noiseFloor ?? null],
      ...rowOf([found], (numerator, denominator, own) => {
        const ratio = ratioOf({ numerator: numerator(found)!, denominator: denominator(found)!, apart: own });
        return ratio === undefined ? "" : packRatio(ratio);
      }),
    };
  }
  return { subject: names.indexOf(settings.subject), names, apart, rows };
}

function floorOf(self: Interval | undefined): number | null {
  return self === undefined ? null : noiseFloor(self);
}
