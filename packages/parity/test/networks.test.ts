/** Published networks, replayed: each convolution by the verdict, the whole beside TensorFlow.js. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../src/command.ts";
import { type ConvAdapter, corr2dAdapter, loadOracle } from "../src/index.ts";
import { readEsrgan } from "../src/networks/esrgan.ts";
import { KNOWN_FACE, overlap } from "../src/networks/face.ts";
import { findPackage } from "../src/networks/installed-package.ts";
import type { Network } from "../src/networks/network.ts";
import { replay } from "../src/networks/replay.ts";
import { replayNetworks } from "../src/networks/replay-networks.ts";
import { runOnTfjs } from "../src/networks/tfjs-program.ts";

let oracles: ConvAdapter[];
beforeAll(async () => {
  oracles = [await loadOracle("tfjs-cpu"), await loadOracle("tfjs-wasm")];
});

describe("a module of one's own", () => {
  const CODE = `
export const name = "mine";
export function forward({ inputShape, filterShape, outputShape, strides, pads }, { x, filter, bias }) {
  const [, height, width, channels] = inputShape;
  const [kernelHeight, kernelWidth, , outChannels] = filterShape;
  return Float32Array.from({ length: outputShape.reduce((a, b) => a * b) }, (_, at) => {
    const o = at % outChannels;
    const cell = Math.floor(at / outChannels);
    const [i, j] = [Math.floor(cell / outputShape[2]) % outputShape[1], cell % outputShape[2]];
    let sum = bias ? bias[o] : 0;
    for (let a = 0; a < kernelHeight; a++)
      for (let b = 0; b < kernelWidth; b++) {
        const [h, w] = [i * strides[0] + a - pads[0][0], j * strides[1] + b - pads[1][0]];
        if (h < 0 || h >= height || w < 0 || w >= width) continue;
        for (let c = 0; c < channels; c++)
          sum += x[(h * width + w) * channels + c] * filter[((a * kernelWidth + b) * channels + c) * outChannels + o];
      }
    return sum;
  });
}`;
  const folder = mkdtempSync(join(tmpdir(), "corr2d-networks-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["is replayed as core is", "", []],
    [
      "that cannot do a layer is told so",
      'export const supports = (c) => c.filterShape[0] > 1 || "no 1×1";',
      ["mine answers 9 of the 12"],
    ],
  ])("%s", async (_, more, findings) => {
    const file = join(folder, `mine${more.length}.mjs`);
    writeFileSync(file, `${CODE}\n${more}`);
    const { agree, text } = await replayNetworks({
      models: ["esrgan"],
      modules: [file],
      oracles: oracles.slice(0, 1),
      size: 8,
    });
    expect(text).toContain("mine");
    for (const finding of findings) expect(text).toContain(finding);
    expect(agree).toBe(findings.length === 0);
  });
});

describe("the super-resolution network", () => {
  const SIZE = 20;
  let network: Network;
  beforeAll(async () => {
    network = await readEsrgan(SIZE);
  });

  it("is read as TensorFlow.js reads it", async () => {
    const files = findPackage("@upscalerjs/default-model");
    const { modelTopology, weightsManifest } = files.readJson("models/model.json") as {
      modelTopology: object;
      weightsManifest: [{ weights: tf.io.WeightsManifestEntry[] }];
    };
    const weightData = new Uint8Array(files.read("models/group1-shard1of1.bin")).buffer;
    await tf.setBackend("cpu");
    const [{ weights }] = weightsManifest;
    const model = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
    const output = model.predict(tf.tensor4d(network.image.data, [...network.image.shape])) as tf.Tensor;
    expect(output.shape).toEqual([1, 2 * SIZE, 2 * SIZE, 3]);
    const own = runOnTfjs(network, "tfjs-cpu");
    output.dataSync<"float32">().forEach((value, i) => {
      expect(own[i]).toBe(value);
    });
  });

  it("agrees in every convolution and as a whole, by every algorithm that can do it", async () => {
    const algorithms = ["tiled", "winograd4", "auto"].map(corr2dAdapter);
    const { layers, wholes, findings, truth } = await replay(network, { algorithms, oracles });
    expect(findings).toEqual([]);
    expect(layers).toHaveLength(12);
    for (const { worstRatios } of layers) {
      expect(Object.keys(worstRatios)).toEqual(expect.arrayContaining(["corr2d/auto", "tfjs-cpu", "tfjs-wasm"]));
      for (const ratio of Object.values(worstRatios)) expect(ratio).toBeLessThanOrEqual(1);
    }
    // Winograd has no 1×1 filters.
    expect(wholes.map(({ by }) => by)).toEqual(["corr2d/tiled", "corr2d/auto", "tfjs-cpu", "tfjs-wasm"]);
    // Pixels are 0…255: that is what was computed.
    expect(Math.max(...truth.data)).toBeGreaterThan(100);
    for (const { worstError } of wholes) expect(worstError).toBeLessThan(0.001);
  });

  it("is not agreed upon where one convolution loses its bias", async () => {
    const right = corr2dAdapter("tiled");
    const wrong: ConvAdapter = {
      ...right,
      name: "forgetful",
      prepare: (convCase, pass, data) =>
        right.prepare(convCase, pass, {
          ...data,
          bias: convCase.name === "esrgan/GFF_1" ? data.bias?.map(() => 0) : data.bias,
        }),
    };
    const { findings, layers } = await replay(network, { algorithms: [wrong], oracles });
    const at = layers.filter(({ disagreements }) => disagreements.length > 0).map(({ layer }) => layer);
    expect(at).toEqual(["esrgan/GFF_1"]);
    expect(findings.at(-1)).toMatch(/^the whole network by forgetful is .* off/);
  });
});

it("the face detector finds the one face, in every implementation", async () => {
  const { text, agree, results } = await replayNetworks({ models: ["face"], algorithms: ["auto"], oracles });
  expect(agree).toBe(true);
  expect(results[0].layers.filter(({ groups }) => groups > 1)).toHaveLength(5);
  const lines = text.split("\n").filter((line) => line.includes("score"));
  // float64, core, two oracles: all the box that face-api 1.7.15 itself gives.
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).toContain("(158.7, 68.8) to (285.7, 190.4), score 0.9260, overlap 0.795");
});

it("overlap is the intersection over the union", () => {
  expect(overlap(KNOWN_FACE, KNOWN_FACE)).toBe(1);
  const [a, b] = [
    { left: 0, top: 0, right: 2, bottom: 2 },
    { left: 1, top: 1, right: 3, bottom: 3 },
  ];
  expect(overlap(a, b)).toBeCloseTo(1 / 7, 15);
  expect(overlap(a, { ...b, left: 2 })).toBe(0);
});

describe("the command", () => {
  it("prints what it saw, and ends with 0 where all agree", async () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const args = ["--model", "esrgan", "--size", "8", "--oracle", "tfjs-cpu", "--algorithm", "tiled,auto"];
    const code = await main(["networks", ...args]).finally(() => write.mockRestore());
    expect(code).toBe(0);
    expect(written.join("")).toMatch(/esrgan\/F_m1 +\| 8×8×3 +\| 3×3×3×64/);
    expect(written.join("")).toMatch(/\nagree\n$/);
  });

  it("ends with 2 on bad arguments", async () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const codes = [await main(["networks", "--model", "lenet"]), await main(["networks", "--size", "0"])];
    write.mockRestore();
    expect(codes).toEqual([2, 2]);
    expect(written.join("")).toContain('"lenet" is unknown. Networks are esrgan, face.');
    expect(written.join("")).toContain("It must be a positive integer.");
  });
});

describe("networks that cannot be read", () => {
  it("name what is missing", async () => {
    expect(() => findPackage("no-such-package-here")).toThrow("npm install --save-dev no-such-package-here");
    await expect(readEsrgan(129)).rejects.toThrow("size must be an integer from 1 to 128, got 129");
    await expect(replayNetworks({ models: ["lenet"], algorithms: ["auto"], oracles })).rejects.toThrow(
      'model must be one of esrgan, face, got "lenet"',
    );
  });
});
