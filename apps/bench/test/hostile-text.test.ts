/**
 * A report from a stranger: no name in it may become a script or an order to the terminal.
 */

import { expect, it } from "vitest";
import { renderReport } from "../src/report/render.ts";
import { detailTable } from "../src/report/sections/speed.ts";
import { toText } from "../src/report/terminal.ts";
import { sampleReport } from "./fixtures/reports.ts";

it("the page runs its own script and no other", () => {
  const { html } = renderReport({ bench: sampleReport() });
  const [policy] = /<meta http-equiv="Content-Security-Policy" content="[^"]+">/.exec(html)!;
  expect(policy).toMatch(/default-src 'none'; .*script-src 'sha256-[\w+/=]{44}'/);
  expect(html.indexOf(policy)).toBeLessThan(html.indexOf("<script"));
});

it("a terminal is given no orders, and a name stays in its line", () => {
  const bench = structuredClone(sampleReport());
  const order = "\x1b[2J\x1b]0;mine\x07\r\nfaster\u202e";
  Object.assign(bench.cases[0]!.results[0]!, { variant: order, reason: order });
  Object.assign(bench.cases[0]!.convCase, { name: order });
  const text = toText(detailTable(bench.cases, bench.settings.subject));
  const { html, markdown } = renderReport({ bench });
  for (const shown of [text, markdown, html.replace(/<script[\s\S]*<\/script>/, "")]) {
    expect(shown.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
    expect(shown).toContain("x1b");
  }
  expect(text.split("\n").filter((line) => line.startsWith("faster"))).toEqual([]);
});
