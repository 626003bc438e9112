/**
 * The growth chart: time against size, both axes logarithmic; a power law is a straight line and its exponent the slope.
 *
 * @module
 */

import type { GrowthChart } from "../report/chart.ts";
import { baseOption, type ChartOption, curveOf, type Drawing, numericAxis } from "./axes.ts";

/** Options of the chart. */
export function growthOption(chart: GrowthChart, drawing: Drawing): ChartOption {
  const sizes = [...new Set(chart.series.flatMap(({ points }) => points.map(({ size }) => size)))].sort(
    (a, b) => a - b,
  );
  const axis = numericAxis("log", chart.sizeLabel, 28);
  return {
    ...baseOption(
      drawing,
      chart.series.map(({ variant }) => variant),
    ),
    xAxis: {
      ...axis,
      min: sizes[0] / 1.1,
      max: sizes[sizes.length - 1] * 1.1,
      axisLabel: { ...axis.axisLabel, customValues: sizes },
      splitLine: { show: false },
    },
    yAxis: numericAxis("log", "ms", 34),
    series: chart.series.map(({ variant, points }) =>
      curveOf(
        variant,
        drawing,
        points.map(({ size, ms }) => [size, ms]),
      ),
    ),
  };
}
