/**
 * Draws charts as SVG, without a browser: ECharts renders on the server, and the page carries pictures instead of a library.
 *
 * @module
 */

import { escapeHtml } from "@corr2d/parity/escape";
import { CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Chart, GrowthChart, ScalingChart } from "../report/chart.ts";
import { type Drawing, digits, FONT, isNarrow, legendHeight, WIDTHS } from "./axes.ts";
import { growthOption } from "./growth-chart.ts";
import { colorSheet, PAPER } from "./looks.ts";
import { drawRatioChart } from "./ratio-chart.ts";
import { scalingOption } from "./scaling-chart.ts";
import { drawTrendChart } from "./trend-chart.ts";

use([CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** A chart for the page, where names of marks stand beside it and colours come from the page's style. */
export function chartForPage(chart: Chart, width: number, variants: readonly string[]): string {
  return draw(chart, { width, alone: false, indexOf: (variant) => variants.indexOf(variant) });
}

/** A chart as a file, for Markdown: it brings its legend and colours along. */
export function chartAlone(chart: Chart, variants: readonly string[]): string {
  const svg = draw(chart, { width: WIDTHS.desk, alone: true, indexOf: (variant) => variants.indexOf(variant) });
  const sheet = `<style>${colorSheet(variants, { page: true })}${CHART_SHEET}</style><title>${escapeHtml(chart.title)}</title>`;
  const paper = `<rect width="100%" height="100%" fill="${PAPER}"/>`;
  const opening = /^<svg([^>]*)>/;
  return svg.replace(opening, (_, attributes) => `<svg${attributes} font-family="${FONT}">${sheet}${paper}`);
}

function draw(chart: Chart, drawing: Drawing): string {
  if (chart.kind === "ratio") return drawRatioChart(chart, drawing);
  if (chart.kind === "trend") return drawTrendChart(chart, drawing);
  const instance = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: drawing.width,
    height: heightOf(chart, drawing),
  });
  try {
    instance.setOption(chart.kind === "growth" ? growthOption(chart, drawing) : scalingOption(chart, drawing));
    return tidied(instance.renderToSVGString({ useViewBox: true }), chart, drawing);
  } finally {
    instance.dispose();
  }
}

/** A chart of lines, which ECharts draws. */
type LineChartData = GrowthChart | ScalingChart;

/** Height that a chart of lines wants, in pixels. */
function heightOf({ series }: LineChartData, { width, alone }: Drawing): number {
  const names = series.map(({ variant }) => variant);
  return (alone ? legendHeight(names, width) : 0) + (isNarrow(width) ? 300 : 400);
}

/**
 * Without what ECharts adds for a browser's events: marks are known by their variant instead (`data-v`), and say on hovering
 * what they are.
 */
function tidied(svg: string, chart: LineChartData, { indexOf, width }: Drawing): string {
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]+>/g, (tag) => compact(tag, `${chart.id}-${width}`))
    .replace(OF_A_SERIES, (_, tag: string, before: string, series: string, data: string, after: string) => {
      const attributes = `${before}${after}`;
      // The dashed line belongs to nobody.
      if (attributes.includes(SILENT)) return `<${tag}${attributes.replace(SILENT, "")}>`;
      // Bars of intervals may be series of their own, after those of the marks.
      const place = Number(series) % chart.series.length;
      const variant = indexOf(chart.series[place].variant);
      // The bar lies under its mark; on a phone nobody hovers.
      const isMark = width > WIDTHS.phone && !attributes.includes('stroke-width="2.5"');
      const title = isMark ? `<title>${escapeHtml(describe(chart, place, Number(data)))}</title>` : "";
      return `<${tag}${painted(attributes, variant)} data-v="${variant}">${title}`;
    })
    .replace(INVISIBLE, "")
    .replace(/<(path|circle|polygon|rect)([^>]*)><\/\1>/g, "<$1$2/>")
    .replaceAll("\n", "");
}

/** Ways to paint in the colour of a variant, said by a class. */
const PAINTS = {
  bar: (color: string) => `stroke="${color}" stroke-width="2.5"`,
  full: (color: string) => `fill="${color}" stroke="${PAPER}"`,
  hollow: (color: string) => `fill="${PAPER}" stroke="${color}" stroke-width="2"`,
} as const;

function painted(attributes: string, variant: number): string {
  return Object.entries(PAINTS).reduce(
    (text, [name, paint]) => text.replace(paint(`var(--c${variant})`), `class="${name}"`),
    attributes,
  );
}

/** Nothing is filled, and no line drawn. */
const INVISIBLE = /<(path|rect)(?=[^>]* fill="none")(?![^>]* stroke=)[^>]*><\/\1>/g;
const SILENT = ' ecmeta_silent="true"';
const OF_A_SERIES = /<(\w+)([^>]*?) ecmeta_series_index="(\d+)" ecmeta_data_index="(\d+)"([^>]*)>/g;

/** What tags in charts have in common is said once. */
export const CHART_SHEET: string = [
  "text{dominant-baseline:central;font-size:12px}",
  ".rule{fill:none;stroke:var(--rule)}",
  ".ink{fill:var(--ink)}",
  ".bar{stroke:var(--v);stroke-width:2.5}",
  ".full{fill:var(--v);stroke:var(--paper)}",
  ".hollow{fill:var(--paper);stroke:var(--v);stroke-width:2}",
  ".muted{fill:var(--muted)}",
  ".small text{font-size:10px}",
  ".strip{fill:var(--muted);opacity:.16}",
  ".curve{fill:none;stroke:var(--v);stroke-width:2}",
  ".link{fill:var(--link);text-decoration:underline}",
  ".one{fill:none;stroke:var(--ink);stroke-width:1.25}",
]
  .map((rule) => `.chart-svg ${rule}`)
  .join("");

/** A tag without what is not needed, and coordinates to a tenth of a pixel; ECharts counts its charts, which says nothing. */
function compact(tag: string, id: string): string {
  return tag
    .replace(/ (class|pointer-events|ecmeta_ssr_type|xmlns:xlink|version|baseProfile|xml:space)="[^"]*"/g, "")
    .replace(' fill="none" stroke="var(--rule)"', ' class="rule"')
    .replace(' fill="var(--ink)"', ' class="ink"')
    .replace(' fill="var(--muted)"', ' class="muted"')
    .replace(/font-family:[^;"]*;/g, "")
    .replace(/ (fill="#000"|dominant-baseline="central"|style="font-size:12px;")/g, "")
    .replace(/\bzr\d+-/g, `${id}-`)
    .replace(/(\d+\.\d)\d+/g, "$1")
    .replace(/^<svg/, '<svg class="chart-svg"');
}

/** What one mark says. */
function describe(chart: LineChartData, series: number, index: number): string {
  if (chart.kind === "scaling") {
    const { variant, points } = chart.series[series];
    const point = points[index];
    if (point === undefined) return variant;
    const { threads, estimate, low, high } = point;
    return `${variant}, ${threads} threads: ${digits(estimate)}× (${digits(low)}–${digits(high)})`;
  }
  const { variant, points } = chart.series[series];
  const point = points[index];
  return point === undefined ? variant : `${variant}, ${chart.sizeLabel} ${digits(point.size)}: ${digits(point.ms)} ms`;
}
