/**
 * The command that lists: suites, variants, peers, cases.
 *
 * @module
 */

import { describeCase, flopsOf } from "@corr2d/testkit";
import { threeDigits } from "../report/number-format.ts";
import { ALL_SUITES, SUITES } from "../suites/registry.ts";
import { isOurs } from "../variant-names.ts";
import { VARIANTS } from "../variants.ts";

/** What can be listed. */
export const LISTS = ["suites", "variants", "peers", "cases"] as const;

/** A list as text. */
export function listText(what: (typeof LISTS)[number]): string {
  switch (what) {
    case "suites":
      return columns([
        ...SUITES.map(({ name, summary, cases }) => [name, `${cases.length} cases`, summary]),
        [ALL_SUITES, "", "all of these but quick and classes, whose forward passes are in the others"],
      ]);
    case "variants":
      return columns(
        VARIANTS.filter(({ source }) => isOurs(source.name)).map(({ source }) => [source.name, source.summary]),
      );
    case "peers":
      return columns(
        VARIANTS.filter(({ source }) => !isOurs(source.name)).map(({ source }) => [source.name, source.summary]),
      );
    case "cases":
      return columns(
        SUITES.flatMap(({ cases }) =>
          cases.map(({ suite, convCase }) => [
            suite,
            convCase.name,
            `${threeDigits(flopsOf(convCase) / 1e6)} MFLOP`,
            describeCase(convCase),
          ]),
        ),
      );
  }
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((text, i) => text.padEnd(widths[i]))
          .join("  ")
          .trimEnd()}`,
    )
    .join("\n");
}
