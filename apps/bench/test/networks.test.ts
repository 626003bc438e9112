/**
 * Whole networks: names, and both ways to write one.
 *
 * @module
 */

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { mobilenetV2, vgg16 } from "../src/networks/architectures.ts";
import { layersModel, operationsModel } from "../src/networks/builder.ts";
import { networksNamed } from "../src/networks/compare.ts";

beforeAll(async () => {
  tf.env().set("PROD", true);
  await tf.setBackend("cpu");
});

test("networks are found by a part of their name", () => {
  expect(networksNamed("resnet")).toEqual(["ResNet-50"]);
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
