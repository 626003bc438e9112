/**
 * The speed chart: for each case a group of bars, GFLOP/s on a linear axis that begins at 0, so that a bar twice as
 * long is twice as fast. Dashed lines are measured ceilings.
 *
 * @module
 */

import { escapeHtml } from "@corr2d/parity/escape";
import type { BarSeriesOption } from "echarts/charts";
import type { SpeedChart } from "../report/chart.ts";
import { baseOption, type ChartOption, caseAxis, digits, legendHeight, numericAxis } from "./axes.ts";
import { lookOf, type Theme } from "./theme.ts";

/** Height the chart wants, in pixels. */
export function speedHeight({ cases, series }: SpeedChart, width: number): number {
  const band = Math.max(36, 11 * series.length + 14);
  return (
    legendHeight(
      series.map(({ variant }) => variant),
      width,
    ) +
    cases.length * band +
    56
  );
}

/** Options of the chart. */
export function speedOption(chart: SpeedChart, theme: Theme, width: number): ChartOption {
  return {
    ...baseOption(
      theme,
      width,
      chart.series.map(({ variant }) => variant),
    ),
    xAxis: { ...numericAxis("value", theme, "GFLOP/s", 28), min: 0 },
    yAxis: caseAxis(theme, chart.cases, width),
    series: chart.series.map(({ variant, gflops }, index): BarSeriesOption => {
      const { color } = lookOf(variant, index, theme);
      return {
        type: "bar",
        name: variant,
        color,
        barGap: "12%",
        barCategoryGap: "24%",
        data: gflops.map((value) => value ?? "-"),
        tooltip: {
          formatter: ({ name, value }) =>
            `${escapeHtml(name)}<br><b>${escapeHtml(variant)}</b>: ${digits(Number(value))} GFLOP/s`,
        },
        ...(index === 0
          ? {
              markLine: {
                silent: true,
                symbol: "none",
                lineStyle: { color: theme.muted, type: "dashed", width: 1 },
                label: { color: theme.muted, fontSize: 11, position: "start", formatter: ({ name }) => name },
                data: chart.ceilings.map(({ name, gflops: ceiling }) => ({ name, xAxis: ceiling })),
              },
            }
          : {}),
      };
    }),
  };
}
