/**
 * The choice of the baseline: figures, tables and charts speak about another engine. The address keeps it (`?baseline=tfjs-wasm`), so
 * that whoever is sent the link sees the same.
 *
 * @module
 */

import { WIDTHS } from "../charts/axes.ts";
import { legendEntry } from "../charts/looks.ts";
import { drawRatioChart } from "../charts/ratio-chart.ts";
import type { RatioChart } from "../report/chart.ts";
import type { Cell } from "../report/document.ts";
import { type PageRatios, type PairRatio, unpackRatio } from "../report/page-ratios.ts";
import { figuresNote, keyFigure, MOST_FIGURES, ratioCell, someOf } from "../report/ratio-words.ts";
import { field } from "./field.ts";
import { orderOf, sortBy } from "./sort.ts";

const PARAMETER = "baseline";
const NETWORK_LAYERS_ROW = "kind-network-layers";

/** What speaks about the baseline. */
const SPEAKING = ".verdict, .ratios, figure[data-rows]";

/**
 * The field; undefined where nobody is compared with anybody.
 *
 * @param onChange is given what took the place of what was there.
 */
export function baselineField(onChange: (added: ParentNode) => void): HTMLElement | undefined {
  const ratios = JSON.parse(document.querySelector("#ratios")?.textContent ?? "null") as PageRatios | null;
  if (ratios === null) return undefined;
  const timed = new Set(Object.values(ratios.rows).flatMap((row) => row.timed));
  if (timed.size < 2) return undefined;
  const shown = [...document.querySelectorAll<HTMLElement>(SPEAKING)].map((original) => ({ original, now: original }));
  const select = field("Baseline", document.createElement("select"));
  const names = ratios.names.map((name, i) => ({ name, i })).filter(({ i }) => timed.has(i));
  select.append(...names.map(({ name, i }) => new Option(name, name, i === ratios.subject, i === ratios.subject)));
  const show = (name: string): void => {
    const baseline = ratios.names.indexOf(name);
    for (const block of shown) {
      const order = orderOf(block.now);
      const copy = baseline === ratios.subject ? block.original : aboutAnother(block.original, ratios, baseline);
      block.now.replaceWith(copy);
      block.now = copy;
      const head = [...copy.querySelectorAll<HTMLTableCellElement>("thead th")].find(
        ({ textContent }) => textContent === order?.column,
      );
      if (head !== undefined) sortBy(head, order!.direction);
    }
    onChange(document);
  };
  select.addEventListener("change", () => {
    const address = new URL(location.href);
    if (select.value === ratios.names[ratios.subject]) address.searchParams.delete(PARAMETER);
    else address.searchParams.set(PARAMETER, select.value);
    history.replaceState(null, "", address);
    show(select.value);
  });
  const wanted = new URLSearchParams(location.search).get(PARAMETER);
  if (wanted !== null && names.some(({ name }) => name === wanted)) {
    select.value = wanted;
    // The toolbar is not there yet, nor what is changed by it.
    queueMicrotask(() => show(wanted));
  }
  return select.parentElement!;
}

/** A copy that speaks about another engine. */
function aboutAnother(original: HTMLElement, ratios: PageRatios, baseline: number): HTMLElement {
  const copy = original.cloneNode(true) as HTMLElement;
  const [before, after] = [ratios.subject, baseline].map((i) => ratios.names[i]!) as [string, string];
  for (const element of copy.querySelectorAll("h3, figcaption, .note")) {
    element.textContent = element.textContent!.replaceAll(before, after);
  }
  for (const element of copy.querySelectorAll("[aria-label]:not(a)")) {
    element.setAttribute("aria-label", element.getAttribute("aria-label")!.replaceAll(before, after));
  }
  if (copy.className === "verdict") fillFigures(copy, ratios, baseline);
  else if (copy.tagName === "FIGURE") drawAgain(copy, ratios, baseline);
  else fillTable(copy.querySelector("table")!, ratios, baseline);
  return copy;
}

/** The engines that any of these rows compares with the baseline. */
function othersIn(ratios: PageRatios, baseline: number, rows: readonly string[]): readonly number[] {
  return ratios.names.flatMap((_, other) => (rows.some((id) => ratioOf(ratios, id, baseline, other)) ? other : []));
}

function ratioOf(ratios: PageRatios, id: string, baseline: number, other: number): PairRatio | undefined {
  const row = ratios.rows[id];
  return row && unpackRatio(ratios, row, baseline, other);
}

/** How fast the baseline is beside the strongest of the others, in large type. */
function fillFigures(verdict: HTMLElement, ratios: PageRatios, baseline: number): void {
  const { names } = ratios;
  for (const figure of verdict.querySelectorAll("[data-speed]")) figure.remove();
  const totals = othersIn(ratios, baseline, [NETWORK_LAYERS_ROW])
    .map((other) => ({ other, ratio: ratioOf(ratios, NETWORK_LAYERS_ROW, baseline, other)! }))
    .sort((a, b) => a.ratio.estimate - b.ratio.estimate)
    .slice(0, MOST_FIGURES);
  const layers = Math.max(...totals.map(({ ratio }) => ratio.layers));
  const figures = totals.map(({ other, ratio }) => {
    const { value, label, detail } = keyFigure(names[other]!, ratio, layers);
    const made = (name: string, text: string): HTMLElement =>
      Object.assign(document.createElement(name), { textContent: text });
    const [box, words] = [made("div", ""), made("dt", label)];
    if (detail !== undefined) words.append(made("small", detail));
    box.append(made("dd", value), words);
    box.dataset.speed = "";
    return box;
  });
  verdict.querySelector(".figures")!.prepend(...figures);
  const note = verdict.querySelector(".note");
  if (note !== null) note.textContent = totals.length === 0 ? "" : figuresNote(names[baseline]!, layers);
}

/** Columns of ratios to the others, between the names of rows and what follows. */
function fillTable(table: HTMLTableElement, ratios: PageRatios, baseline: number): void {
  const rows = [...table.tBodies[0]!.rows];
  const others = othersIn(
    ratios,
    baseline,
    rows.map(({ id }) => id),
  );
  const after = Number(table.dataset.after);
  const exchange = (row: HTMLTableRowElement, cells: readonly HTMLElement[]): void => {
    const kept = [...row.cells];
    for (const cell of kept.slice(1, kept.length - after)) cell.remove();
    kept[0]!.after(...cells);
  };
  const heads = table.tHead!.rows[0]!;
  for (const cell of heads.cells) cell.removeAttribute("aria-sort");
  exchange(
    heads,
    others.map((other) => headOf(ratios.names[other]!)),
  );
  for (const row of rows) {
    const members = ratios.rows[row.id]?.members;
    exchange(
      row,
      others.map((other) => {
        const ratio = ratioOf(ratios, row.id, baseline, other);
        const some = ratio && members !== undefined ? someOf(ratio.layers, members) : "";
        return cellOf(ratioCell(ratio ?? null, some));
      }),
    );
  }
}

function headOf(name: string): HTMLElement {
  const head = document.createElement("th");
  head.scope = "col";
  head.className = "number";
  for (const [i, part] of name.split("/").entries()) {
    if (i > 0) head.append("/", document.createElement("wbr"));
    head.append(part);
  }
  return head;
}

function cellOf({ text, tone, detail }: Cell): HTMLElement {
  const cell = document.createElement("td");
  if (tone !== "plain") cell.className = tone;
  cell.append(text);
  if (detail !== undefined) cell.append(Object.assign(document.createElement("small"), { textContent: detail }));
  return cell;
}

/** The chart as the report would have drawn it: of the peers, and of the engine that it spoke about. */
function drawAgain(figure: HTMLElement, ratios: PageRatios, baseline: number): void {
  const { names, subject } = ratios;
  const rows = figure.dataset.rows!.split(" ");
  const legend = figure.querySelector(".legend")!;
  const shown = [subject, ...[...legend.querySelectorAll<HTMLElement>("li")].map((entry) => Number(entry.dataset.v))];
  const others = othersIn(ratios, baseline, rows).filter((other) => shown.includes(other));
  const chart: RatioChart = {
    kind: "ratio",
    id: figure.id,
    title: "",
    caption: "",
    subject: names[baseline]!,
    group: null,
    cases: rows.map((id) => ratios.rows[id]!.name),
    rows,
    noiseFloor: Number(figure.dataset.floor),
    series: others.map((other) => ({
      variant: names[other]!,
      points: rows.map((id) => ratioOf(ratios, id, baseline, other) ?? null),
    })),
  };
  legend.innerHTML = others.map((other) => legendEntry(names[other]!, other)).join("");
  for (const [name, width] of Object.entries(WIDTHS)) {
    const place = figure.querySelector(`.${name}`)!;
    if (others.length === 0) place.textContent = `${names[baseline]} was not timed on these layers.`;
    else place.innerHTML = drawRatioChart(chart, { width, alone: false, indexOf: (variant) => names.indexOf(variant) });
  }
}
