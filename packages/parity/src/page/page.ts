/**
 * The script of the report page: draws the matrix of cases, filters it, and says what a point is.
 *
 * @module
 */

import { ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { PageData } from "../render/page-data.ts";
import { aspectOf, heightOf, matrixOption, SCALE_FROM } from "./matrix-chart.ts";
import { type Filter, type Layout, layOut, type Point, type Tone } from "./points.ts";
import { currentTheme, type Theme } from "./theme.ts";
import { detailOf, tooltipOf } from "./words.ts";

use([ScatterChart, GridComponent, TooltipComponent, VisualMapContinuousComponent, CanvasRenderer]);

const PASSES = 4;

function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

const data: PageData = JSON.parse(element("data").textContent);
const canvas = element("chart");
const form = element<HTMLFormElement>("filters");
const detail = element("detail");
const chart = init(canvas, undefined, { renderer: "canvas", width: 1, height: 1 });
let layout: Layout;
let filter = readFilter();

function readFilter(): Filter {
  const fields = new FormData(form);
  const value = (name: string): string => String(fields.get(name) ?? "");
  return {
    oracle: data.oracles.indexOf(value("oracle")),
    kind: value("kind"),
    onlyWrong: value("verdict") === "wrong",
    byRatio: value("order") === "ratio",
    text: value("text"),
  };
}

function draw(): void {
  const width = canvas.clientWidth;
  const theme = currentTheme();
  layout = layOut(data, filter, aspectOf(width, PASSES));
  const height = heightOf(layout.algorithms.length, width);
  canvas.style.height = `${height}px`;
  chart.resize({ width, height });
  const option = matrixOption(data, layout, theme, width, (point) => tooltipOf(data, point, filter.oracle));
  chart.setOption(option, { notMerge: true });
  element("legend").innerHTML = legendOf(theme);
  const number = (count: number): string => count.toLocaleString("en");
  element("count").textContent =
    `${number(layout.questions)} of ${number(data.questions.length)} questions, ${number(layout.points.length)} answers.`;
}

function legendOf({ scale, tones }: Theme): string {
  const steps = scale.map((colour, step) => {
    const power = SCALE_FROM + step;
    return `<span><i style="background:${colour}"></i>${power === 0 ? "the bound" : `<span>10<sup>${String(power).replace("-", "−")}</sup></span>`}</span>`;
  });
  const words: Readonly<Record<Exclude<Tone, "bounded">, string>> = {
    exact: "exact",
    known: "known ✗",
    wrong: "disagrees",
  };
  const others = Object.entries(words).map(
    ([tone, word]) => `<span><i style="background:${tones[tone as keyof typeof tones]}"></i>${word}</span>`,
  );
  return `<b>error/bound</b> ${[...steps, ...others].join(" ")}`;
}

function pointAt(series: string | undefined, index: number): Point | undefined {
  return layout.points.filter(({ tone }) => tone === series)[index];
}

chart.on("click", ({ seriesName, dataIndex }) => {
  const point = pointAt(seriesName, dataIndex);
  if (point !== undefined) detail.innerHTML = detailOf(data, point, filter.oracle);
});

detail.addEventListener("click", async ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>("[data-copy]") : null;
  const command = button?.parentElement?.querySelector("code");
  if (!button || !command) return;
  // Where a page from disk may not copy by itself, what is to be copied is selected.
  getSelection()?.selectAllChildren(command);
  await navigator.clipboard?.writeText(command.textContent);
  button.textContent = "Copied";
});

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  filter = readFilter();
  draw();
});
// The panel under the chart changes the height of the page, which is no reason to draw anew.
new ResizeObserver(() => {
  if (canvas.clientWidth !== chart.getWidth()) draw();
}).observe(canvas.parentElement!);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", draw);
