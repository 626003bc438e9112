/**
 * The ratio chart: for each case a band, in it for each peer a dot on a bar, the bar its 95 % interval. The axis is
 * logarithmic: twice as fast and half as fast lie equally far from 1. Within the grey strip lies noise.
 *
 * @module
 */

import { escapeHtml } from "@corr2d/parity/escape";
import type { CustomSeriesOption } from "echarts/charts";
import type { RatioChart } from "../report/chart.ts";
import { baseOption, type ChartOption, caseAxis, digits, isNarrow, legendHeight, numericAxis } from "./axes.ts";
import { lookOf, type Mark, type Theme } from "./theme.ts";

const MARK_RADIUS = 5;

/** Height the chart wants, in pixels. */
export function ratioHeight({ cases, series }: RatioChart, width: number): number {
  const band = Math.max(40, 15 * series.length + 12);
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
export function ratioOption(chart: RatioChart, theme: Theme, width: number): ChartOption {
  const values = chart.series.flatMap(({ points }) =>
    points.flatMap((point) => (point ? [point.low, point.high] : [])),
  );
  const axis = numericAxis(
    "log",
    theme,
    isNarrow(width) ? "times as fast" : `← slower    ${chart.subject} is … times as fast    faster →`,
    28,
  );
  const [lowest, highest] = [Math.min(0.9, ...values), Math.max(1.1, ...values)].map(Math.log2);
  const powers = powersOfTwo(lowest, highest, isNarrow(width) ? 5 : 10);
  return {
    ...baseOption(
      theme,
      width,
      chart.series.map(({ variant }) => variant),
    ),
    xAxis: {
      ...axis,
      logBase: 2,
      min: powers[0],
      max: powers[powers.length - 1],
      axisTick: { show: false, customValues: powers },
      axisLabel: {
        ...axis.axisLabel,
        customValues: powers,
        formatter: (value: number) => (value < 1 ? `1/${digits(1 / value)}` : `${digits(value)}×`),
      },
    },
    yAxis: caseAxis(theme, chart.cases, width),
    series: chart.series.map(({ variant, points }, index): CustomSeriesOption => {
      const { color, mark } = lookOf(variant, index, theme);
      return {
        type: "custom",
        name: variant,
        color,
        dimensions: ["ratio", "case", "low", "high"],
        encode: { x: [0, 2, 3], y: 1 },
        data: points.flatMap((point, i) => (point === null ? [] : [[point.estimate, i, point.low, point.high]])),
        tooltip: {
          formatter: ({ value }) => {
            const [median, i, low, high] = value as number[];
            return `${escapeHtml(chart.cases[i])}<br><b>${escapeHtml(variant)}</b>: ${digits(median)}× (${digits(low)}–${digits(high)})`;
          },
        },
        renderItem: (_params, api) => {
          const [, bandHeight] = api.size!([0, 1]) as number[];
          const offset = ((index + 1) / (chart.series.length + 1) - 0.5) * bandHeight;
          const place = (dimension: number) => {
            const [x, y] = api.coord([api.value(dimension), api.value(1)]);
            return [x, y + offset];
          };
          const [[x, y], [low], [high]] = [place(0), place(2), place(3)];
          return {
            type: "group",
            children: [
              { type: "line", shape: { x1: low, y1: y, x2: high, y2: y }, style: { stroke: color, lineWidth: 2.5 } },
              { ...markShape(mark, x, y), style: { fill: color, stroke: theme.paper, lineWidth: 1 } },
            ],
          };
        },
        ...(index === 0 ? reference(chart.noiseFloor, theme) : {}),
      };
    }),
  };
}

/** About `most` powers of 2, or of 4, or of 8 …, 1 among them, the first and the last beyond the values. */
function powersOfTwo(lowest: number, highest: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((highest - lowest) / most));
  const [first, last] = [Math.floor(lowest / step), Math.ceil(highest / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => 2 ** (step * (first + i)));
}

/** The line at 1 and the strip of noise around it. */
function reference(noiseFloor: number, theme: Theme): Pick<CustomSeriesOption, "markLine" | "markArea"> {
  return {
    markLine: {
      silent: true,
      symbol: "none",
      label: { show: false },
      lineStyle: { color: theme.ink, width: 1.25, type: "solid" },
      data: [{ xAxis: 1 }],
    },
    markArea: {
      silent: true,
      itemStyle: { color: theme.muted, opacity: 0.16 },
      data: [[{ xAxis: 1 / noiseFloor }, { xAxis: noiseFloor }]],
    },
  };
}

function markShape(mark: Mark, x: number, y: number) {
  const r = MARK_RADIUS;
  switch (mark) {
    case "circle":
      return { type: "circle" as const, shape: { cx: x, cy: y, r } };
    case "rect":
      return { type: "rect" as const, shape: { x: x - r * 0.9, y: y - r * 0.9, width: r * 1.8, height: r * 1.8 } };
    case "diamond":
      return polygon([x, y - r * 1.3], [x + r * 1.3, y], [x, y + r * 1.3], [x - r * 1.3, y]);
    case "triangle":
      return polygon([x, y - r * 1.2], [x + r * 1.15, y + r * 0.9], [x - r * 1.15, y + r * 0.9]);
  }
}

function polygon(...points: [number, number][]) {
  return { type: "polygon" as const, shape: { points } };
}
