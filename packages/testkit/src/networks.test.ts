import { describe, expect, test } from "vitest";
import { describeCase, outputShapeOf, sizeOf } from "./arithmetic.ts";
import { NETWORK_LAYERS, type Network, type NetworkLayer } from "./networks.ts";
import { multiplyAddsOf } from "./terms.ts";

const layersOf = (network: Network) => NETWORK_LAYERS.filter((layer) => layer.network === network);
const total = (network: Network, measure: (layer: NetworkLayer) => number) =>
  layersOf(network).reduce((sum, layer) => sum + layer.count * measure(layer), 0);
const weights = (network: Network) => total(network, ({ filterShape }) => sizeOf(filterShape));
const channelsOut = (network: Network) => total(network, ({ filterShape }) => filterShape[3]);
const find = (name: string) => NETWORK_LAYERS.find((layer) => layer.name === name)!;
/** In units of 10⁹ multiply-adds, as published: the convolutions and the fully connected layers behind them. */
const giga = (network: Network, fullyConnected: number) =>
  ((total(network, multiplyAddsOf) + fullyConnected) / 1e9).toFixed(2);

describe("LeNet-5", () => {
  test("parameters and connections of the paper (§II.B)", () => {
    const [c1, c3, c5] = layersOf("lenet5");
    const parameters = ({ filterShape }: NetworkLayer) => sizeOf(filterShape) + filterShape[3];
    // "C1 contains 156 trainable parameters, and 122,304 connections"; "C5 has 48,120 trainable connections".
    expect(parameters(c1)).toBe(156);
    expect(multiplyAddsOf(c1) + sizeOf(outputShapeOf(c1))).toBe(122_304);
    expect(parameters(c5)).toBe(48_120);
    // The paper's C3 has 60 of the 6 · 16 = 96 kernels, 1,516 parameters.
    expect(parameters(c3) - (96 - 60) * 25).toBe(1_516);
    expect([c1, c3, c5].map(outputShapeOf)).toEqual([
      [1, 28, 28, 6],
      [1, 10, 10, 16],
      [1, 1, 1, 120],
    ]);
  });
});

describe("VGG-16", () => {
  test("138,357,544 parameters without the three fully connected layers", () => {
    const fullyConnected = 25_088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000;
    expect(weights("vgg16") + channelsOut("vgg16")).toBe(138_357_544 - fullyConnected);
    expect(weights("vgg16")).toBe(14_710_464);
  });

  test("15.47 G multiply-adds with them", () => {
    expect(giga("vgg16", 25_088 * 4096 + 4096 * 4096 + 4096 * 1000)).toBe("15.47");
    expect(giga("vgg16", 0)).toBe("15.35");
  });

  test("13 convolutions, the last on 14×14", () => {
    expect(total("vgg16", () => 1)).toBe(13);
    expect(outputShapeOf(layersOf("vgg16").at(-1)!)).toEqual([1, 14, 14, 512]);
  });
});

describe("ResNet-50", () => {
  test("25,557,032 parameters without classifier and batch normalisation", () => {
    const classifier = 2048 * 1000 + 1000;
    const batchNormalisation = 2 * channelsOut("resnet50");
    expect(weights("resnet50")).toBe(25_557_032 - classifier - batchNormalisation);
    expect(weights("resnet50")).toBe(23_454_912);
  });

  test("4.09 G multiply-adds with the classifier (v1.5)", () => {
    expect(giga("resnet50", 2048 * 1000)).toBe("4.09");
  });

  test("53 convolutions: one, 16 blocks of three, four projections", () => {
    expect(total("resnet50", () => 1)).toBe(1 + 16 * 3 + 4);
    expect(outputShapeOf(find("resnet50/conv1"))).toEqual([1, 112, 112, 64]);
    expect(outputShapeOf(layersOf("resnet50").at(-1)!).slice(1, 3)).toEqual([7, 7]);
  });

  test("a stage is halved in its first 3×3 and in its projection", () => {
    const halving = layersOf("resnet50").filter(({ strides }) => strides[0] === 2);
    expect(halving.map(({ layer }) => layer)).toEqual([
      "conv1",
      ...["conv3_1", "conv4_1", "conv5_1"].flatMap((block) => [`${block}-shortcut`, `${block}-3x3`]),
    ]);
  });
});

describe("MobileNetV2", () => {
  test("3,504,872 parameters without classifier and batch normalisation", () => {
    const classifier = 1280 * 1000 + 1000;
    const batchNormalisation = 2 * channelsOut("mobilenetv2");
    expect(weights("mobilenetv2")).toBe(3_504_872 - classifier - batchNormalisation);
  });

  test("0.30 G multiply-adds with the classifier (the paper: 300 M)", () => {
    expect(giga("mobilenetv2", 1280 * 1000)).toBe("0.30");
  });

  test("52 convolutions, 17 of them depthwise", () => {
    expect(total("mobilenetv2", () => 1)).toBe(52);
    expect(total("mobilenetv2", ({ groups, inputShape }) => (groups === inputShape[3] ? 1 : 0))).toBe(17);
    expect(outputShapeOf(find("mobilenetv2/conv-last"))).toEqual([1, 7, 7, 1280]);
  });
});

test("a geometry is listed once in its network", () => {
  const geometries = NETWORK_LAYERS.map((layer) => `${layer.network} ${describeCase(layer)}`);
  expect(new Set(geometries).size).toBe(geometries.length);
});
