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
import { layerTotals, networkLayers } from "./layer-totals.ts";
import { percent, range, times } from "./number-format.ts";
import type { BenchPass, BenchReport } from "./results.ts";
import { edgesSection } from "./sections/edges.ts";
import { firstCallSections } from "./sections/first-calls.ts";
import { glanceSections } from "./sections/glance.ts";
import { environmentSection, methodsSection, variantsSection } from "./sections/methods.ts";
import { countComparisons, paritySection } from "./sections/parity.ts";
import { speedSection } from "./sections/speed.ts";

/** What a report can be made of. */
export interface ReportParts {
  readonly bench: BenchReport;
  readonly parity?: ParityReport | undefined;
  readonly showcase?: EdgeShowcase | undefined;
}

/** The document. */
export function composeReport({ bench, parity, showcase }: ReportParts): Document {
  const { environment, created, settings } = bench;
  return printableStrings({
    title: "corr2d, measured",
    lead:
      "Convolution in pure TypeScript: what it does to a picture, whether it computes what TensorFlow.js computes, and " +
      "how fast it is beside what one would use instead.",
    byline: `${created.slice(0, 10)} · ${environment.cpu}, one thread · Node ${environment.node}, V8 ${environment.v8}`,
    banner: bannerOf(bench),
    figures: [...speedFigures(bench), ...(parity === undefined ? [] : [parityFigure(parity)]), ...noiseFigure(bench)],
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
  scaling: "How time grows with work",
  images: "Speed on a photograph",
};

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
      const counted = layers === 1 ? "one network layer" : `${layers} network layers, one after another`;
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

function noiseFigure({ cases }: BenchReport): KeyFigure[] {
  const floors = cases.flatMap(({ twin }) => twin?.noiseFloor ?? []);
  if (floors.length === 0) return [];
  return [
    { value: percent(geometricMean(floors) - 1), label: "noise floor: what a variant differs from itself, on average" },
  ];
}
