/**
 * The ratio chart: for each case a band, in it for each peer a mark on a bar, the bar its 95 % interval. The axis is
 * logarithmic: twice as fast and half as fast lie equally far from 1. Within the grey strip lies noise. What would stretch the
 * axis until nothing else is seen stands at its end, with an arrow and its figure.
 *
 * @module
 */

import type { CustomSeriesOption } from "echarts/charts";
import type { RatioChart } from "../report/chart.ts";
import {
  baseOption,
  type ChartOption,
  caseAxis,
  type Drawing,
  digits,
  isNarrow,
  legendHeight,
  numericAxis,
} from "./axes.ts";
import { INK, type Look, lookOf, MUTED, PAPER } from "./looks.ts";

const MARK_RADIUS = 5;

/** What axes, their labels and their name take, in pixels. */
const MARGINS = 128;

/** Beyond these the axis does not go. */
const [LEAST, MOST] = [1 / 16, 32];

/** Height the chart wants, in pixels. */
export function ratioHeight({ cases, series }: RatioChart, { width, alone }: Drawing): number {
  const names = series.map(({ variant }) => variant);
  return (alone ? legendHeight(names, width) : 0) + cases.length * bandHeight(series.length) + MARGINS;
}

function bandHeight(series: number): number {
  return Math.max(34, 13 * series + 8);
}

/** Options of the chart. */
export function ratioOption(chart: RatioChart, drawing: Drawing): ChartOption {
  const { width } = drawing;
  const axis = numericAxis(
    "log",
    isNarrow(width) ? "times as fast" : `← slower    ${chart.subject} is … times as fast    faster →`,
    28,
  );
  const [lowest, highest] = rangeOf(chart);
  const powers = powersOfTwo(lowest, highest, isNarrow(width) ? 5 : 10);
  const scale = {
    ...axis,
    logBase: 2,
    min: powers[0],
    max: powers[powers.length - 1],
    axisTick: { show: false as const, customValues: powers },
    axisLabel: {
      ...axis.axisLabel,
      customValues: powers,
      formatter: (value: number) => (value < 1 ? `1/${digits(1 / value)}` : `${digits(value)}×`),
    },
  };
  return {
    ...baseOption(
      drawing,
      chart.series.map(({ variant }) => variant),
    ),
    // Whoever reads a tall chart sees the scale at its top, too.
    xAxis: [scale, { ...scale, name: "", position: "top", splitLine: { show: false } }],
    yAxis: caseAxis(chart.cases, width),
    series: chart.series.map(({ variant, points }, index): CustomSeriesOption => {
      const look = lookOf(variant, drawing.indexOf(variant));
      return {
        type: "custom",
        name: variant,
        color: look.color,
        data: points.flatMap((point, i) => (point === null ? [] : [[point.estimate, i, point.low, point.high]])),
        encode: { x: [0, 2, 3], y: 1 },
        renderItem: (_params, api) => {
          const [, band] = api.size!([0, 1]) as number[];
          const offset = ((index + 1) / (chart.series.length + 1) - 0.5) * band;
          const place = (dimension: number): [number, number] => {
            const value = Math.min(Math.max(Number(api.value(dimension)), scale.min), scale.max);
            const [x, y] = api.coord([value, api.value(1)]);
            return [x, y + offset];
          };
          const estimate = Number(api.value(0));
          const [[x, y], [low], [high]] = [place(0), place(2), place(3)];
          if (estimate > scale.max || estimate < scale.min) return beyond(x, y, estimate, look);
          return {
            type: "group",
            children: [
              {
                type: "line",
                shape: { x1: low, y1: y, x2: high, y2: y },
                style: { stroke: look.color, lineWidth: 2.5 },
              },
              { ...markShape(look.mark, x, y), style: styleOf(look) },
            ],
          };
        },
        ...(index === 0 ? reference(chart.noiseFloor) : {}),
      };
    }),
  };
}

function styleOf({ color, hollow }: Look) {
  return hollow ? { fill: PAPER, stroke: color, lineWidth: 2 } : { fill: color, stroke: PAPER, lineWidth: 1 };
}

/** An arrow at the end of the axis, and the figure that lies beyond. */
function beyond(x: number, y: number, value: number, { color }: Look) {
  const right = value > 1;
  const way = right ? -1 : 1;
  return {
    type: "group" as const,
    children: [
      { ...polygon([x, y], [x + 8 * way, y - 4.5], [x + 8 * way, y + 4.5]), style: { fill: color } },
      {
        type: "text" as const,
        x: x + 12 * way,
        y,
        style: {
          text: value < 1 ? `1/${digits(1 / value)}` : `${digits(value)}×`,
          fill: INK,
          fontSize: 11,
          align: right ? ("right" as const) : ("left" as const),
          verticalAlign: "middle" as const,
        },
      },
    ],
  };
}

/** Powers of two that the axis holds: all intervals, as far as {@link LEAST} and {@link MOST}. */
function rangeOf({ series }: RatioChart): [lowest: number, highest: number] {
  const points = series.flatMap((one) => one.points.flatMap((point) => point ?? []));
  const inside = points.filter(({ estimate }) => estimate >= LEAST && estimate <= MOST);
  const lowest = Math.min(0.9, ...inside.map(({ low }) => Math.max(low, LEAST)));
  const highest = Math.max(1.1, ...inside.map(({ high }) => Math.min(high, MOST)));
  const room = (some: boolean, value: number): number => (some ? value : 0);
  return [
    Math.log2(lowest) -
      room(
        points.some(({ estimate }) => estimate < LEAST),
        0.5,
      ),
    Math.log2(highest) +
      room(
        points.some(({ estimate }) => estimate > MOST),
        0.5,
      ),
  ];
}

/** About `most` powers of 2, or of 4, or of 8 …, 1 among them, the first and the last beyond the values. */
function powersOfTwo(lowest: number, highest: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((highest - lowest) / most));
  const [first, last] = [Math.floor(lowest / step), Math.ceil(highest / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => 2 ** (step * (first + i)));
}

/** The line at 1 and the strip of noise around it. */
function reference(noiseFloor: number): Pick<CustomSeriesOption, "markLine" | "markArea"> {
  return {
    markLine: {
      silent: true,
      symbol: "none",
      label: { show: false },
      lineStyle: { color: INK, width: 1.25, type: "solid" },
      data: [{ xAxis: 1 }],
    },
    markArea: {
      silent: true,
      itemStyle: { color: MUTED, opacity: 0.16 },
      data: [[{ xAxis: 1 / noiseFloor }, { xAxis: noiseFloor }]],
    },
  };
}

function markShape(mark: Look["mark"], x: number, y: number) {
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
