/**
 * The suites over layers of real networks: each network whole, a handful of telling layers, and one layer at growing
 * sizes.
 *
 * @module
 */

import { type ConvCase, NETWORK_LAYERS, type Network } from "@corr2d/testkit";
import { IMAGE_SUITE } from "./images.ts";
import type { BenchCase, Suite } from "./suite.ts";

const TITLES: Readonly<Record<Network, string>> = {
  lenet5: "LeNet-5",
  vgg16: "VGG-16",
  resnet50: "ResNet-50",
  mobilenetv2: "MobileNetV2",
};

/** One suite for each network, holding all of its convolutions. */
export const NETWORK_SUITES: readonly Suite[] = (Object.keys(TITLES) as Network[]).map((network) =>
  seededSuite(
    network,
    `every convolution of ${TITLES[network]}`,
    NETWORK_LAYERS.filter((layer) => layer.network === network),
  ),
);

/** One layer of each kind that networks are made of, small enough for every variant to be timed. */
export const QUICK_SUITE: Suite = seededSuite(
  "quick",
  "six telling layers: 5×5, 7×7 stride 2, 3×3 early and late, 1×1, depthwise",
  [
    "lenet5/C3",
    "resnet50/conv1",
    "resnet50/conv2_1-3x3",
    "resnet50/conv4_2-3x3",
    "resnet50/conv4_2-1x1-reduce",
    "mobilenetv2/bottleneck2_2-depthwise",
  ].map(layerNamed),
);

/** 3×3 layers at which gradients are timed, the first so small that TensorFlow.js's own filter gradient ends in a second. */
const GRADIENT_LAYERS: readonly ConvCase[] = [
  { ...layerNamed("resnet50/conv2_1-3x3"), name: "3×3 64→64 @14²", inputShape: [1, 14, 14, 64] },
  ...["resnet50/conv3_2-3x3", "resnet50/conv4_2-3x3", "resnet50/conv5_2-3x3"].map(layerNamed),
];

/** Both gradients, prepared and as stateless calls. */
const GRADIENT_CASES: readonly BenchCase[] = (["filterGradient", "inputGradient"] as const).flatMap((pass) =>
  [false, true].flatMap((fresh) =>
    GRADIENT_LAYERS.map((layer) => {
      const title = `${pass === "filterGradient" ? "filter" : "input"} gradient${fresh ? ", stateless" : ""}`;
      const convCase = { ...layer, name: `${layer.name}, ${title}`, bias: false };
      return { suite: "classes", convCase, data: "seeded" as const, pass, fresh };
    }),
  ),
);

/** Some layers of every class: the first and the last of a network, wide and narrow, and a photograph. */
export const CLASSES_SUITE: Suite = {
  name: "classes",
  summary: "layers of each class: 3×3 stride 1; 1×1, 5×5, 7×7 and strides; depthwise; one channel; gradients of 3×3",
  growing: false,
  firstCalls: true,
  cases: [
    ...seededCases(
      "classes",
      [
        "resnet50/conv2_1-3x3",
        "resnet50/conv3_2-3x3",
        "resnet50/conv4_2-3x3",
        "resnet50/conv5_2-3x3",
        "vgg16/conv2_2",
        "vgg16/conv5_1",
        "resnet50/conv2_1-1x1-reduce",
        "resnet50/conv4_2-1x1-reduce",
        "resnet50/conv1",
        "resnet50/conv3_1-3x3",
        "lenet5/C3",
        "mobilenetv2/bottleneck2_1-depthwise",
        "mobilenetv2/bottleneck2_2-depthwise",
        "mobilenetv2/bottleneck5_2-depthwise",
        "mobilenetv2/bottleneck6_2-depthwise",
      ].map(layerNamed),
    ),
    ...IMAGE_SUITE.cases.map((photograph) => ({ ...photograph, suite: "classes" })),
    ...GRADIENT_CASES,
  ],
};

/** Of Inception's kind of network: kernels of 5×5, and of one axis; and of networks along one axis. */
export const KERNELS_SUITE: Suite = seededSuite(
  "kernels",
  "stride 1 beyond 3×3: 5×5, 1×7 and 7×1 as Inception has them, 3 to 9 taps along 4,096 positions",
  [
    kernelCase(35, 35, [5, 5], 48, 64),
    kernelCase(14, 14, [5, 5], 32, 64),
    kernelCase(17, 17, [1, 7], 128, 128),
    kernelCase(17, 17, [7, 1], 192, 192),
    ...[3, 5, 7, 9].map((taps) => kernelCase(1, 4096, [1, taps], 128, 128)),
  ],
);

/** ResNet's first 3×3 layer on pictures from 14² to 112². */
export const SCALING_SUITE: Suite = {
  ...seededSuite(
    "scaling",
    "3×3, 64 to 64 channels, on 14² to 112² pixels: how time grows with work",
    [14, 28, 56, 112].map((size) => ({
      ...layerNamed("resnet50/conv2_1-3x3"),
      name: `3×3 64→64 @${size}²`,
      inputShape: [1, size, size, 64],
    })),
  ),
  growing: true,
};

function kernelCase(
  height: number,
  width: number,
  [kernelHeight, kernelWidth]: readonly [number, number],
  inChannels: number,
  outChannels: number,
): ConvCase {
  return {
    name: `${kernelHeight}×${kernelWidth} ${inChannels}→${outChannels} @${height}×${width}`,
    inputShape: [1, height, width, inChannels],
    filterShape: [kernelHeight, kernelWidth, inChannels, outChannels],
    strides: [1, 1],
    padding: "same",
    dilations: [1, 1],
    groups: 1,
    bias: true,
  };
}

function layerNamed(name: string): ConvCase {
  const layer = NETWORK_LAYERS.find((candidate) => candidate.name === name);
  if (layer === undefined) throw new RangeError(`testkit has no network layer named ${name}`);
  return layer;
}

function seededSuite(name: string, summary: string, cases: readonly ConvCase[]): Suite {
  return {
    name,
    summary,
    growing: false,
    cases: seededCases(name, cases),
  };
}

function seededCases(suite: string, cases: readonly ConvCase[]): readonly BenchCase[] {
  return cases.map((convCase) => ({ suite, convCase, data: "seeded" }));
}
