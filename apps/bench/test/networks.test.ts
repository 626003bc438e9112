/**
 * Whole networks: names, both ways to write one, and that our kernels give their results.
 *
 * @module
 */

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { lenet, mobilenetV2, resnet20, vgg16 } from "../src/networks/architectures.ts";
import { layersModel, operationsModel } from "../src/networks/builder.ts";
import { compareNetworks, type NetworkComparison, type NetworkTimes, networksNamed } from "../src/networks/compare.ts";

beforeAll(async () => {
  tf.env().set("PROD", true);
  await tf.setBackend("cpu");
});

test("networks are found by a part of their name", () => {
  expect(networksNamed("resnet-50")).toEqual(["ResNet-50"]);
  expect(networksNamed(undefined).length).toBeGreaterThan(5);
  expect(networksNamed("nothing")).toEqual([]);
});

test("MobileNetV2 has the parameters that Keras counts, and folded those without the norms'", () => {
  expect(layersModel(mobilenetV2, [224, 224, 3]).countParams()).toBe(3_538_984);
  // Of four parameters for each normalised channel a bias is left.
  const channels = (3_538_984 - operationsModel(mobilenetV2, [224, 224, 3]).parameters) / 3;
  expect(channels).toBe(17_056);
});

test("VGG-16 has convolutions of the published number of parameters", () => {
  // At 32², where its dense layers are small: 14,714,688 and those.
  const dense = 512 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000;
  expect(operationsModel(vgg16, [32, 32, 3]).parameters).toBe(14_714_688 + dense);
});

test("LeNet and ResNet-20 have the published parameters", () => {
  expect(layersModel(lenet, [28, 28, 1]).countParams()).toBe(61_706);
  // 0.27 million, and here two projections and four numbers of each norm.
  expect(layersModel(resnet20, [32, 32, 3]).countParams() / 1e6).toBeCloseTo(0.27, 1);
});

/** How much further our kernels may move a result than TensorFlow.js's backends lie apart, as parity has it for networks. */
const ALLOWED_FACTOR = 16;

describe("published networks", () => {
  test.each(networksNamed("face-api"))(
    "%s: our kernels move the result by no more than rounding does",
    async (network) => {
      const options = { networks: [network], backends: ["corr2d", "tfjs-cpu"], turns: 1, predictions: 1 };
      const { value } = await compareNetworks(options, () => {}).next();
      const { times, failures } = value as NetworkComparison;
      expect(failures).toEqual([]);
      const apart = Object.fromEntries(times.map((time) => [time.backend, time.apart]));
      expect(apart.corr2d).toBeGreaterThan(0);
      expect(apart.corr2d).toBeLessThanOrEqual(ALLOWED_FACTOR * apart["tfjs-cpu"]!);
    },
    120_000,
  );

  test("an output of more values than a function takes arguments is compared", async () => {
    const options = { networks: networksNamed("ESRGAN"), backends: ["corr2d"], turns: 1, predictions: 1 };
    const { value } = await compareNetworks(options, () => {}).next();
    const { times, failures } = value as NetworkComparison;
    expect(failures).toEqual([]);
    const [, { backend, apart }] = times as readonly NetworkTimes[] as [NetworkTimes, NetworkTimes];
    expect(backend).toBe("corr2d");
    // Of colours from 0 to 255.
    expect(apart).toBeGreaterThan(0);
    expect(apart).toBeLessThan(0.01);
  }, 120_000);

  test("a step of training is compared with whom one likes, and who cannot take it stands with the reason", async () => {
    const networks = networksNamed("LeNet, a step");
    const options = { networks, backends: ["tfjs-wasm"], turns: 1, predictions: 1 };
    const { value: found } = await compareNetworks(options, () => {}, "corr2d").next();
    expect(found).toMatchObject({ baseline: "corr2d", times: [{ backend: "corr2d", apart: 0 }] });
    expect(found!.failures).toEqual([
      { backend: "tfjs-wasm", reason: "Error: Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'" },
    ]);
  }, 120_000);
});
