/**
 * The network of `@upscalerjs/default-model`: it doubles the size of a picture. A Keras model of Conv2D, Activation, Add,
 * Concatenate and UpSampling2D layers with float32 weights, and a picture that comes with it. Pixels go in and come out as
 * 0…255.
 *
 * Source: X. Wang et al., "ESRGAN", arXiv:1809.00219; Y. Zhang et al., "Residual dense network", arXiv:1802.08797.
 *
 * @module
 */

import { readLayersModel } from "@corr2d/core/weights";
import { crop, readPicture } from "../picture.ts";
import { findPackage } from "./installed-package.ts";
import type { Convolution, Network, Step } from "./network.ts";
import { type ConvolutionParts, convolutionReader } from "./weights.ts";

const PACKAGE = "@upscalerjs/default-model";
const PICTURE = "assets/fixture.png";
const SHARD = "group1-shard1of1.bin";

/** What Keras writes about a layer, as far as it is read here. */
interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly padding?: unknown };
  /** One call; its arguments as [layer, node, tensor, …]. */
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

interface KerasModel {
  readonly modelTopology: {
    readonly model_config: {
      readonly config: {
        readonly layers: readonly KerasLayer[];
        readonly output_layers: readonly (readonly [string, ...unknown[]])[];
      };
    };
  };
}

/**
 * Reads the network from the installed package.
 *
 * @param size look only at a square of this many pixels in the middle of the picture.
 * @throws Error if the package is not installed; RangeError if its files are not what they say, hold a layer that is not
 *   known here, or the picture is smaller than `size`.
 */
export async function readEsrgan(size?: number): Promise<Network> {
  const files = findPackage(PACKAGE);
  const model = files.readJson("models/model.json") as KerasModel;
  const weights = readLayersModel(model, { [SHARD]: files.read(`models/${SHARD}`) });
  const convolution = convolutionReader(PACKAGE, weights);
  const { layers, output_layers: outputs } = model.modelTopology.model_config.config;
  const [input, ...rest] = layers;
  const whole = await readPicture(files.path(PICTURE));
  const { width: fullWidth, height: fullHeight } = whole;
  const isWhole = size === undefined || (size === fullWidth && size === fullHeight);
  const picture = isWhole ? whole : crop(whole, size);
  const { width, height } = picture;
  return {
    name: "esrgan",
    source: `${PACKAGE} ${files.version}`,
    picture: `${PICTURE}, ${isWhole ? "" : "the middle, "}${width}×${height}`,
    input: input.name,
    image: { shape: [1, height, width, 3], data: picture.data },
    steps: rest.map((layer) => stepOf(layer, convolution)),
    output: outputs[0][0],
  };
}

function stepOf(layer: KerasLayer, convolution: (parts: ConvolutionParts) => Convolution): Step {
  const { class_name: kind, name, config } = layer;
  const from = layer.inbound_nodes[0].map(([source]) => source);
  const require = (field: string, ...allowed: readonly unknown[]): void => {
    if (!allowed.some((value) => JSON.stringify(value) === JSON.stringify(config[field]))) {
      throw new RangeError(
        `${PACKAGE}: ${kind} ${name} has ${field} ${JSON.stringify(config[field])}, which is not read here`,
      );
    }
  };
  switch (kind) {
    case "Conv2D":
      require("data_format", "channels_last");
      require("dilation_rate", [1, 1]);
      require("strides", [1, 1]);
      require("padding", "same", "valid");
      require("activation", "linear");
      require("use_bias", true);
      return convolution({
        name,
        from,
        padding: config.padding as "same" | "valid",
        filter: `${name}/kernel`,
        bias: `${name}/bias`,
      });
    case "Activation":
      require("activation", "relu");
      return { kind: "relu", name, from };
    case "Add":
      return { kind: "add", name, from };
    case "Concatenate":
      require("axis", 3);
      return { kind: "concatenate", name, from };
    case "UpSampling2D":
      require("data_format", "channels_last");
      require("interpolation", "nearest");
      require("size", [2, 2]);
      return { kind: "enlarge", name, from, factor: 2 };
    default:
      throw new RangeError(`${PACKAGE}: layer ${name} is a ${kind}, which is not known here`);
  }
}
