/**
 * Names in a report come from anywhere; what a chart says when a mark is hovered is HTML.
 */

import { expect, it } from "vitest";
import { growthOption } from "./growth-chart.ts";
import { ratioOption } from "./ratio-chart.ts";
import { speedOption } from "./speed-chart.ts";
import type { Theme } from "./theme.ts";

const HOSTILE = `<img src=x onerror="alert('1')">`;
const theme = new Proxy({}, { get: () => "black" }) as Theme;

/** What every series of a chart says when a mark is hovered. */
function tooltips(option: { series?: unknown }, value: unknown): string[] {
  const series = option.series as { tooltip: { formatter: (mark: unknown) => string } }[];
  return series.map(({ tooltip }) => tooltip.formatter({ name: HOSTILE, value }));
}

it("tooltips show names, and make nothing of them", () => {
  const points = [{ estimate: 1, low: 0.5, high: 2 }];
  const ratio = { title: "", caption: "", kind: "ratio" as const, cases: [HOSTILE], noiseFloor: 1.1 };
  const speed = { ...ratio, kind: "speed" as const, ceilings: [] };
  const growth = { ...ratio, kind: "growth" as const, sizeLabel: HOSTILE };
  const texts = [
    ...tooltips(ratioOption({ ...ratio, series: [{ variant: HOSTILE, points }] } as never, theme, 900), [1, 0, 0.5, 2]),
    ...tooltips(speedOption({ ...speed, series: [{ variant: HOSTILE, gflops: [1] }] } as never, theme, 900), 1),
    ...tooltips(
      growthOption({ ...growth, series: [{ variant: HOSTILE, points: [{ size: 1, ms: 1 }] }] } as never, theme, 900),
      [1, 1],
    ),
  ];
  expect(texts).toHaveLength(3);
  for (const text of texts) {
    expect(text).not.toContain("<img");
    expect(text.split("&lt;img src=x onerror=&quot;")).toHaveLength(3);
  }
});
