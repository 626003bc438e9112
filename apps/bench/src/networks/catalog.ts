/**
 * The networks that are timed whole.
 *
 * @module
 */

import { inceptionV3, mobilenetV1, mobilenetV2, resnet50, vgg16 } from "./architectures.ts";
import { type Architecture, layersModel, type Model, operationsModel } from "./builder.ts";

/** How a network is written: with layers, or with operations into which everything is folded. */
export type Style = "layers" | "operations";

/** A network, ready to be made. */
export interface NetworkEntry {
  readonly name: string;
  /** Height and width of its image. */
  readonly size: number;
  readonly style: Style;
  readonly architecture: Architecture;
}

/** All of them, in the order of the table. */
export const NETWORKS: readonly NetworkEntry[] = [
  { name: "MobileNetV1, batch norm in layers", size: 224, style: "layers", architecture: mobilenetV1 },
  { name: "MobileNetV1, folded", size: 224, style: "operations", architecture: mobilenetV1 },
  { name: "MobileNetV2, batch norm in layers", size: 224, style: "layers", architecture: mobilenetV2 },
  { name: "MobileNetV2, folded", size: 224, style: "operations", architecture: mobilenetV2 },
  { name: "ResNet-50", size: 224, style: "layers", architecture: resnet50 },
  { name: "VGG-16", size: 224, style: "layers", architecture: vgg16 },
  { name: "Inception-v3", size: 299, style: "layers", architecture: inceptionV3 },
];

/** Makes a network on the backend that is set. */
export function makeNetwork({ architecture, size, style }: NetworkEntry): Model {
  const shape = [size, size, 3] as const;
  if (style === "operations") return operationsModel(architecture, shape);
  const model = layersModel(architecture, shape);
  return { parameters: model.countParams(), predict: (x) => model.predict(x) as ReturnType<Model["predict"]> };
}
