/**
 * The networks there are, replayed one after the other, and what was seen in words and tables.
 *
 * @module
 */

import type { ConvAdapter } from "../adapter.ts";
import { loadModule } from "../check/module-adapter.ts";
import { corr2dAdapter } from "../corr2d.ts";
import { alignedTable } from "../render/table.ts";
import { readEsrgan } from "./esrgan.ts";
import { type Box, detectFaces, KNOWN_FACE, overlap, readFaceDetector } from "./face.ts";
import type { Network } from "./network.ts";
import { type NetworkResult, replay, type WholeResult } from "./replay.ts";

/** A face counts as found where the box overlaps the known one by more, and by as much in every implementation. */
const LEAST_OVERLAP = 0.5;

/** A network that can be asked for by name. */
interface NetworkSource {
  readonly summary: string;
  /** @param size pixels along the side of the picture, for networks that take any. */
  read(size: number | undefined): Promise<Network>;
  /** What else the result must show; sentences to print, and what is wrong. */
  inspect?(result: NetworkResult): { readonly seen: readonly string[]; readonly findings: readonly string[] };
}

/** The networks, by name. */
export const NETWORKS: Readonly<Record<string, NetworkSource>> = {
  esrgan: {
    summary: "super-resolution, float32 weights (@upscalerjs/default-model)",
    read: readEsrgan,
  },
  face: {
    summary: "face detector, depthwise convolutions, 8-bit weights (@vladmandic/face-api)",
    read: readFaceDetector,
    inspect: inspectFaces,
  },
};

/** What is asked. */
export interface NetworksOptions {
  /** Names of networks. Default: all. */
  readonly models?: readonly string[] | undefined;
  /** Names of core's algorithms. Default: none. */
  readonly algorithms?: readonly string[] | undefined;
  /** Files of modules (check/module-adapter.ts). They are asked in this process. */
  readonly modules?: readonly string[] | undefined;
  /** Oracles that have been loaded. */
  readonly oracles: readonly ConvAdapter[];
  readonly size?: number | undefined;
  /** Told of each layer that has been replayed. */
  readonly onLayer?: ((done: number, total: number, layer: string) => void) | undefined;
}

/** What came of it. */
export interface NetworksReport {
  readonly results: readonly NetworkResult[];
  /** Everything in words and tables. */
  readonly text: string;
  readonly agree: boolean;
}

/**
 * Replays networks and says what was seen.
 *
 * @throws Error if a network's package is not installed; RangeError for an unknown name.
 */
export async function replayNetworks(options: NetworksOptions): Promise<NetworksReport> {
  const { models = Object.keys(NETWORKS), oracles, size, onLayer, modules = [] } = options;
  const own = await Promise.all(modules.map(loadModule));
  const algorithms = [...(options.algorithms ?? []).map(corr2dAdapter), ...own];
  const results: NetworkResult[] = [];
  const paragraphs: string[] = [];
  let agree = true;
  for (const model of models) {
    const source = NETWORKS[model];
    if (source === undefined) {
      throw new RangeError(
        `networks: model must be one of ${Object.keys(NETWORKS).join(", ")}, got ${JSON.stringify(model)}`,
      );
    }
    const result = await replay(await source.read(size), { algorithms, oracles, onLayer });
    const { seen, findings } = source.inspect?.(result) ?? { seen: [], findings: [] };
    const all = [...result.findings, ...findings, ...own.flatMap((adapter) => unable(adapter, result))];
    agree &&= all.length === 0;
    results.push(result);
    paragraphs.push(describe(result), ...seen, all.length === 0 ? "agree" : ["Findings:", ...all].join("\n  "));
  }
  return { results, text: `${paragraphs.join("\n\n")}\n`, agree };
}

/** That a module cannot do what it was brought for; core's algorithms are many, and some are for certain layers alone. */
function unable({ name }: ConvAdapter, { network, layers, wholes }: NetworkResult): string[] {
  const done = layers.filter(({ worstRatios }) => name in worstRatios).length;
  if (done === layers.length && wholes.some(({ by }) => by === name)) return [];
  return [`${name} answers ${done} of the ${layers.length} convolutions of ${network.name}, and refuses the others`];
}

function describe({ network, layers, wholes, truth }: NetworkResult): string {
  const names = [...new Set(layers.flatMap(({ worstRatios }) => Object.keys(worstRatios)))];
  const layerRows = layers.map(({ layer, inputShape, filterShape, groups, worstRatios }) => [
    layer,
    inputShape.slice(1).join("×"),
    `${filterShape.join("×")}${groups > 1 ? ` in ${groups} groups` : ""}`,
    ...names.map((name) => (name in worstRatios ? worstRatios[name].toFixed(3) : "–")),
  ]);
  const oracles = wholes.filter(({ isOracle }) => isOracle).map(({ by }) => by);
  const wholeRows = wholes.map(({ by, worstError, relativeError, fromOracles }) => [
    by,
    scientific(worstError),
    scientific(relativeError),
    ...oracles.map((oracle) => (oracle in fromOracles ? scientific(fromOracles[oracle]) : "–")),
  ]);
  return [
    `${network.name}: ${network.source} on ${network.picture}, ${layers.length} convolutions`,
    "Each convolution on the activations it really sees, the largest error/bound:",
    alignedTable([["layer", "input", "filter", ...names], ...layerRows]),
    `The whole network, ${truth.shape.join("×")} numbers, the largest distance to the float64 result, ` +
      "relative to the largest number, and to each oracle:",
    alignedTable([["by", "off", "relative", ...oracles.map((name) => `from ${name}`)], ...wholeRows], 1),
  ].join("\n\n");
}

function inspectFaces({ network, wholes, truth }: NetworkResult): {
  readonly seen: readonly string[];
  readonly findings: readonly string[];
} {
  const seen: string[] = [`Faces (the known one: ${boxText(KNOWN_FACE)}):`];
  const findings: string[] = [];
  for (const { by, output } of [{ by: "float64", output: truth } as const, ...(wholes as readonly WholeResult[])]) {
    const faces = detectFaces(network, output);
    const overlaps = faces.map(({ box }) => overlap(box, KNOWN_FACE));
    const texts = faces.map(
      ({ box, score }, i) => `${boxText(box)}, score ${score.toFixed(4)}, overlap ${overlaps[i].toFixed(3)}`,
    );
    seen.push(`  ${by}: ${texts.join("; ") || "none"}`);
    if (faces.length !== 1 || overlaps[0] < LEAST_OVERLAP) {
      findings.push(`${by} must find the one face, found ${texts.join("; ") || "none"}`);
    }
  }
  return { seen: [seen.join("\n")], findings };
}

function boxText({ left, top, right, bottom }: Box): string {
  const [from, to] = [
    [left, top],
    [right, bottom],
  ].map((corner) => corner.map((at) => at.toFixed(1)).join(", "));
  return `(${from}) to (${to})`;
}

function scientific(value: number): string {
  return value === 0 ? "0" : value.toExponential(2);
}
