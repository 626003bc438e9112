/**
 * Every convolution of four networks that everybody knows, for one image: LeNet-5, VGG-16, ResNet-50 and MobileNetV2.
 * Each architecture is written as its paper gives it, stage by stage, and unrolled; layers of the same geometry are one
 * entry that says how often they occur. Paddings are explicit, as PyTorch's models have them.
 *
 * @module
 */

import { describeCase, outputShapeOf } from "./arithmetic.ts";
import type { ConvCase } from "./case.ts";

/** The networks, in the order they were published. */
export type Network = "lenet5" | "vgg16" | "resnet50" | "mobilenetv2";

/** A convolution of a network. */
export interface NetworkLayer extends ConvCase {
  readonly network: Network;
  /** Name of the first layer of this geometry, in the words of the source. */
  readonly layer: string;
  /** How many layers of the network have this very geometry. */
  readonly count: number;
  /** Where the architecture is published. */
  readonly source: string;
}

/** A layer as an architecture names it: square kernel, stride and padding. */
interface Step {
  readonly layer: string;
  readonly kernel: number;
  readonly outChannels: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
}

/** Collects the layers of one network, following the shape of the data. */
class Unrolling {
  readonly layers: NetworkLayer[] = [];
  private readonly about: Pick<NetworkLayer, "network" | "source" | "bias">;
  /** `[height, width, channels]` where the data stands now. */
  private shape: readonly [height: number, width: number, channels: number];

  constructor(about: Pick<NetworkLayer, "network" | "source" | "bias">, size: number, channels: number) {
    this.about = about;
    this.shape = [size, size, channels];
  }

  get channels(): number {
    return this.shape[2];
  }

  /** A convolution that the data goes through. */
  convolve(step: Step): void {
    const [, height, width, channels] = outputShapeOf(this.branch(step));
    this.shape = [height, width, channels];
  }

  /** A convolution beside the road, such as a projection around a block. */
  branch({ layer, kernel, outChannels, stride = 1, padding = 0, groups = 1 }: Step): ConvCase {
    const added: NetworkLayer = {
      name: `${this.about.network}/${layer}`,
      inputShape: [1, ...this.shape],
      filterShape: [kernel, kernel, this.channels / groups, outChannels],
      strides: [stride, stride],
      padding,
      dilations: [1, 1],
      groups,
      layer,
      count: 1,
      ...this.about,
    };
    this.layers.push(added);
    return added;
  }

  /** Pooling, which leaves the channels alone: output ⌊(size + 2·padding − window) / stride⌋ + 1. */
  pool(window: number, stride: number, padding = 0): void {
    const pooled = (size: number) => Math.floor((size + 2 * padding - window) / stride) + 1;
    this.shape = [pooled(this.shape[0]), pooled(this.shape[1]), this.channels];
  }
}

/**
 * C3 is the variant in which every map sees all six maps of S2 (the paper's Table I leaves some out); C5 is the
 * convolution over the whole 5×5 map.
 */
function lenet5(): NetworkLayer[] {
  const source =
    "Y. LeCun et al., Gradient-based learning applied to document recognition, Proc. IEEE 1998, Fig. 2, §II.B";
  const net = new Unrolling({ network: "lenet5", source, bias: true }, 32, 1);
  net.convolve({ layer: "C1", kernel: 5, outChannels: 6 });
  net.pool(2, 2);
  net.convolve({ layer: "C3", kernel: 5, outChannels: 16 });
  net.pool(2, 2);
  net.convolve({ layer: "C5", kernel: 5, outChannels: 120 });
  return net.layers;
}

/** Five stages of 3×3 convolutions, halved by pooling after each. */
function vgg16(): NetworkLayer[] {
  const source = "K. Simonyan and A. Zisserman, arXiv:1409.1556, Table 1, configuration D";
  const net = new Unrolling({ network: "vgg16", source, bias: true }, 224, 3);
  const stages = [
    { layers: 2, channels: 64 },
    { layers: 2, channels: 128 },
    { layers: 3, channels: 256 },
    { layers: 3, channels: 512 },
    { layers: 3, channels: 512 },
  ];
  for (const [stage, { layers, channels }] of stages.entries()) {
    for (let i = 1; i <= layers; i++) {
      net.convolve({ layer: `conv${stage + 1}_${i}`, kernel: 3, outChannels: channels, padding: 1 });
    }
    net.pool(2, 2);
  }
  return net.layers;
}

/**
 * Version 1.5, which is what torchvision has: where a stage halves the image, the stride stands in the 3×3 and not in the
 * first 1×1 of the paper. Batch normalisation follows every convolution, so there is no bias.
 */
function resnet50(): NetworkLayer[] {
  const source = "K. He et al., arXiv:1512.03385, Table 1, 50-layer; stride in the 3×3 as in torchvision (v1.5)";
  const net = new Unrolling({ network: "resnet50", source, bias: false }, 224, 3);
  net.convolve({ layer: "conv1", kernel: 7, outChannels: 64, stride: 2, padding: 3 });
  net.pool(3, 2, 1);
  const stages = [
    { blocks: 3, width: 64, stride: 1 },
    { blocks: 4, width: 128, stride: 2 },
    { blocks: 6, width: 256, stride: 2 },
    { blocks: 3, width: 512, stride: 2 },
  ];
  for (const [index, { blocks, width, stride: stageStride }] of stages.entries()) {
    for (let block = 1; block <= blocks; block++) {
      const name = `conv${index + 2}_${block}`;
      const stride = block === 1 ? stageStride : 1;
      if (block === 1) net.branch({ layer: `${name}-shortcut`, kernel: 1, outChannels: 4 * width, stride });
      net.convolve({ layer: `${name}-1x1-reduce`, kernel: 1, outChannels: width });
      net.convolve({ layer: `${name}-3x3`, kernel: 3, outChannels: width, stride, padding: 1 });
      net.convolve({ layer: `${name}-1x1-expand`, kernel: 1, outChannels: 4 * width });
    }
  }
  return net.layers;
}

/** Width 1.0. Batch normalisation follows every convolution, so there is no bias; a block of expansion 1 has no expansion layer. */
function mobilenetv2(): NetworkLayer[] {
  const source = "M. Sandler et al., arXiv:1801.04381, Table 2";
  const net = new Unrolling({ network: "mobilenetv2", source, bias: false }, 224, 3);
  net.convolve({ layer: "conv1", kernel: 3, outChannels: 32, stride: 2, padding: 1 });
  // t, c, n, s of the table.
  const stages = [
    { expansion: 1, channels: 16, blocks: 1, stride: 1 },
    { expansion: 6, channels: 24, blocks: 2, stride: 2 },
    { expansion: 6, channels: 32, blocks: 3, stride: 2 },
    { expansion: 6, channels: 64, blocks: 4, stride: 2 },
    { expansion: 6, channels: 96, blocks: 3, stride: 1 },
    { expansion: 6, channels: 160, blocks: 3, stride: 2 },
    { expansion: 6, channels: 320, blocks: 1, stride: 1 },
  ];
  for (const [stage, { expansion, channels, blocks, stride: stageStride }] of stages.entries()) {
    for (let block = 1; block <= blocks; block++) {
      const name = `bottleneck${stage + 1}_${block}`;
      const stride = block === 1 ? stageStride : 1;
      const hidden = expansion * net.channels;
      if (expansion > 1) net.convolve({ layer: `${name}-expand`, kernel: 1, outChannels: hidden });
      net.convolve({ layer: `${name}-depthwise`, kernel: 3, outChannels: hidden, stride, padding: 1, groups: hidden });
      net.convolve({ layer: `${name}-project`, kernel: 1, outChannels: channels });
    }
  }
  net.convolve({ layer: "conv-last", kernel: 1, outChannels: 1280 });
  return net.layers;
}

/** One entry for each geometry, in the order of first occurrence, with the number of occurrences. */
function distinct(layers: readonly NetworkLayer[]): NetworkLayer[] {
  const byGeometry = new Map<string, NetworkLayer>();
  for (const layer of layers) {
    const geometry = describeCase(layer);
    const first = byGeometry.get(geometry);
    byGeometry.set(geometry, first === undefined ? layer : { ...first, count: first.count + 1 });
  }
  return [...byGeometry.values()];
}

/** The convolutions of all four networks, those of one network in the order the data meets them. */
export const NETWORK_LAYERS: readonly NetworkLayer[] = [lenet5, vgg16, resnet50, mobilenetv2].flatMap((network) =>
  distinct(network()),
);
