/** The page: complete in itself, with everything in it that a report has, and no text that becomes a tag. */

import { describe, expect, it } from "vitest";
import { type ConvAdapter, corr2dAdapter, runParity } from "../src/index.ts";
import { renderHtml } from "../src/render/html.ts";
import type { PageData } from "../src/render/page-data.ts";
import { reportOf } from "../src/results/merge.ts";
import type { TrialRecord } from "../src/results/trial-record.ts";

const HOSTILE = "</script><script>alert(1)</script><b onclick='x'>";

/** Right but for its name, and for one case in which it throws. */
const hostile: ConvAdapter = {
  ...corr2dAdapter("tiled"),
  name: HOSTILE,
  prepare(convCase, pass, data) {
    if (convCase.name === "stride 2") throw new Error(HOSTILE);
    return corr2dAdapter("tiled").prepare(convCase, pass, data);
  },
};

async function pageOf(): Promise<{ html: string; data: PageData; trials: readonly TrialRecord[] }> {
  const trials: TrialRecord[] = [];
  const report = await runParity({
    adapters: [corr2dAdapter("naive"), hostile],
    oracles: ["tfjs-cpu"],
    cases: 0,
    only: "stride 2",
    observer: { onRecords: (records) => trials.push(...records) },
  });
  const html = renderHtml(report, trials);
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)!;
  return { html, data: JSON.parse(json), trials };
}

describe("the page", () => {
  it("has every question and every answer", async () => {
    const { data, trials, html } = await pageOf();
    const questions = trials.flatMap((trial) => trial.questions);
    expect(questions.length).toBeGreaterThan(20);
    expect(data.questions).toHaveLength(questions.length);
    expect(data.total).toBe(questions.length);
    expect(data.algorithms).toEqual(["corr2d/naive", HOSTILE]);
    expect(data.oracles).toEqual(["reference", "tfjs-cpu"]);
    const threw = data.questions.flatMap(({ algorithms }) => algorithms.filter(([, ratio]) => ratio === "threw"));
    expect(threw.length).toBeGreaterThan(0);
    expect(html).toContain('<p class="outcome bad">disagree</p>');
  });

  it("lets no text of a report become a tag", async () => {
    const { html } = await pageOf();
    const markup = html.replaceAll(/<script(?: [^>]*)?>.*?<\/script>/gs, "");
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(markup).not.toContain("<script");
    expect(markup).not.toContain("<b onclick");
    expect(markup).toContain("&lt;b onclick=&#39;x&#39;&gt;");
  });

  it("asks for nothing from elsewhere", async () => {
    const { html } = await pageOf();
    const markup = html.replaceAll(/<script(?: [^>]*)?>.*?<\/script>/gs, "");
    expect(markup).not.toMatch(/\b(src|srcset|data-src)=/);
    expect(markup).not.toMatch(/<link|@import|url\(/);
    expect(html).toContain("default-src 'none'");
  });

  it("does without a matrix where nothing was asked", () => {
    const html = renderHtml(reportOf([]), []);
    expect(html).toContain('<p class="outcome bad">could not run</p>');
    expect(html).not.toContain("<script");
  });
});
