/**
 * The scaling chart: how many times as fast on several threads as on one, both axes logarithmic to base 2. Where every thread
 * is worth another the curve lies on the dashed line.
 *
 * @module
 */

import type { CustomSeriesOption, LineSeriesOption } from "echarts/charts";
import type { ScalingChart } from "../report/chart.ts";
import { baseOption, type ChartOption, curveOf, type Drawing, digits, isNarrow, numericAxis } from "./axes.ts";
import { lookOf, MUTED } from "./looks.ts";

/** Factors that the scale names. */
const FACTORS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** Options of the chart. */
export function scalingOption(chart: ScalingChart, drawing: Drawing): ChartOption {
  const points = chart.series.flatMap((one) => one.points);
  const threads = [...new Set(points.map((point) => point.threads))].sort((a, b) => a - b);
  const most = threads[threads.length - 1];
  const [min, max] = [
    Math.min(0.9, ...points.map(({ low }) => low)) / 1.03,
    Math.max(most, ...points.map(({ high }) => high)) * 1.03,
  ];
  const factors = FACTORS.filter((factor) => factor >= min && factor <= max);
  const x = numericAxis("log", "threads", 28);
  const y = numericAxis("log", isNarrow(drawing.width) ? "times as fast" : "times as fast as on one thread", 44);
  const room = isNarrow(drawing.width) ? 1.12 : 1.06;
  return {
    ...baseOption(
      drawing,
      chart.series.map(({ variant }) => variant),
    ),
    xAxis: {
      ...x,
      logBase: 2,
      min: 1 / room,
      max: most * room,
      axisLabel: { ...x.axisLabel, customValues: threads },
      splitLine: { show: false },
    },
    yAxis: {
      ...y,
      logBase: 2,
      min,
      max,
      axisTick: { show: false as const, customValues: factors },
      axisLabel: {
        ...y.axisLabel,
        customValues: factors,
        formatter: (value: number) => `${digits(value)}×`,
      },
    },
    series: [
      ...chart.series.map(
        ({ variant, points: of }, index): LineSeriesOption => ({
          ...curveOf(
            variant,
            drawing,
            of.map(({ threads: count, estimate }) => [count, estimate]),
          ),
          ...(index === 0 && { markLine: everyThreadWorthAnother(most) }),
        }),
      ),
      ...chart.series.map(({ variant, points: of }): CustomSeriesOption => {
        const { color } = lookOf(variant, drawing.indexOf(variant));
        return {
          type: "custom",
          name: variant,
          color,
          data: of.map(({ threads: count, low, high }) => [count, low, high]),
          encode: { x: 0, y: [1, 2] },
          renderItem: (_params, api) => {
            const [[x1, y1], [x2, y2]] = [1, 2].map((side) => api.coord([api.value(0), api.value(side)]));
            return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 2.5 } };
          },
        };
      }),
    ],
  };
}

function everyThreadWorthAnother(most: number): NonNullable<LineSeriesOption["markLine"]> {
  return {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: MUTED, width: 1.25, type: "dashed" },
    data: [[{ coord: [1, 1] }, { coord: [most, most] }]],
  };
}
