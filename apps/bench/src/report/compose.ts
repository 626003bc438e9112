/**
 * Puts a report together: what stands first, what follows, and the few numbers in large type.
 *
 * @module
 */

import type { ParityReport } from "@corr2d/parity";
import { printableStrings } from "@corr2d/parity/escape";
import { geometricMean } from "simple-statistics";
import type { EdgeShowcase } from "../showcase/edge-showcase.ts";
import { bannerOf } from "./banner.ts";
import type { Document, KeyFigure, Section } from "./document.ts";
import { hostOf } from "./host.ts";
import { type LayerTotal, layerTotals, networkLayers } from "./layer-totals.ts";
import { percent } from "./number-format.ts";
import { pageRatios } from "./pair-ratios.ts";
import { figuresNote, figureWords, keyFigure, MOST_FIGURES } from "./ratio-words.ts";
import { commitAddress, REPOSITORY } from "./repository.ts";
import type { BenchPass, BenchReport } from "./results.ts";
import { boundsSections } from "./sections/bounds.ts";
import { edgesSection } from "./sections/edges.ts";
import { firstCallSections } from "./sections/first-calls.ts";
import { glanceSections } from "./sections/glance.ts";
import { environmentSection, methodsSection, variantsSection } from "./sections/methods.ts";
import { countComparisons, paritySection } from "./sections/parity.ts";
import { speedSection, variantsWith } from "./sections/speed.ts";
import { threadsSections } from "./sections/threads.ts";

/** What a report can be made of. */
export interface ReportParts {
  readonly bench: BenchReport;
  readonly parity?: ParityReport | undefined;
  readonly showcase?: EdgeShowcase | undefined;
}

/** The document. */
export function composeReport({ bench, parity, showcase }: ReportParts): Document {
  const { environment, created, settings, variants } = bench;
  const totals = speedTotals(bench);
  const figures = totals.map((total) => keyFigure(total.rival, total, layersOf(totals)));
  const everybody = [...new Set([...variants.map(({ name }) => name), ...variantsWith(bench.cases, () => true)])];
  const where = `${environment.cpu}, ${hostOf(environment)}`;
  return printableStrings({
    title: `corr2d, measured: ${settings.suites.map(nameOf).join(", ")} on ${environment.cpu}`,
    description: [
      ...figures.slice(0, 2).map((figure) => `${figureWords(figure)}.`),
      `${created.slice(0, 10)}, ${where}.`,
    ].join(" "),
    lead:
      showcase === undefined && parity === undefined
        ? "How fast convolution in pure TypeScript is beside what one would use instead, layer by layer, and how sure that is."
        : "Convolution in pure TypeScript: what it does to a picture, whether it computes what TensorFlow.js computes, and " +
          "how fast it is beside what one would use instead.",
    byline: `${created.slice(0, 10)} · ${environment.cpu}, ${threadWords(settings.threads)} · ${hostOf(environment)}${noiseWords(bench)}`,
    links: linksOf(bench),
    variants: everybody,
    ratios: pageRatios(bench, everybody),
    banner: bannerOf(bench),
    figuresNote: totals.length === 0 ? null : figuresNote(settings.subject ?? "", layersOf(totals)),
    figures: [...figures, ...(parity === undefined ? [] : [parityFigure(parity)])],
    sections: [
      ...(showcase === undefined ? [] : [edgesSection(showcase)]),
      ...(parity === undefined ? [] : [paritySection(parity)]),
      ...glanceSections(bench),
      ...settings.suites.map((suite): Section => speedSection(bench, suite, headingOf(suite, settings.pass))),
      ...threadsSections(bench),
      ...firstCallSections(bench),
      ...boundsSections(bench),
      methodsSection(bench),
      variantsSection(bench),
      environmentSection(bench),
    ],
  });
}

function threadWords(threads: readonly number[]): string {
  return threads.length === 0 ? "one thread" : `one thread, and ${threads.join(", ")}`;
}

const HEADINGS: Readonly<Record<string, string>> = {
  quick: "Speed on layers of real networks",
  classes: "Speed by class of layer",
  lenet5: "Speed on LeNet-5",
  vgg16: "Speed on VGG-16",
  resnet50: "Speed on ResNet-50",
  mobilenetv2: "Speed on MobileNetV2",
  kernels: "Kernels of stride 1 beyond 3×3",
  scaling: "How time grows with work",
  images: "Speed on a photograph",
};

const REFERENCE = "https://corr2d.github.io/corr2d/reference/";
const COMMIT = /^[0-9a-f]{40}$/;

/** The data, the code that was measured, and what it is. */
function linksOf({ environment: { commit } }: BenchReport): Document["links"] {
  return [
    { text: "All figures as JSON", href: "report.json" },
    ...(commit !== null && COMMIT.test(commit)
      ? [{ text: `Commit ${commit.slice(0, 12)}`, href: commitAddress(commit) }]
      : []),
    { text: "Repository", href: REPOSITORY },
    { text: "Reference", href: REFERENCE },
  ];
}

function nameOf(suite: string): string {
  if (suite === "classes") return "layers by class";
  return HEADINGS[suite]?.replace(/^Speed (on|by) /, "") ?? suite;
}

function headingOf(suite: string, pass: BenchPass): string {
  const heading = HEADINGS[suite] ?? suite;
  return {
    forward: heading,
    inputGradient: `${heading}: input gradient`,
    filterGradient: `${heading}: filter gradient`,
  }[pass];
}

/** How many times as fast the subject runs the network layers as each peer, the strongest peers first. */
function speedTotals(report: BenchReport): readonly LayerTotal[] {
  return layerTotals(report, networkLayers(report)).slice(0, MOST_FIGURES);
}

/** How many layers most of these are about. */
function layersOf(totals: readonly LayerTotal[]): number {
  return Math.max(...totals.map(({ layers }) => layers));
}

function parityFigure(parity: ParityReport): KeyFigure {
  const { all, asTheyShould } = countComparisons(parity);
  return {
    value: all === 0 ? "–" : percent(asTheyShould / all),
    label: `of ${all.toLocaleString("en")} comparisons with TensorFlow.js are as they should be`,
  };
}

/** How far a variant strays from itself, on average. */
function noiseWords({ cases }: BenchReport): string {
  const floors = cases.flatMap(({ twin }) => twin?.noiseFloor ?? []);
  return floors.length === 0 ? "" : ` · noise floor ${percent(geometricMean(floors) - 1)} on average`;
}
