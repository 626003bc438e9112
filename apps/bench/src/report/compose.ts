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
import { layerTotals, networkLayers } from "./layer-totals.ts";
import { percent, range, times } from "./number-format.ts";
import type { BenchPass, BenchReport } from "./results.ts";
import { edgesSection } from "./sections/edges.ts";
import { firstCallSections } from "./sections/first-calls.ts";
import { glanceSections } from "./sections/glance.ts";
import { environmentSection, methodsSection, variantsSection } from "./sections/methods.ts";
import { countComparisons, paritySection } from "./sections/parity.ts";
import { speedSection, variantsWith } from "./sections/speed.ts";

/** What a report can be made of. */
export interface ReportParts {
  readonly bench: BenchReport;
  readonly parity?: ParityReport | undefined;
  readonly showcase?: EdgeShowcase | undefined;
}

/** The document. */
export function composeReport({ bench, parity, showcase }: ReportParts): Document {
  const { environment, created, settings, variants } = bench;
  const figures = speedFigures(bench);
  const where = `${environment.cpu}, ${hostOf(environment)}`;
  return printableStrings({
    title: `corr2d, measured: ${settings.suites.map(nameOf).join(", ")} on ${environment.cpu}`,
    description: [
      ...figures.slice(0, 2).map(({ value, label }) => `${value} ${label}.`),
      `${created.slice(0, 10)}, ${where}.`,
    ].join(" "),
    lead:
      showcase === undefined && parity === undefined
        ? "How fast convolution in pure TypeScript is beside what one would use instead, layer by layer, and how sure that is."
        : "Convolution in pure TypeScript: what it does to a picture, whether it computes what TensorFlow.js computes, and " +
          "how fast it is beside what one would use instead.",
    byline: `${created.slice(0, 10)} · ${environment.cpu}, one thread · ${hostOf(environment)}${noiseWords(bench)}`,
    links: linksOf(bench),
    variants: [...new Set([...variants.map(({ name }) => name), ...variantsWith(bench.cases, () => true)])],
    banner: bannerOf(bench),
    figures: [...figures, ...(parity === undefined ? [] : [parityFigure(parity)])],
    sections: [
      ...(showcase === undefined ? [] : [edgesSection(showcase)]),
      ...(parity === undefined ? [] : [paritySection(parity)]),
      ...glanceSections(bench),
      ...settings.suites.map((suite): Section => speedSection(bench, suite, headingOf(suite, settings.pass))),
      ...firstCallSections(bench),
      methodsSection(bench),
      variantsSection(bench),
      environmentSection(bench),
    ],
  });
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

const REPOSITORY = "https://github.com/corr2d/corr2d";
const REFERENCE = "https://corr2d.github.io/corr2d/reference/";
const COMMIT = /^[0-9a-f]{40}$/;

/** The data, the code that was measured, and what it is. */
function linksOf({ environment: { commit } }: BenchReport): Document["links"] {
  return [
    { text: "All figures as JSON", href: "report.json" },
    ...(commit !== null && COMMIT.test(commit)
      ? [{ text: `Commit ${commit.slice(0, 12)}`, href: `${REPOSITORY}/commit/${commit}` }]
      : []),
    { text: "Repository", href: REPOSITORY },
    { text: "Reference", href: REFERENCE },
  ];
}

function nameOf(suite: string): string {
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

/** As many rivals as fit into the first screen. */
const MOST_FIGURES = 4;

/** How many times as fast the subject runs the network layers as each peer, the strongest peers first. */
function speedFigures(report: BenchReport): KeyFigure[] {
  const { subject } = report.settings;
  return layerTotals(report, networkLayers(report))
    .slice(0, MOST_FIGURES)
    .map(({ rival, layers, estimate, low, high, verdict, noiseFloor }) => {
      const counted = layers === 1 ? "one network layer" : `${layers} network layers`;
      const interval = `95 % interval ${range(low, high)}`;
      return verdict === "no detectable difference"
        ? {
            value: "≈",
            label: `no detectable difference from ${rival} (${subject}, ${counted}; ${interval}, noise floor ${times(noiseFloor)})`,
          }
        : { value: times(estimate), label: `as fast as ${rival} (${subject}, ${counted}; ${interval})` };
    });
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
