import { expect, it } from "vitest";
import type { GrowthChart, RatioChart, ScalingChart } from "../report/chart.ts";
import { WIDTHS } from "./axes.ts";
import { chartAlone, chartForPage } from "./draw.ts";
import { lookOf } from "./looks.ts";

const HOSTILE = `<img src=x onerror="alert('1')">`;

const ratio: RatioChart = {
  kind: "ratio",
  id: "some",
  title: "Ratios",
  caption: "",
  subject: "corr2d/auto",
  group: "3×3 stride 1",
  cases: ["net/a", "net/b"],
  rows: ["net-a", "net-b"],
  noiseFloor: 1.1,
  series: [
    { variant: "tfjs-wasm", points: [{ estimate: 2, low: 1.9, high: 2.1 }, null] },
    {
      variant: "tfjs-cpu",
      points: [
        { estimate: 7330, low: 7000, high: 7500 },
        { estimate: 20, low: 18, high: 22 },
      ],
    },
  ],
};
const variants = ["corr2d/auto", "tfjs-wasm", "tfjs-cpu"];

it("names make no markup, on hovering and on axes", () => {
  const points = [{ estimate: 1, low: 0.5, high: 2 }];
  const growth: GrowthChart = {
    kind: "growth",
    id: "g",
    title: HOSTILE,
    caption: HOSTILE,
    sizeLabel: HOSTILE,
    series: [
      {
        variant: HOSTILE,
        points: [
          { size: 1, ms: 1 },
          { size: 2, ms: 3 },
        ],
      },
    ],
  };
  const hostile = { ...ratio, title: HOSTILE, cases: [HOSTILE], series: [{ variant: HOSTILE, points }] };
  for (const chart of [hostile, growth]) {
    for (const svg of [chartForPage(chart, WIDTHS.desk, [HOSTILE]), chartAlone(chart, [HOSTILE])]) {
      expect(svg).not.toContain("<img");
      expect(svg).toContain("&lt;img");
    }
  }
});

it("a peer that is thousands of times slower stands at the end of the axis, with its figure, and squeezes nothing", () => {
  const svg = chartForPage(ratio, WIDTHS.phone, variants);
  expect(svg).toContain(">7,330×<");
  expect(svg).not.toContain(">8192×<");
  const labels = [...svg.matchAll(/>(\d+)×</g)].map(([, value]) => Number(value));
  expect(Math.max(...labels)).toBeLessThanOrEqual(64);
});

it("every estimate has its mark, the line at 1 and the strip belong to nobody and cannot be hidden", () => {
  const svg = chartForPage(ratio, WIDTHS.desk, variants);
  expect(svg.match(/<title>net\/[ab], tfjs-(wasm|cpu): /g)?.length).toBeGreaterThanOrEqual(3);
  expect(new Set([...svg.matchAll(/data-v="(\d)"/g)].map(([, v]) => v))).toEqual(new Set(["1", "2"]));
  const reference = svg.match(/<(?:path|rect) class="(?:one|strip)"[^>]*>/g) ?? [];
  expect(reference).toHaveLength(2);
  expect(reference.join("")).not.toContain("data-v");
});

it("has its scale at the top and at the bottom", () => {
  expect(chartForPage(ratio, WIDTHS.desk, variants).match(/>2×</g)).toHaveLength(2);
});

it("as a file brings its colours by day and by night, and its legend", () => {
  const svg = chartAlone(ratio, variants);
  expect(svg).toMatch(/^<svg[^>]*><style>.*:root\{.*--paper:.*prefers-color-scheme:dark/);
  expect(svg).toContain(">tfjs-wasm<");
});

it("no two peers look alike in grey: each has a mark of its own", () => {
  const peers = [
    "tfjs-cpu",
    "tfjs-wasm",
    "tfjs-node",
    "onnxruntime-web",
    "onnxruntime-node",
    "opencv.js",
    "sharp",
    "image-js",
  ];
  const marks = peers.map((peer) => JSON.stringify([lookOf(peer, 0).mark, lookOf(peer, 0).hollow]));
  expect(marks.filter((mark, i) => marks.indexOf(mark) !== i)).toEqual([]);
});

it("a curve over threads has a mark, a bar and words for each number, and a dashed line where every thread is worth another", () => {
  const scaling: ScalingChart = {
    kind: "scaling",
    id: "threads",
    title: "Threads",
    caption: "",
    series: ["corr2d/auto", "tfjs-wasm"].map((variant, i) => ({
      variant,
      points: [1, 2, 4].map((threads) => {
        const estimate = threads ** (1 - i / 4);
        return { threads, estimate, low: estimate * 0.9, high: estimate * 1.1 };
      }),
    })),
  };
  const svg = chartForPage(scaling, WIDTHS.desk, variants);
  for (const [variant, words] of [
    [0, "corr2d/auto, 4 threads: 4× (3.6–4.4)"],
    [1, "tfjs-wasm, 4 threads: 2.83× (2.55–3.11)"],
  ]) {
    expect(svg).toContain(words);
    expect(svg.match(new RegExp(`class="bar" data-v="${variant}"`, "g"))).toHaveLength(3);
  }
  expect(svg).toContain("stroke-dasharray");
  expect(chartAlone(scaling, variants)).toContain(">tfjs-wasm<");
});
