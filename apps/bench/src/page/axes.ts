/**
 * What all charts share: the type, the axes, the legend and the tooltip.
 *
 * @module
 */

import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import { lookOf, type Theme } from "./theme.ts";

/** What these charts are made of. */
export type ChartOption = ComposeOption<
  | BarSeriesOption
  | CustomSeriesOption
  | LineSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
>;

/** An axis that measures. */
export interface NumericAxis<Type extends "log" | "value"> {
  readonly type: Type;
  readonly name: string;
  readonly nameGap: number;
  readonly nameLocation: "middle";
  readonly nameTextStyle: { readonly color: string; readonly fontSize: number };
  readonly axisLabel: {
    readonly color: string;
    readonly fontSize: number;
    readonly formatter: (value: number) => string;
  };
  readonly axisLine: { readonly show: false };
  readonly axisTick: { readonly show: false };
  readonly splitLine: { readonly show: true; readonly lineStyle: { readonly color: string } };
}

type CategoryAxis = Extract<NonNullable<ChartOption["yAxis"]>, { type?: "category" }>;

/** Below this width names break into lines and margins shrink. */
const NARROW = 620;

/** Whether the chart stands on a phone. */
export function isNarrow(width: number): boolean {
  return width < NARROW;
}

/** Numbers on axes and in tooltips: three significant digits. */
export function digits(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

/** Options every chart begins with: type, legend, tooltip, and room for them. `names` are those of its series. */
export function baseOption(theme: Theme, width: number, names: readonly string[]): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, color: theme.ink },
    grid: { top: legendHeight(names, width), left: 28, right: 24, bottom: 44, outerBoundsMode: "same" },
    legend: {
      top: 0,
      left: 0,
      itemGap: isNarrow(width) ? 10 : 18,
      itemWidth: 12,
      itemHeight: 10,
      textStyle: { color: theme.ink, fontSize: 12 },
      inactiveColor: theme.rule,
      data: names.map((name, index) => ({ name, icon: lookOf(name, index, theme).mark })),
    },
    tooltip: {
      trigger: "item",
      backgroundColor: theme.paper,
      borderColor: theme.rule,
      textStyle: { color: theme.ink, fontSize: 13 },
      confine: true,
    },
  };
}

/** An axis with hairlines; its name stands `nameGap` pixels away. */
export function numericAxis<Type extends "log" | "value">(
  type: Type,
  theme: Theme,
  name: string,
  nameGap: number,
): NumericAxis<Type> {
  return {
    type,
    name,
    nameGap,
    nameLocation: "middle",
    nameTextStyle: { color: theme.muted, fontSize: 12 },
    axisLabel: { color: theme.muted, fontSize: 12, formatter: digits },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: theme.rule } },
  };
}

/** One band for each case, the first on top; `network/layer` is set in two lines. */
export function caseAxis(theme: Theme, cases: readonly string[], width: number): CategoryAxis {
  return {
    type: "category",
    data: [...cases],
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: theme.rule } },
    axisLabel: {
      color: theme.ink,
      fontSize: isNarrow(width) ? 10 : 12,
      lineHeight: isNarrow(width) ? 13 : 16,
      width: isNarrow(width) ? 92 : 190,
      overflow: "break",
      formatter: (name: string) => (isNarrow(width) ? name.replaceAll("-", "-\n") : name).replace("/", "\n"),
    },
  };
}

/** Rows that the legend takes, roughly: names are about 8 pixels a letter. */
export function legendHeight(names: readonly string[], width: number): number {
  const total = names.reduce((sum, name) => sum + 38 + 7 * name.length, 0);
  return 14 + 22 * Math.ceil(total / width);
}
