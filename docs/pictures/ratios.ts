/**
 * Draws docs/ratios.svg, the chart of the README, and writes its table, from docs/ratios.json. Given a report that
 * `pnpm bench --suite classes` wrote, it first takes the figures from there:
 *
 *     pnpm pictures
 *     node --conditions=@corr2d/source docs/pictures/ratios.ts docs report/report.json
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type BenchReport,
  hostOf,
  layerTotals,
  networkLayers,
  networkLayersByClass,
  parseBenchReport,
} from "@corr2d/bench";
import { svg, text, write } from "./drawing.ts";

/** What the chart and the table say, and nothing else of a report. */
interface Ratios {
  readonly measured: string;
  readonly cpu: string;
  readonly host: string;
  readonly commit: string | null;
  readonly processes: number;
  readonly classes: readonly RatiosOfClass[];
}

interface RatiosOfClass {
  readonly name: string;
  readonly layers: number;
  readonly rivals: readonly RatioToRival[];
}

/** Time of the rival / time of corr2d: of all layers once each, with its 95 % interval, and of each layer. */
interface RatioToRival {
  readonly rival: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly eachLayer: readonly number[];
}

/** As many of the rivals as README and chart have room for, the strongest. */
const RIVALS = 4;
/** How variants of the benchmark are called by those who use them. */
const NAMES: Readonly<Record<string, string>> = {
  "onnxruntime-node": "ONNX Runtime native",
  "onnxruntime-web": "ONNX Runtime web",
  "tfjs-node": "tfjs-node (native)",
};

const docs = resolve(import.meta.dirname, "..");
const [folder = docs, reportPath] = process.argv.slice(2);

const ratios =
  reportPath === undefined
    ? (JSON.parse(await readFile(resolve(docs, "ratios.json"), "utf8")) as Ratios)
    : ratiosOf(parseBenchReport(JSON.parse(await readFile(reportPath, "utf8"))));
await writeFile(resolve(folder, "ratios.json"), `${JSON.stringify(ratios, null, 2)}\n`);
await write("ratios", chart(ratios));
const readme = await readFile(resolve(docs, "../README.md"), "utf8");
const written = resolve(folder, resolve(folder) === docs ? ".." : "", "README.md");
await writeFile(written, readme.replace(/^\| layers, once each .*\n(?:\|.*\n)+/m, table(ratios)));

function ratiosOf(report: BenchReport): Ratios {
  const all = networkLayers(report);
  const strongest = layerTotals(report, all).slice(0, RIVALS);
  const round = (value: number): number => Number(value.toPrecision(4));
  return {
    measured: report.created.slice(0, 10),
    cpu: report.environment.cpu,
    host: hostOf(report.environment),
    commit: report.environment.commit,
    processes: report.settings.processes,
    classes: [["all", all] as const, ...networkLayersByClass(report)].map(([name, layers]) => ({
      name,
      layers: layers.length,
      rivals: strongest.flatMap(({ rival }) => {
        const total = layerTotals(report, layers).find((found) => found.rival === rival);
        if (total === undefined) return [];
        const each = layers.flatMap(({ results }) => results.find((result) => result.variant === rival)?.ratio ?? []);
        return {
          rival,
          ratio: round(total.estimate),
          low: round(total.low),
          high: round(total.high),
          eachLayer: each.map(({ estimate }) => round(estimate)),
        };
      }),
    })),
  };
}

function titleOf({ name, layers }: RatiosOfClass): string {
  return name === "all" ? `all ${layers}` : `${name} (${layers})`;
}

function nameOf(rival: string): string {
  return NAMES[rival] ?? rival;
}

/** Two digits after the point: 0.56, 1.29; one from ten on. */
function digits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : 1);
}

/** The table of the README, columns padded as the formatter pads them. */
function table({ classes }: Ratios): string {
  const rivals = classes[0]!.rivals.map(({ rival }) => rival);
  const rows = [
    ["layers, once each", ...rivals.map(nameOf)],
    ...classes.map((found) => [
      titleOf(found),
      ...rivals.map((rival) => {
        const ratio = found.rivals.find((entry) => entry.rival === rival);
        return ratio === undefined ? "–" : `${digits(ratio.ratio)} (${digits(ratio.low)}–${digits(ratio.high)})`;
      }),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |\n`;
  return [line(rows[0]!), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(line)].join("");
}

/** A row for each class and rival on a logarithmic axis: the total with its interval, and a pale dot for each layer. */
function chart({ classes, measured, cpu, host, processes }: Ratios): string {
  const [left, width, right] = [216, 430, 174];
  const [rowHeight, headingHeight] = [26, 40];
  const ticks = [0.5, 1, 2, 5, 10, 20, 50];
  const [from, to] = [0.44, 60];
  const at = (ratio: number): string => (left + (width * Math.log(ratio / from)) / Math.log(to / from)).toFixed(1);
  const drawn: string[] = [];
  let y = 14;
  for (const found of classes) {
    drawn.push(text(20, y + 20, titleOf(found), "label left strong"));
    y += headingHeight;
    for (const { rival, ratio, low, high, eachLayer } of found.rivals) {
      drawn.push(text(left - 16, y + 6, nameOf(rival), "caption right"));
      for (const layer of eachLayer) drawn.push(`<circle cx="${at(layer)}" cy="${y}" r="5" class="faint"/>`);
      drawn.push(`<line x1="${at(low)}" x2="${at(high)}" y1="${y}" y2="${y}" class="whisker"/>`);
      drawn.push(`<circle cx="${at(ratio)}" cy="${y}" r="6" class="bar"/>`);
      const value = `${digits(ratio)}×`;
      drawn.push(text(left + width + 66, y + 6, value, "label right strong"));
      drawn.push(text(left + width + 76, y + 6, `${digits(low)}–${digits(high)}`, "caption left"));
      y += rowHeight;
    }
    y += 6;
  }
  const axis = ticks.map((tick) => {
    const kind = tick === 1 ? "one" : "grid";
    const line = `<line x1="${at(tick)}" x2="${at(tick)}" y1="44" y2="${y}" class="${kind}"/>`;
    return line + text(Number(at(tick)), y + 22, `${tick}×`);
  });
  const total = [left + width + right, y + 68] as const;
  const note = `${measured}, ${cpu}, one thread, ${host}; bars: 95 % intervals over ${processes} processes; pale: each layer`;
  return svg(
    total,
    "How many times as fast as its rivals corr2d runs network layers, the strongest rival first",
    [...axis, ...drawn, text(20, y + 52, note, "note left")].join("\n"),
  );
}
