/**
 * The script of the report page: draws each chart where the page left room for it, and again when the width or the
 * colour scheme changes.
 *
 * @module
 */

import { BarChart, CustomChart, LineChart } from "echarts/charts";
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Chart } from "../report/chart.ts";
import type { ChartOption } from "./axes.ts";
import { growthHeight, growthOption } from "./growth-chart.ts";
import { ratioHeight, ratioOption } from "./ratio-chart.ts";
import { speedHeight, speedOption } from "./speed-chart.ts";
import { currentTheme } from "./theme.ts";

use([
  BarChart,
  CustomChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

const charts: readonly Chart[] = JSON.parse(document.getElementById("charts")!.textContent);

for (const canvas of document.querySelectorAll<HTMLElement>("[data-chart]")) {
  const chart = charts[Number(canvas.dataset.chart)];
  const instance = init(canvas, undefined, { renderer: "svg", width: 1, height: 1 });
  const draw = () => {
    const width = canvas.clientWidth;
    canvas.style.height = `${heightOf(chart, width)}px`;
    instance.resize({ width, height: heightOf(chart, width) });
    instance.setOption(optionOf(chart, width), { notMerge: true });
  };
  new ResizeObserver(draw).observe(canvas.parentElement!);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("beforeprint", draw);
}

function heightOf(chart: Chart, width: number): number {
  switch (chart.kind) {
    case "ratio":
      return ratioHeight(chart, width);
    case "speed":
      return speedHeight(chart, width);
    case "growth":
      return growthHeight(chart, width);
  }
}

function optionOf(chart: Chart, width: number): ChartOption {
  const theme = currentTheme();
  switch (chart.kind) {
    case "ratio":
      return ratioOption(chart, theme, width);
    case "speed":
      return speedOption(chart, theme, width);
    case "growth":
      return growthOption(chart, theme, width);
  }
}
