import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ParityReport, renderJson } from "@corr2d/parity";
import { escapeHtml, escapeMarkdown } from "@corr2d/parity/escape";
import { NETWORK_LAYERS } from "@corr2d/testkit";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { beforeAll, describe, expect, it } from "vitest";
import { type RenderedReport, renderReport } from "../src/report/render.ts";
import { parseBenchReport } from "../src/report/schema.ts";
import { detailTable } from "../src/report/sections/speed.ts";
import { toText } from "../src/report/terminal.ts";
import { writeReport } from "../src/report/write.ts";
import { type EdgeShowcase, showEdges } from "../src/showcase/edge-showcase.ts";
import { CLASSES_SUITE } from "../src/suites/networks.ts";
import { sampleParity, sampleReport, withThreads } from "./fixtures/reports.ts";

const HOSTILE = `</script><img src=x onerror="alert('1')">&`;

describe("the schema", () => {
  it("reads back what was written", () => {
    const report = sampleReport();
    expect(parseBenchReport(JSON.parse(renderJson(report)))).toEqual(report);
  });

  it("reads infinitely wrong as infinitely wrong", () => {
    const report = structuredClone(sampleReport());
    const wrong = report.cases[0].results.find(({ outcome }) => outcome === "disagrees")!;
    Object.assign(wrong.agreement!, { worstErrorOverBound: Number.POSITIVE_INFINITY });
    expect(parseBenchReport(JSON.parse(renderJson(report)))).toEqual(report);
  });

  it("reads reports of before there were threads", () => {
    const { settings, cases, ...rest } = sampleReport();
    const { threads: _, ...before } = settings;
    const older = { ...rest, settings: before, cases: cases.map(({ threaded: _none, ...found }) => found) };
    expect(parseBenchReport(older)).toEqual(sampleReport());
  });

  it("refuses another version, and says where it is not what it should be", () => {
    expect(() => parseBenchReport({ ...sampleReport(), schemaVersion: 3 })).toThrow(/schema version 3/);
    const broken = structuredClone(sampleReport()) as unknown as { cases: { flops: unknown }[] };
    broken.cases[0].flops = "many";
    expect(() => parseBenchReport(broken)).toThrow(/flops/);
    expect(() => parseBenchReport(null)).toThrow(RangeError);
  });
});

describe("a rendered report", () => {
  let showcase: EdgeShowcase;
  let parity: ParityReport;
  let rendered: RenderedReport;
  beforeAll(async () => {
    showcase = await showEdges(PHOTOGRAPHS.coins);
    parity = sampleParity();
    rendered = renderReport({ bench: sampleReport(), parity, showcase });
  });

  it("has every case and every variant, timed or not, with the reason", () => {
    const bench = sampleReport();
    for (const text of [rendered.html, rendered.markdown]) {
      for (const { convCase, results } of bench.cases) {
        expect(text).toContain(convCase.name.split("/")[0]);
        for (const { variant, reason } of results) {
          expect(text).toContain(variant);
          if (reason !== null) expect(text).toContain(reason);
        }
      }
      for (const { name, clock } of bench.variants) {
        expect(text).toContain(name);
        expect(text).toContain(clock);
      }
    }
  });

  it("shows error beside time, the interval, the noise floor, the share of the ceiling, scratch memory and the slope", () => {
    for (const text of [rendered.html, rendered.markdown]) {
      for (const figure of ["0.019", "4.10–4.30", "4.20×", "1.02×", "52\u2009%", "1.84\u2009MB", "0.950"]) {
        expect(text).toContain(figure);
      }
    }
  });

  it("sums up by class of layer, unless there is but one layer", () => {
    const report = sampleReport();
    const [found] = report.cases;
    const other = { ...found, convCase: { ...found.convCase, name: "sample/other" } };
    const summary = (cases: typeof report.cases) =>
      renderReport({ bench: { ...report, cases } }).markdown.match(/^## At a glance$[\s\S]*?(?=^## )/m)?.[0];
    expect(summary([found, other])).toMatch(/3×3 stride 1 \(2 layers\) \| 0\.991× .* \| 4\.20× \(4\.20–4\.20\) \|/);
    expect(summary([found])).toBeUndefined();
  });

  it("shows first calls by class, with their intervals, where they were timed", () => {
    const firstCalls = [
      {
        layerClass: "3×3 stride 1",
        processes: 5,
        first: { estimate: 9.5, low: 8.75, high: 11.25 },
        further: { estimate: 4.5, low: -0.25, high: 6.5 },
      },
      { layerClass: "one channel", processes: 5, first: { estimate: 3.5, low: 3.25, high: 3.75 }, further: null },
    ];
    const bench = { ...sampleReport(), firstCalls };
    expect(parseBenchReport(JSON.parse(renderJson(bench)))).toEqual(bench);
    const section = /^## First calls$[\s\S]*?(?=^## )/m;
    const shown = renderReport({ bench }).markdown.match(section)?.[0];
    expect(shown).toMatch(/3×3 stride 1 \| 9\.50 \(8\.75–11\.3\) \| 4\.50 \(-0\.250–6\.50\) \| 5/);
    expect(shown).toMatch(/one channel \| 3\.50 \(3\.25–3\.75\) \| – \| 5/);
    expect(renderReport({ bench: sampleReport() }).markdown).not.toMatch(section);
  });

  it("sums gradients up by themselves, and keeps them out of the figures of the pass that was asked for", () => {
    const report = sampleReport();
    const [found] = report.cases;
    const named = (name: string) => ({ ...found.convCase, name });
    const cases = [
      found,
      { ...found, convCase: named("a"), pass: "filterGradient", fresh: false },
      { ...found, convCase: named("b"), pass: "inputGradient", fresh: true },
    ] as const;
    const bench = { ...report, cases };
    expect(parseBenchReport(JSON.parse(renderJson(bench)))).toEqual(bench);
    const { markdown } = renderReport({ bench });
    expect(markdown).toMatch(/^\| 3×3 stride 1 \(one layer\) /m);
    expect(markdown).toMatch(/^\| filter gradient \(one layer\) /m);
    expect(markdown).toMatch(/^\| input gradient, stateless \(one layer\) /m);
    const figures = (text: string) => text.match(/^- \*\*.*\*\* as fast as .*$/gm);
    expect(figures(markdown)?.length).toBeGreaterThan(0);
    expect(figures(markdown)).toEqual(figures(renderReport({ bench: { ...report, cases: [found] } }).markdown));
  });

  it("takes network layers only for the figures that stand first, the strongest rival first, with intervals", () => {
    const report = sampleReport();
    const [found] = report.cases;
    const photograph = { ...found, convCase: { ...found.convCase, name: "photograph 3×3" } };
    const figures = (cases: typeof report.cases) =>
      renderReport({ bench: { ...report, cases } }).markdown.match(/^- \*\*.*\*\* as fast as .*$/gm) ?? [];
    expect(figures([found, photograph])).toEqual(figures([found]));
    expect(figures([photograph])).toEqual([]);
    expect(figures([found]).join("\n")).toMatch(
      /0\.090×.* onnxruntime-node \(0\.090–0\.090\)[\s\S]*0\.991×.* tfjs-wasm /,
    );
  });

  it("says of each kind of layer how close to the ceiling it comes, who is strongest, and what bounds it", () => {
    const report = sampleReport();
    const shown = (bench: typeof report) =>
      renderReport({ bench }).markdown.match(/^## What bounds it$[\s\S]*?(?=^## )/m)?.[0];
    // The reasons are of the SIMD engine.
    expect(shown(report)).toBeUndefined();
    const onSimd = report.variants.map((variant) =>
      variant.name === "corr2d/tiled" ? { ...variant, engine: "simd" as const } : variant,
    );
    const said = shown({ ...report, variants: onSimd });
    expect(said).toMatch(
      /3×3 stride 1.*corr2d\/tiled is at \d+.% .*of the ceiling, 0\.090× .*as fast as onnxruntime-node, the strongest of the others/s,
    );
    expect(said).not.toContain("**depthwise.**");
  });

  it("gives the time of a whole network where all of its layers were timed, each as often as it occurs", () => {
    const report = sampleReport();
    const [found] = report.cases;
    const layers = NETWORK_LAYERS.filter(({ network }) => network === "lenet5");
    const cases = layers.map((convCase) => ({ ...found, convCase }));
    const glance = (some: typeof report.cases) =>
      renderReport({ bench: { ...report, cases: some } }).markdown.match(/^## At a glance$[\s\S]*?(?=^## )/m)?.[0];
    expect(glance(cases)).toMatch(/LeNet-5, all convolutions .*\| 4\.20×/);
    expect(glance(cases.slice(1))).not.toContain("LeNet-5, all");
  });

  it("withholds a figure that the noise floor does not carry", () => {
    const report = structuredClone(sampleReport());
    for (const { twin } of report.cases)
      Object.assign(twin!, {
        rounds: [
          [44, 44],
          [400, 400],
        ],
      });
    const { markdown } = renderReport({ bench: report });
    expect(markdown).toMatch(/^- \*\*≈\*\* no detectable difference from tfjs-wasm \(0\.991–0\.991, noise floor/m);
    expect(markdown).not.toMatch(/^- \*\*0\.991×/m);
  });

  it("has joules only where the machine tells them", () => {
    const report = structuredClone(sampleReport());
    expect(renderReport({ bench: report }).markdown).not.toContain("mJ a call");
    Object.assign(report.cases[0].results[1].timing!, { joulesPerRun: 0.0123 });
    expect(parseBenchReport(JSON.parse(renderJson(report)))).toEqual(report);
    expect(renderReport({ bench: report }).markdown).toMatch(
      /\| mJ a call \|[\s\S]*^\| corr2d\/tiled \|.*\| 12\.3 \|/m,
    );
  });

  it("calls a speed beyond the ceiling direct-equivalent, and of who saves no operation the ceiling disturbed", () => {
    for (const [index, said, unsaid] of [
      [2, "280\u2009% (direct-equivalent)", "a disturbed ceiling"],
      [1, "280\u2009% (a disturbed ceiling)", "(direct-equivalent)"],
    ] as const) {
      const report = structuredClone(sampleReport());
      Object.assign(report.cases[0].results[index]!.timing!, { ceilingShare: 2.8 });
      const { markdown } = renderReport({ bench: report });
      expect(markdown).toContain(said);
      expect(markdown).not.toContain(unsaid);
    }
  });

  it("says before the first figure that a run was cut short and that the machine was not quiet", () => {
    const report = sampleReport();
    expect(renderReport({ bench: report }).markdown).not.toContain("not quiet");
    const { environment } = report;
    const busy = { ...environment, loadBefore: [6, 5, 4] as const, steal: 0.13, governor: "powersave" };
    const bench = { ...report, complete: false, remarks: ["Nobody came."], environment: busy };
    const { markdown, html } = renderReport({ bench });
    for (const text of [markdown, html]) {
      expect(text).toContain("This run did not come to its end");
      expect(text).toContain("Nobody came.");
      expect(text).toContain(
        "load 6.0 on 2 cores before it began; 13\u2009% of its time went to other virtual machines",
      );
      expect(text.indexOf("not quiet")).toBeLessThan(text.lastIndexOf("as fast as onnxruntime-node"));
    }
  });

  it("shows several threads beside one, with intervals, shares of the ceiling, a curve, and who has none", () => {
    const bench = withThreads(sampleReport());
    expect(parseBenchReport(JSON.parse(renderJson(bench)))).toEqual(bench);
    const { markdown, html, charts } = renderReport({ bench });
    const section = markdown.match(/^## Several threads$[\s\S]*?(?=^## )/m)?.[0];
    expect(section).toContain("| **2 threads** |");
    // Twice as fast on two threads, at 52 % of what two cores could do.
    expect(section).toMatch(/^\| conv2_1-3x3 \(resnet50\) \| .*\| 2\.00× \(1\.90–2\.10, 52\u2009%\) \|/m);
    expect(section).toMatch(/^\| 3×3 stride 1 \(one layer\) \| 4\.20× \(4\.20–4\.20\) \| .* \| 1\.00× \|/m);
    expect(section).toContain("Not timed on 2 threads: it has none (tfjs-wasm).");
    expect(section).toContain("](quick-threads.svg)");
    expect(charts["quick-threads.svg"]).toContain("corr2d/tiled, 2 threads: 2×");
    expect(html).toContain('id="quick-threads"');
    expect(html).toContain("one thread, and 2");
    expect(rendered.markdown).not.toContain("## Several threads");
  });

  it("names the processor, Node, V8 and the date", () => {
    for (const fact of [
      "Sample CPU",
      "24.21.0",
      "13.6.233.17",
      "2026-01-02",
      "avx2, fma",
      "bench --quick",
      "3 min 5 s",
    ]) {
      expect(rendered.html).toContain(fact);
      expect(rendered.markdown).toContain(fact);
    }
  });

  it("carries the verdict of parity, and who did not run", () => {
    for (const text of [rendered.html, rendered.markdown]) {
      expect(text).toContain("tfjs-node did not run: no compiler here.");
      expect(text).toContain("tfjs issue 5907");
    }
  });

  it("carries the pictures: inside the page, beside the Markdown", () => {
    expect(rendered.html.match(/<img src="data:image\/png;base64,/g)).toHaveLength(3);
    expect(rendered.html).toContain(Buffer.from(showcase.edges).toString("base64"));
    expect(rendered.markdown).toContain("](edges.png)");
    expect(rendered.html).toContain(showcase.finding.compared.toLocaleString("en"));
  });

  it("asks for nothing outside itself", () => {
    const outside =
      /(?:src|href|action|data)\s*=\s*["']?\s*(?!data:|#)[^"'\s>]|@import|url\(\s*["']?(?!data:)(?:https?:)?\/\//i;
    const markup = rendered.html.replace(/<script[^>]*>[\s\S]*?<\/script>/g, "");
    // A link is followed by whoever wants to.
    expect(markup.replace(/<a [^>]*>/g, "").match(outside)).toBeNull();
    expect(rendered.html).not.toMatch(/<script[^>]+src|<link\b/);
    const withoutLicences = rendered.html.replace(/\/\*[\s\S]*?\*\//g, "");
    const urls = withoutLicences.match(/https?:\/\/[^\s"'`)\\]+/g) ?? [];
    // A namespace is a name, not an address.
    const addresses = urls.filter((url) => !url.startsWith("http://www.w3.org/"));
    expect(addresses.filter((url) => !/^https:\/\/(github\.com\/corr2d\/|corr2d\.github\.io\/)/.test(url))).toEqual([]);
    // Of the file that lies beside it, the commit, the repository and the reference.
    expect(markup.match(/<a href="(report\.json|https:[^"]*)"/g)).toHaveLength(4);
  });

  it("has a title, a description and a card of its own, and an address for each layer", () => {
    const { html } = rendered;
    expect(html).toContain(
      "<title>corr2d, measured: layers of real networks, How time grows with work on Sample CPU</title>",
    );
    expect(html).toMatch(/<meta name="description" content="0\.090× as fast as onnxruntime-node /);
    expect(html).toMatch(/<meta property="og:description" content="0\.090× as fast as onnxruntime-node /);
    expect(html).toContain('<tr id="quick-resnet50-conv2-1-3x3" data-group="3×3 stride 1">');
  });

  it("weighs at most 300 kB without its photographs, with as many layers and peers as the longest suite", () => {
    const report = sampleReport();
    const [found] = report.cases;
    const peers = ["tfjs-wasm", "tfjs-node", "onnxruntime-web", "onnxruntime-node", "tfjs-cpu", "opencv.js"];
    const timed = found.results.find(({ variant }) => variant === "tfjs-wasm")!;
    const results = [...found.results.slice(0, 2), ...peers.map((variant) => ({ ...timed, variant }))];
    const cases = CLASSES_SUITE.cases.map(({ convCase, pass, fresh }) => ({
      ...found,
      suite: "classes",
      convCase,
      ...(pass && { pass }),
      ...(fresh !== undefined && { fresh }),
      results,
    }));
    const settings = { ...report.settings, suites: ["classes"] };
    const { html } = renderReport({ bench: withThreads({ ...report, settings, cases }) });
    expect(Buffer.byteLength(html)).toBeLessThan(300_000);
  });

  it("lets no text become markup", () => {
    const bench = structuredClone(sampleReport());
    Object.assign(bench.environment, { cpu: HOSTILE });
    Object.assign(bench.cases[0].convCase, { name: HOSTILE });
    Object.assign(bench.cases[0].results[0], { variant: HOSTILE });
    const { html, markdown } = renderReport({ bench });
    expect(html).not.toContain("<img src=x");
    expect(html.match(/<\/script>/g)).toHaveLength(2); // of the ratios, and of the page's own
    expect(html).toContain(escapeHtml(HOSTILE));
    expect(markdown).not.toContain("<img");
  });

  it("is written with all of its files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "corr2d-report-"));
    try {
      const page = await writeReport(join(folder, "new", "folder"), { bench: sampleReport(), parity, showcase });
      expect(await readFile(page, "utf8")).toBe(rendered.html);
      expect((await readdir(join(folder, "new", "folder"))).sort()).toEqual([
        "at-a-glance.svg",
        "edges-of-shifted.png",
        "edges.png",
        "index.html",
        "parity.json",
        "photograph.png",
        "quick-3x3-stride-1.svg",
        "report.json",
        "report.md",
        "scaling-3x3-stride-1.svg",
        "scaling-growth.svg",
      ]);
      const json = await readFile(join(folder, "new", "folder", "report.json"), "utf8");
      expect(parseBenchReport(JSON.parse(json))).toEqual(sampleReport());
      const written = JSON.parse(await readFile(join(folder, "new", "folder", "parity.json"), "utf8")) as ParityReport;
      expect(written.schema).toBe("corr2d-parity/2");
      // JSON has no infinities: they are text, as in all that parity writes, and not null.
      expect(written.summary[0]!.oracleWorstRatio).toBe("Infinity");
      expect(written).toEqual(JSON.parse(renderJson(parity)));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

it("is a table in the terminal whose columns stand under each other", () => {
  const { cases, settings } = sampleReport();
  const lines = toText(detailTable(cases, settings.subject)).split("\n");
  const header = lines.find((line) => line.startsWith("variant"))!;
  const end = header.indexOf("GFLOP/s") + "GFLOP/s".length;
  const naive = lines.find((line) => line.startsWith("corr2d/naive"))!;
  expect(naive.slice(0, end)).toMatch(/ 1\.24$/);
  expect(lines.some((line) => line.includes("not timed: one run takes 2.8 s"))).toBe(true);
});

it("escapes Markdown so that text stays text", () => {
  expect(escapeMarkdown("a|b *c* [d](e) <f> `g` conv2_1 _h_\ni")).toBe(
    "a\\|b \\*c\\* \\[d\\](e) &lt;f> \\`g\\` conv2_1 \\_h\\_ i",
  );
});
