/**
 * The trend chart: how many times as fast the subject was at each commit, one step a commit, a curve for each rival, bars their 95 %
 * intervals. A commit's name below is a link to it.
 *
 * @module
 */

import { escapeHtml } from "@corr2d/parity/escape";
import type { TrendChart } from "../report/chart.ts";
import type { Interval } from "../statistics/verdict.ts";
import { type Drawing, digits, isNarrow, legendHeight } from "./axes.ts";
import { lookOf, markShape } from "./looks.ts";
import { factor, label, labels, legendOf, MARK_RADIUS, openSvg, powersOfTwo, px } from "./svg.ts";

/** What the scales to the left and below take, in pixels. */
const [LEFT, BELOW] = [52, 84];

const SMALL_MARK = 3.5;

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly powers: readonly number[];
  x(commit: number): number;
  y(value: number): number;
}

/** The chart as SVG. */
export function drawTrendChart(chart: TrendChart, drawing: Drawing): string {
  const { width, alone, indexOf } = drawing;
  const names = chart.series.map(({ variant }) => variant);
  const top = (alone ? legendHeight(names, width) : 0) + 16;
  const frame = frameOf(chart, width, top);
  return [
    openSvg(width, frame.bottom + BELOW),
    alone ? legendOf(names, drawing) : "",
    scale(frame),
    ...chart.commits.map((commit, i) => commitName(commit, i, frame, chart.commits.length)),
    ...chart.series.map(({ variant, points }) => {
      const marks = points.map((point, i) =>
        point === null ? "" : markOf(chart, variant, i, point, frame, indexOf(variant), isNarrow(width)),
      );
      return `<g data-v="${indexOf(variant)}">${curve(points, frame)}${marks.join("")}</g>`;
    }),
    "</svg>",
  ].join("");
}

function frameOf({ commits, series }: TrendChart, width: number, top: number): Frame {
  const points = series.flatMap((one) => one.points.flatMap((point) => point ?? []));
  const [lowest, highest] = [
    Math.log2(Math.min(0.95, ...points.map(({ low }) => low))),
    Math.log2(Math.max(1.05, ...points.map(({ high }) => high))),
  ];
  const powers = powersOfTwo(lowest, highest, 8);
  const [left, right, bottom] = [LEFT, width - 14, top + (isNarrow(width) ? 220 : 300)];
  const step = (right - left) / commits.length;
  const share = (value: number): number => (Math.log2(value) - lowest) / (highest - lowest);
  return {
    left,
    right,
    top,
    bottom,
    // The axis ends where the curves do, not at a power.
    powers: powers.filter((power) => Math.log2(power) >= lowest && Math.log2(power) <= highest),
    x: (commit) => left + (commit + 0.5) * step,
    y: (value) => bottom - share(value) * (bottom - top),
  };
}

function scale({ left, right, powers, y }: Frame): string {
  const lines = powers.map((power) => `M${left} ${px(y(power))}H${right}`).join("");
  const words = powers.map((power) => label(factor(power), left - 8, y(power)));
  return `<path class="rule" d="${lines}"/><path class="one" d="M${left} ${px(y(1))}H${right}"/>${labels("muted", "end", words)}`;
}

/** Upright, and where there are many only some of them. */
function commitName(
  { commit, date, href }: TrendChart["commits"][number],
  index: number,
  { x, left, right, bottom }: Frame,
  count: number,
): string {
  const every = Math.ceil((count * 16) / (right - left));
  if ((count - 1 - index) % every !== 0) return "";
  const [at, below] = [px(x(index)), px(bottom + 12)];
  const words = escapeHtml(`Commit ${commit.slice(0, 7)} of ${date}`);
  return `<a href="${escapeHtml(href)}" aria-label="${words}"><text class="link" x="${at}" y="${below}" text-anchor="end" transform="rotate(-90 ${at} ${below})">${escapeHtml(commit.slice(0, 7))}</text></a>`;
}

/** A line through all commits that were measured: one that was not is passed over. */
function curve(points: readonly (Interval | null)[], { x, y }: Frame): string {
  const places = points.flatMap((point, i) => (point === null ? [] : [`${px(x(i))} ${px(y(point.estimate))}`]));
  return places.length < 2 ? "" : `<path class="curve" d="M${places.join("L")}"/>`;
}

function markOf(
  { commits }: TrendChart,
  variant: string,
  index: number,
  { estimate, low, high }: Interval,
  { x, y }: Frame,
  number: number,
  narrow: boolean,
): string {
  const { commit, date } = commits[index]!;
  const words = `${commit.slice(0, 7)} of ${date}, ${variant}: ${digits(estimate)}× (${digits(low)}–${digits(high)})`;
  const bar = `<path class="bar" d="M${px(x(index))} ${px(y(low))}V${px(y(high))}"/>`;
  const look = lookOf(variant, number);
  // On a phone nobody hovers.
  const mark = narrow
    ? markShape(look, x(index), y(estimate), SMALL_MARK)
    : markShape(look, x(index), y(estimate), MARK_RADIUS, words);
  return `${bar}${mark}`;
}
