/**
 * `@corr2d/core/weights`: reading the weights of trained networks, and loading them into layers.
 *
 * @module
 */

export { readLayersModel } from "./weights/layers-model.ts";
export { loadPyTorchWeights, loadTensorFlowWeights } from "./weights/load-weights.ts";
export { readSafetensors } from "./weights/safetensors.ts";
export type { FileBytes, StoredTensor, WeightFile } from "./weights/weight-file.ts";
