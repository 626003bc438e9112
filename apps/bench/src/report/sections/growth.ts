/**
 * How time grows, for suites whose cases differ in size alone.
 *
 * @module
 */

import { type Block, cell, column, numbers } from "../document.ts";
import { threeDigits } from "../number-format.ts";
import type { BenchReport, CaseResult } from "../results.ts";

/** A chart of time against size and the slopes; nothing for a suite without slopes. */
export function growthBlocks(
  report: BenchReport,
  suite: string,
  cases: readonly CaseResult[],
  variants: readonly string[],
): readonly Block[] {
  const slopes = report.slopes.filter((slope) => slope.suite === suite);
  if (slopes.length === 0) return [];
  // Where only the kernel grows, its side is what people think in; otherwise the work is.
  const kernels = new Set(cases.map(({ convCase }) => convCase.filterShape[0]));
  const byKernel = kernels.size === cases.length;
  return [
    {
      kind: "chart",
      chart: {
        kind: "growth",
        id: `${suite}-growth`,
        title: byKernel ? "Time by size of the kernel" : "Time by work",
        caption:
          "Milliseconds for one call; both axes are logarithmic, so a straight line is a power law. Lower is faster.",
        sizeLabel: byKernel ? "side of the kernel" : "MFLOP",
        series: variants.map((variant) => ({
          variant,
          points: cases.flatMap(({ convCase, flops, results }) => {
            const timing = results.find((result) => result.variant === variant)?.timing;
            return timing ? [{ size: byKernel ? convCase.filterShape[0] : flops / 1e6, ms: timing.medianMs }] : [];
          }),
        })),
      },
    },
    {
      kind: "table",
      table: {
        caption: "Slope: the exponent p of time ∝ workᵖ",
        columns: [column("variant"), numbers("exponent p"), numbers("R²"), numbers("sizes")],
        rows: slopes.map(({ variant, exponent, rSquared, points }) => ({
          cells: [cell(variant), cell(threeDigits(exponent)), cell(rSquared.toFixed(3)), cell(String(points))],
        })),
        notes: [
          "1 is work done at one speed. Below 1 a fixed cost per call still counts, or larger problems use the machine better.",
        ],
        folded: false,
      },
    },
  ];
}
