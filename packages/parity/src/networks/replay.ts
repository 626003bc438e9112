/**
 * A network held against TensorFlow.js, in two ways.
 *
 * *Layer by layer:* the network is computed once in float64, and each convolution is asked of every algorithm and oracle
 * on the activations it really sees, rounded to float32. Each answer is held to the bound of its own layer, so the verdict
 * is the one that any case gets.
 *
 * *As a whole:* every implementation computes the network on its own activations, from the picture to the result, and so
 * does TensorFlow.js as a program of its operations. Bounds of layers multiply up to nothing worth knowing; but float32
 * itself sets a scale, which is what TensorFlow.js is off the float64 result. One more rounding here or there changes that
 * by a small factor; a wrong step is off by many orders of magnitude.
 *
 * @module
 */

import { reference } from "@corr2d/testkit";
import { askable, type ConvAdapter } from "../adapter.ts";
import { type Comparison, compare, type Findings, REFERENCE } from "../compare.ts";
import { compute } from "../interrogate.ts";
import { LEDGER } from "../ledger.ts";
import type { Trial } from "../trials.ts";
import { type Activations, evaluate } from "./evaluate.ts";
import { type Activation, caseOf, type Network } from "./network.ts";

/** An implementation may be this many times further from the float64 result than the furthest TensorFlow.js backend. */
export const ALLOWED_FACTOR = 16;

/** One convolution of the network. */
export interface LayerResult {
  readonly layer: string;
  readonly inputShape: readonly number[];
  readonly filterShape: readonly number[];
  readonly groups: number;
  /** Largest error/bound of each algorithm and oracle that can be asked. */
  readonly worstRatios: Readonly<Record<string, number>>;
  readonly disagreements: readonly Comparison[];
}

/** What an implementation made of the whole network. */
export interface WholeResult {
  readonly by: string;
  readonly isOracle: boolean;
  /** Largest distance to the float64 result, and the same over the largest magnitude of that. */
  readonly worstError: number;
  readonly relativeError: number;
  /** Largest distance to each oracle's result. */
  readonly fromOracles: Readonly<Record<string, number>>;
  readonly output: Activation<Float32Array>;
}

/** Everything about one network. */
export interface NetworkResult {
  readonly network: Network;
  readonly layers: readonly LayerResult[];
  readonly wholes: readonly WholeResult[];
  /** The float64 result. */
  readonly truth: Activation<Float64Array>;
  /** What is wrong, in sentences; empty if all agree. */
  readonly findings: readonly string[];
}

/** Who computes. */
export interface ReplayOptions {
  readonly algorithms: readonly ConvAdapter[];
  /** TensorFlow.js oracles that have been loaded. */
  readonly oracles: readonly ConvAdapter[];
  /** Told after each layer. */
  readonly onLayer?: ((done: number, total: number, layer: string) => void) | undefined;
}

/** Replays a network. */
export async function replay(
  network: Network,
  { algorithms, oracles, onLayer }: ReplayOptions,
): Promise<NetworkResult> {
  const { image } = network;
  const activations = await evaluate<Float64Array>(
    network,
    { shape: image.shape, data: Float64Array.from(image.data) },
    ({ filter, bias }, convCase, x) => reference(convCase, "forward", { x, filter: filter.data, bias }),
  );
  const truth = activations.get(network.output)!;
  const layers: LayerResult[] = [];
  const trials = layerTrials(network, activations);
  await compare({
    algorithms,
    oracles,
    trials,
    ledger: LEDGER,
    onTrial(done, total, trial, found) {
      layers.push(layerResult(trial, found));
      onLayer?.(done, total, trial.convCase.name);
    },
  });
  const wholes = await computeWholes(network, truth, algorithms, oracles, trials);
  return { network, layers, wholes, truth, findings: [...layerFindings(layers), ...wholeFindings(wholes)] };
}

/** Each convolution of a network as a trial, on the activations it sees. */
function layerTrials(network: Network, activations: Activations<Float64Array>): readonly Trial[] {
  return network.steps.flatMap((step) => {
    if (step.kind !== "convolution") return [];
    const { filter, bias } = step;
    const x = activations.get(step.from[0])!;
    const given = { x: Float32Array.from(x.data), filter: filter.data, bias, dy: new Float32Array() };
    const trial: Trial = {
      convCase: caseOf(network, step, x.shape),
      passes: ["forward"],
      seed: 0,
      kinds: ["given"],
      given,
      data: () => [["given", given, false]],
    };
    return [trial];
  });
}

function layerResult({ convCase }: Trial, { comparisons }: Findings): LayerResult {
  const worstRatios: Record<string, number> = {};
  for (const { algorithm, oracle, ours, theirs } of comparisons) {
    worstRatios[algorithm] = ours?.worstRatio ?? Number.POSITIVE_INFINITY;
    if (oracle !== REFERENCE) worstRatios[oracle] = theirs?.worstRatio ?? Number.POSITIVE_INFINITY;
  }
  return {
    layer: convCase.name,
    inputShape: convCase.inputShape,
    filterShape: convCase.filterShape,
    groups: convCase.groups,
    worstRatios,
    disagreements: comparisons.filter(({ verdict, expected }) => verdict !== "agree" && expected === undefined),
  };
}

async function computeWholes(
  network: Network,
  truth: Activation<Float64Array>,
  algorithms: readonly ConvAdapter[],
  oracles: readonly ConvAdapter[],
  trials: readonly Trial[],
): Promise<readonly WholeResult[]> {
  // Whoever asks for networks has loaded TensorFlow.js; whoever imports the package has not.
  const { runOnTfjs } = await import("./tfjs-program.ts");
  const largest = largestMagnitude(truth.data);
  const witnessed = oracles.map(({ name }) => ({ by: name, isOracle: true, data: runOnTfjs(network, name) }));
  const ours: { by: string; isOracle: boolean; data: Float32Array }[] = [];
  for (const adapter of algorithms) {
    // Who cannot do a layer cannot do the whole.
    if (!trials.every(({ convCase }) => askable(adapter, convCase, "forward") === true)) continue;
    const steps = await evaluate(network, network.image, ({ filter, bias }, convCase, x) =>
      compute(adapter, convCase, "forward", { x, filter: filter.data, bias, dy: new Float32Array() }),
    );
    ours.push({ by: adapter.name, isOracle: false, data: steps.get(network.output)!.data });
  }
  return [...ours, ...witnessed].map(({ by, isOracle, data }): WholeResult => {
    const worstError = largestDistance(data, truth.data);
    return {
      by,
      isOracle,
      worstError,
      relativeError: worstError / largest,
      fromOracles: Object.fromEntries(
        witnessed.filter((oracle) => oracle.by !== by).map((oracle) => [oracle.by, largestDistance(data, oracle.data)]),
      ),
      output: { shape: truth.shape, data },
    };
  });
}

function layerFindings(layers: readonly LayerResult[]): readonly string[] {
  return layers.flatMap(({ layer, disagreements }) =>
    disagreements.map(
      ({ algorithm, oracle, verdict, reason }) => `${layer}: ${verdict}: ${algorithm} against ${oracle}: ${reason}`,
    ),
  );
}

function wholeFindings(wholes: readonly WholeResult[]): readonly string[] {
  const errors = wholes.filter(({ isOracle }) => isOracle).map(({ worstError }) => worstError);
  const allowed = ALLOWED_FACTOR * Math.max(...errors);
  return wholes.flatMap(({ by, isOracle, worstError }) =>
    isOracle || errors.length === 0 || worstError <= allowed
      ? []
      : [`the whole network by ${by} is ${worstError} off; at most ${allowed} is what float32 accounts for`],
  );
}

function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

/** NaN if there is one in either. */
function largestDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}
