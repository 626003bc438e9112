/**
 * What all charts share: the type, the axes, and the legend where a chart stands alone.
 *
 * @module
 */

import type { CustomSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, LegendComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import { INK, lookOf, MUTED, PAPER, RULE } from "./looks.ts";

/** What these charts are made of. */
export type ChartOption = ComposeOption<
  CustomSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption
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

/** The line of a variant, with its marks. */
export function curveOf(
  variant: string,
  { indexOf }: Drawing,
  data: readonly [x: number, y: number][],
): LineSeriesOption {
  const { color, mark, hollow } = lookOf(variant, indexOf(variant));
  return {
    type: "line",
    name: variant,
    symbol: mark,
    symbolSize: 9,
    lineStyle: { width: 2, color },
    itemStyle: { color: hollow ? PAPER : color, borderColor: color, borderWidth: hollow ? 2 : 0 },
    data: [...data],
  };
}

/** Widths in pixels for which a chart is drawn: it is not shrunk, or its letters would be. */
export const WIDTHS = { desk: 960, phone: 340 } as const;

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

/** How a chart is drawn. */
export interface Drawing {
  readonly width: number;
  /** Whether it stands alone, as a file, and says itself what its marks stand for. */
  readonly alone: boolean;
  /** The place of a variant among those of the report, by which its colour is named. */
  readonly indexOf: (variant: string) => number;
}

/** Quotes would end the attribute that ECharts puts this in. */
export const FONT = "Inter,'Source Sans 3','Segoe UI',system-ui,-apple-system,'Helvetica Neue',Arial,sans-serif";

/** Options every chart begins with: type, legend, and room for them. `names` are those of its series. */
export function baseOption({ width, alone, indexOf }: Drawing, names: readonly string[]): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    grid: {
      top: alone ? legendHeight(names, width) + 18 : 24,
      left: 28,
      right: isNarrow(width) ? 14 : 24,
      bottom: 44,
      outerBoundsMode: "same",
    },
    legend: {
      show: alone,
      top: 0,
      left: 0,
      itemGap: isNarrow(width) ? 10 : 18,
      itemWidth: 12,
      itemHeight: 10,
      textStyle: { color: INK, fontSize: 12 },
      data: names.map((name) => {
        const { mark, hollow, color } = lookOf(name, indexOf(name));
        return {
          name,
          icon: mark,
          itemStyle: { color: hollow ? "none" : color, borderColor: color, borderWidth: hollow ? 2 : 0 },
        };
      }),
    },
  };
}

/** An axis with hairlines; its name stands `nameGap` pixels away. */
export function numericAxis<Type extends "log" | "value">(
  type: Type,
  name: string,
  nameGap: number,
): NumericAxis<Type> {
  return {
    type,
    name,
    nameGap,
    nameLocation: "middle",
    nameTextStyle: { color: MUTED, fontSize: 12 },
    axisLabel: { color: MUTED, fontSize: 12, formatter: digits },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: RULE } },
  };
}

/** Rows that the legend takes, roughly: names are about 8 pixels a letter. */
export function legendHeight(names: readonly string[], width: number): number {
  const total = names.reduce((sum, name) => sum + 38 + 7 * name.length, 0);
  return 14 + 22 * Math.ceil(total / width);
}
