/** The part of the package `nsfwjs` that is used: the files of a model. Its own types bring a TensorFlow.js of all. */
declare module "nsfwjs/models/mobilenet_v2" {
  import type { io } from "@tensorflow/tfjs-core";

  interface Config {
    readonly layers: { readonly name: string; readonly config: { batch_input_shape?: unknown; momentum?: number } }[];
    output_layers: unknown;
  }
  interface ModelJson {
    readonly modelTopology: { readonly model_config: { readonly config: Config } };
    readonly weightsManifest: readonly { readonly weights: io.WeightsManifestEntry[] }[];
  }
  export const MobileNetV2Model: {
    modelJson(): Promise<{ readonly default: ModelJson }>;
    /** Bytes of the weights, in base64. */
    readonly weightBundles: readonly (() => Promise<{ readonly default: string }>)[];
  };
}
