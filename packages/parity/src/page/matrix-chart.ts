/**
 * The matrix as an ECharts option: one scatter for each tone, on axes whose unit is a block.
 *
 * @module
 */

import type { ScatterSeriesOption } from "echarts/charts";
import type { GridComponentOption, TooltipComponentOption, VisualMapComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import type { PageData } from "../render/page-data.ts";
import type { Layout, Point, Tone } from "./points.ts";
import type { Theme } from "./theme.ts";

/** What the chart is made of. */
export type MatrixOption = ComposeOption<
  ScatterSeriesOption | GridComponentOption | TooltipComponentOption | VisualMapComponentOption
>;

/** Powers of ten of error/bound at the ends of the scale. */
export const SCALE_FROM = -4;
export const SCALE_TO = 0;

const NARROW = 640;
const TOP = 28;
const RIGHT = 4;

const PASS_NAMES: Readonly<Record<string, readonly [wide: string, narrow: string]>> = {
  forward: ["forward", "forward"],
  inputGradient: ["input gradient", "∂ input"],
  filterGradient: ["filter gradient", "∂ filter"],
  biasGradient: ["bias gradient", "∂ bias"],
};

/** Pixels left of the blocks, for names. */
export function leftOf(width: number): number {
  return width < NARROW ? 68 : 132;
}

/** Height of a block. */
export function blockHeight(width: number): number {
  return width < NARROW ? 62 : 84;
}

/** Width of a block over its height, if there are that many passes. */
export function aspectOf(width: number, passes: number): number {
  return (width - leftOf(width) - RIGHT) / passes / blockHeight(width);
}

/** Height the chart wants, in pixels. */
export function heightOf(algorithms: number, width: number): number {
  return TOP + Math.max(1, algorithms) * blockHeight(width);
}

/** Options of the chart; `describe` gives the words of a tooltip, as HTML. */
export function matrixOption(
  data: PageData,
  layout: Layout,
  theme: Theme,
  width: number,
  describe: (point: Point) => string,
): MatrixOption {
  const { passes, algorithms, points, columns, rows } = layout;
  const isNarrow = width < NARROW;
  const blockWidth = (width - leftOf(width) - RIGHT) / Math.max(1, passes.length);
  // A hair of paper between points while they are large enough to spare it.
  const side = (length: number, cells: number): number => {
    const pixels = (length * 0.88) / cells;
    return Math.max(1, pixels > 4 ? pixels - 1 : pixels);
  };
  const size = [side(blockWidth, columns), side(blockHeight(width), rows)];
  const label = { color: theme.ink, fontSize: isNarrow ? 11 : 13, fontFamily: theme.font };
  const axis = {
    type: "value",
    min: 0,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  } as const;
  const centres = (blocks: number): number[] => Array.from({ length: blocks }, (_, block) => block + 0.5);
  const series = (["bounded", "exact", "known", "wrong"] as const).map((tone): ScatterSeriesOption => {
    const own = points.filter((point) => point.tone === tone);
    return {
      type: "scatter",
      name: tone,
      symbol: "rect",
      symbolSize: size,
      data: own.map(({ x, y, ratio }) => [x, y, Math.log10(Math.max(ratio, 10 ** SCALE_FROM))]),
      // Large sets are drawn in slices, so that the page stays alive.
      progressive: 8_000,
      progressiveThreshold: 8_000,
      itemStyle: { opacity: 1, ...(tone !== "bounded" && { color: theme.tones[tone as Exclude<Tone, "bounded">] }) },
      emphasis: { scale: false, itemStyle: { borderColor: theme.ink, borderWidth: 1.5 } },
      cursor: "pointer",
      tooltip: { formatter: ({ dataIndex }) => describe(own[dataIndex]) },
    };
  });
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    grid: { top: TOP, left: leftOf(width), right: RIGHT, bottom: 0, outerBoundsMode: "none" },
    xAxis: {
      ...axis,
      max: Math.max(1, passes.length),
      position: "top",
      axisLabel: {
        ...label,
        customValues: centres(passes.length),
        formatter: (value: number) => {
          const pass = passes[Math.floor(value)];
          return PASS_NAMES[pass]?.[isNarrow ? 1 : 0] ?? pass ?? "";
        },
      },
    },
    yAxis: {
      ...axis,
      max: Math.max(1, algorithms.length),
      inverse: true,
      axisLabel: {
        ...label,
        lineHeight: 14,
        customValues: centres(algorithms.length),
        width: leftOf(width) - 10,
        overflow: "break",
        formatter: (value: number) => {
          const name = data.algorithms[algorithms[Math.floor(value)]] ?? "";
          return isNarrow ? name.replace(/^.*\//, "").replace("-", "-\n") : name;
        },
      },
    },
    visualMap: {
      show: false,
      type: "continuous",
      dimension: 2,
      seriesIndex: 0,
      min: SCALE_FROM,
      max: SCALE_TO,
      inRange: { color: [...theme.scale], opacity: 1 },
    },
    tooltip: {
      trigger: "item",
      confine: true,
      backgroundColor: theme.paper,
      borderColor: theme.rule,
      textStyle: { color: theme.ink, fontSize: 13, fontFamily: theme.font },
      extraCssText: "max-width: min(26rem, 88vw); white-space: normal; overflow-wrap: anywhere;",
    },
    series,
  };
}
