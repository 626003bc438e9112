import type { ConvGeometry } from "@corr2d/core";
import { algorithms, preparationOf } from "@corr2d/core/internals";
import { multiplyAddsOf, NETWORK_LAYERS, outputShapeOf, sizeOf } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { geometryOf, supports } from "./case-pass.ts";
import { collectGarbage, collectUntil } from "./collect-garbage.ts";

/** What a run may hold beyond input, output and weights. */
const MOST_SCRATCH = 4 * 2 ** 20;
/** Multiply-adds of the layers that are run as well. */
const MOST_WORK = 5e6;

const scalar = algorithms.filter((algorithm) => algorithm.engine === "scalar");
const simd = algorithms.filter((algorithm) => algorithm.engine === "simd");

const multipleOf = (unit: number, count: number): number => Math.ceil(count / unit) * unit;

/** Bytes of packed weights by algorithm, as their modules say: the layouts of the arrays and their precision. */
const PACKED: Readonly<Record<string, (g: ConvGeometry) => number>> = {
  naive: (g) => 4 * weightsOf(g),
  grouped: groupedBytes,
  im2col: (g) => 8 * lanesOf(g) * multipleOf(4, g.kernelHeight * g.kernelWidth * g.groupInChannels),
  tiled: (g) =>
    g.groups > 1 ? groupedBytes(g) : 4 * lanesOf(g) * g.kernelHeight * multipleOf(4, g.kernelWidth * g.groupInChannels),
};

/** The filter as it is, and for depthwise kernels in float64 as well. */
function groupedBytes(g: ConvGeometry): number {
  return (4 + 8) * weightsOf(g);
}

function weightsOf(g: ConvGeometry): number {
  return g.kernelHeight * g.kernelWidth * g.groupInChannels * g.outChannels;
}

function lanesOf(g: ConvGeometry): number {
  return g.groups * multipleOf(6, g.groupOutChannels);
}

/** Whether the algorithm, or tiled in its place, works along the groups. */
function isGrouped({ name, g }: { readonly name: string; readonly g: ConvGeometry }): boolean {
  return name === "grouped" || (name === "tiled" && g.groups > 1);
}

/** Bytes of all typed arrays there are, when garbage is collected down to what is expected, or has been given the time. */
async function arrayBytes(expected: number): Promise<number> {
  await collectUntil(() => process.memoryUsage().arrayBuffers <= expected);
  return process.memoryUsage().arrayBuffers;
}

const layers = NETWORK_LAYERS.map((layer) => ({ layer, g: geometryOf(layer) }));

/** Scratch is shared by all plans and stays: what only groups of few channels need has to come last. */
const cases = layers
  .flatMap(({ layer, g }) => scalar.map((algorithm) => ({ name: algorithm.name, algorithm, layer, g })))
  .filter(({ algorithm, g }) => supports(algorithm, g, "forward"))
  .sort((a, b) => Number(isGrouped(a)) - Number(isGrouped(b)));

collectGarbage();
const atStart = process.memoryUsage().arrayBuffers;

it("every scalar algorithm computes layers of real networks", () => {
  expect(new Set(cases.map(({ name }) => name))).toEqual(new Set(Object.keys(PACKED)));
});

it.each(cases)("$name holds no more scratch memory than is allowed: $layer.name", async ({ algorithm, layer, g }) => {
  const filter = new Float32Array(sizeOf(layer.filterShape)).fill(1);
  const plan = preparationOf(algorithm, g, "forward")(filter, undefined);
  expect(plan.scratchBytes).toBeLessThanOrEqual(MOST_SCRATCH);
  const most = MOST_SCRATCH + PACKED[algorithm.name]!(g) + filter.byteLength;
  expect((await arrayBytes(atStart + most)) - atStart).toBeLessThanOrEqual(most);

  if (algorithm.name === "naive" || multiplyAddsOf(layer) > MOST_WORK) return;
  const x = new Float32Array(sizeOf(layer.inputShape)).fill(1);
  const y = new Float32Array(sizeOf(outputShapeOf(layer)));
  const before = process.memoryUsage().arrayBuffers;
  plan.run(x, y);
  expect(process.memoryUsage().arrayBuffers, "a run makes no arrays").toBeLessThanOrEqual(before);
});

it.each(layers)("SIMD states no more scratch memory than is allowed: $layer.name", ({ layer, g }) => {
  const supported = simd.filter((algorithm) => supports(algorithm, g, "forward"));
  expect(supported.length).toBeGreaterThan(0);
  for (const algorithm of supported) {
    const plan = preparationOf(algorithm, g, "forward")(new Float32Array(sizeOf(layer.filterShape)), undefined);
    expect(plan.scratchBytes, algorithm.name).toBeLessThanOrEqual(MOST_SCRATCH);
    plan[Symbol.dispose]?.();
  }
});
