/**
 * The growth chart: time against size, both axes logarithmic; a power law is a straight line and its exponent the slope.
 *
 * @module
 */

import { escapeHtml } from "@corr2d/parity/escape";
import type { LineSeriesOption } from "echarts/charts";
import type { GrowthChart } from "../report/chart.ts";
import { baseOption, type ChartOption, digits, isNarrow, legendHeight, numericAxis } from "./axes.ts";
import { lookOf, type Theme } from "./theme.ts";

/** Height the chart wants, in pixels. */
export function growthHeight({ series }: GrowthChart, width: number): number {
  return (
    legendHeight(
      series.map(({ variant }) => variant),
      width,
    ) + (isNarrow(width) ? 300 : 400)
  );
}

/** Options of the chart. */
export function growthOption(chart: GrowthChart, theme: Theme, width: number): ChartOption {
  const sizes = [...new Set(chart.series.flatMap(({ points }) => points.map(({ size }) => size)))].sort(
    (a, b) => a - b,
  );
  const axis = numericAxis("log", theme, chart.sizeLabel, 28);
  return {
    ...baseOption(
      theme,
      width,
      chart.series.map(({ variant }) => variant),
    ),
    xAxis: {
      ...axis,
      min: sizes[0] / 1.1,
      max: sizes[sizes.length - 1] * 1.1,
      axisLabel: { ...axis.axisLabel, customValues: sizes },
      splitLine: { show: false },
    },
    yAxis: numericAxis("log", theme, "ms", 34),
    series: chart.series.map(({ variant, points }, index): LineSeriesOption => {
      const { color, mark } = lookOf(variant, index, theme);
      return {
        type: "line",
        name: variant,
        color,
        symbol: mark,
        symbolSize: 9,
        lineStyle: { width: 2 },
        data: points.map(({ size, ms }) => [size, ms]),
        tooltip: {
          formatter: ({ value }) => {
            const [size, ms] = value as number[];
            return `<b>${escapeHtml(variant)}</b><br>${escapeHtml(chart.sizeLabel)} ${digits(size)}: ${digits(ms)} ms`;
          },
        },
      };
    }),
  };
}
