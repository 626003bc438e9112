/**
 * The ratio chart: for each case a band, in it for each peer a mark on a bar, the bar its 95 % interval. The axis is
 * logarithmic: twice as fast and half as fast lie equally far from 1. Within the grey strip lies noise. What would stretch the
 * axis until nothing else is seen stands at its end, with an arrow and its figure.
 *
 * It is drawn without a library, by the page, too, when a reader chooses another baseline.
 *
 * @module
 */

import type { RatioChart } from "../report/chart.ts";
import { type Drawing, digits, isNarrow, legendHeight } from "./axes.ts";
import { lookOf, markPath, markShape, painted } from "./looks.ts";
import { factor, label, labels, legendOf, MARK_RADIUS, openSvg, powersOfTwo, px } from "./svg.ts";

/** Beyond these the axis does not go. */
const [LEAST, MOST] = [1 / 16, 32];

/** What the scales above and below take, in pixels. */
const [ABOVE, BELOW] = [26, 50];

/** Where a value or a band lies. */
interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly band: number;
  /** Powers of two that the scale names; the first and the last are its ends. */
  readonly powers: readonly number[];
  x(value: number): number;
}

/** The chart as SVG. */
export function drawRatioChart(chart: RatioChart, drawing: Drawing): string {
  const { width, alone } = drawing;
  const names = chart.series.map(({ variant }) => variant);
  const legend = alone ? legendHeight(names, width) : 0;
  const frame = frameOf(chart, width, legend);
  return [
    openSvg(width, frame.bottom + BELOW),
    alone ? legendOf(names, drawing) : "",
    strip(chart.noiseFloor, frame),
    grid(chart, frame),
    scale(chart, frame, width),
    labels(
      isNarrow(width) ? "ink small" : "ink",
      "end",
      chart.cases.flatMap((name, i) => caseName(name, frame, i, width)),
    ),
    ...chart.series.map((_, series) => marksOf(chart, series, frame, drawing)),
    "</svg>",
  ].join("");
}

function frameOf(chart: RatioChart, width: number, legend: number): Frame {
  const narrow = isNarrow(width);
  const band = Math.max(34, 13 * chart.series.length + 8);
  const [left, right, top] = [narrow ? 104 : 206, width - (narrow ? 16 : 26), legend + ABOVE];
  const [lowest, highest] = rangeOf(chart);
  const powers = powersOfTwo(lowest, highest, narrow ? 5 : 10);
  const [first, last] = [Math.log2(powers[0]!), Math.log2(powers.at(-1)!)];
  const x = (value: number): number => {
    const place = (Math.log2(value) - first) / (last - first);
    return left + Math.min(Math.max(place, 0), 1) * (right - left);
  };
  return { left, right, top, bottom: top + band * chart.cases.length, band, powers, x };
}

/** Powers of two that the axis holds: all intervals, as far as {@link LEAST} and {@link MOST}. */
function rangeOf({ series }: RatioChart): [lowest: number, highest: number] {
  const points = series.flatMap((one) => one.points.flatMap((point) => point ?? []));
  const inside = points.filter(({ estimate }) => estimate >= LEAST && estimate <= MOST);
  const lowest = Math.min(0.9, ...inside.map(({ low }) => Math.max(low, LEAST)));
  const highest = Math.max(1.1, ...inside.map(({ high }) => Math.min(high, MOST)));
  const below = points.some(({ estimate }) => estimate < LEAST) ? 0.5 : 0;
  const above = points.some(({ estimate }) => estimate > MOST) ? 0.5 : 0;
  return [Math.log2(lowest) - below, Math.log2(highest) + above];
}

/** Within it lies noise. */
function strip(noiseFloor: number, { x, top, bottom }: Frame): string {
  const [from, to] = [x(1 / noiseFloor), x(noiseFloor)];
  return `<rect class="strip" x="${px(from)}" y="${top}" width="${px(to - from)}" height="${bottom - top}"/>`;
}

/** A hairline for each power and between bands, and a heavier one at 1. */
function grid({ cases }: RatioChart, { left, right, top, bottom, band, powers, x }: Frame): string {
  const upright = powers.map((power) => `M${px(x(power))} ${top}V${bottom}`);
  const across = Array.from({ length: cases.length + 1 }, (_, i) => `M${left} ${px(top + i * band)}H${right}`);
  return `<path class="rule" d="${[...upright, ...across].join("")}"/><path class="one" d="M${px(x(1))} ${top}V${bottom}"/>`;
}

/** Whoever reads a tall chart sees the scale at its top, too. */
function scale({ subject }: RatioChart, { left, right, top, bottom, powers, x }: Frame, width: number): string {
  const factors = [top - 13, bottom + 15].flatMap((y) => powers.map((power) => label(factor(power), x(power), y)));
  const words = isNarrow(width) ? "times as fast" : `← slower · ${subject} is … times as fast · faster →`;
  return labels("muted", "middle", [...factors, label(words, (left + right) / 2, bottom + 37)]);
}

/** `network/layer` is set in two lines, and broken where it is too long for its column. */
function caseName(name: string, { left, top, band }: Frame, index: number, width: number): string[] {
  const narrow = isNarrow(width);
  const lines = name.split("/").flatMap((part) => brokenAt(part, narrow ? 18 : 30));
  const height = narrow ? 13 : 16;
  const first = top + (index + 0.5) * band - ((lines.length - 1) / 2) * height;
  return lines.map((line, i) => label(line, left - 10, first + i * height));
}

/** Lines of at most so many letters, broken after hyphens and blanks where there are any. */
function brokenAt(text: string, most: number): string[] {
  const lines = [""];
  for (const piece of text.split(/(?<=[- ])/)) {
    const last = lines.length - 1;
    if (lines[last] !== "" && (lines[last] + piece).trim().length > most) lines.push(piece);
    else lines[last] += piece;
  }
  return lines.map((line) => line.trim());
}

/** All marks of one series on their bars. On a phone nobody hovers, so there they are one outline without words. */
function marksOf(chart: RatioChart, series: number, frame: Frame, { width, indexOf }: Drawing): string {
  const { x, top, band, powers } = frame;
  const { variant, points } = chart.series[series]!;
  const look = lookOf(variant, indexOf(variant));
  const bars: string[] = [];
  const marks: string[] = [];
  const outlines: string[] = [];
  for (const [index, point] of points.entries()) {
    if (point === null) continue;
    const { estimate, low, high } = point;
    const y = top + index * band + ((series + 1) / (chart.series.length + 1)) * band;
    const words = `${chart.cases[index]}, ${variant}: ${digits(estimate)}× (${digits(low)}–${digits(high)})`;
    if (estimate > powers.at(-1)! || estimate < powers[0]!) {
      marks.push(beyond(x(estimate), y, estimate, isNarrow(width) ? undefined : words));
      continue;
    }
    bars.push(`M${px(x(low))} ${px(y)}H${px(x(high))}`);
    if (isNarrow(width)) outlines.push(markPath(look.mark, x(estimate), y, MARK_RADIUS));
    else marks.push(markShape(look, x(estimate), y, MARK_RADIUS, words));
  }
  const all = outlines.length === 0 ? "" : painted(outlines.join(""), look.hollow);
  return `<g data-v="${indexOf(variant)}"><path class="bar" d="${bars.join("")}"/>${all}${marks.join("")}</g>`;
}

/** An arrow at the end of the axis, and the figure that lies beyond. */
function beyond(x: number, y: number, value: number, words?: string): string {
  const way = value > 1 ? -1 : 1;
  const arrow = `M${px(x)} ${px(y)}L${px(x + 8 * way)} ${px(y - 4.5)}V${px(y + 4.5)}Z`;
  return `${painted(arrow, false, words)}${labels("ink small", value > 1 ? "end" : "start", [label(factor(value), x + 12 * way, y)])}`;
}
