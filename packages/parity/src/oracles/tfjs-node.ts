/**
 * The oracle `tfjs-node`: TensorFlow itself, native, through TensorFlow.js.
 *
 * @module
 */

import { type AdapterSource, type ConvAdapter, FULL_REACH } from "../adapter.ts";
import { loadOnce } from "./load-once.ts";

export const tfjsNode: AdapterSource = {
  name: "tfjs-node",
  summary: "TensorFlow itself, native, through TensorFlow.js",
  load: loadOnce(load),
};

async function load(): Promise<ConvAdapter> {
  const { findTfjsNode } = await import("../tfjs-node/setup.ts");
  const library = await findTfjsNode();
  const { tf } = await import("./tensorflow.ts");
  const { loadTfjsNode, tfjsNodeThreads } = await import("../tfjs-node/load.ts");
  const { isDepthwise, tfjsAdapter } = await import("./tfjs-adapter.ts");
  const tfjs = loadTfjsNode(library.addonPath);
  const { engineOf } = await import("../tfjs-node/engine.ts");
  await tf.setBackend("tensorflow");
  const engine = engineOf(tf);
  return tfjsAdapter({
    reach: { ...FULL_REACH, layouts: ["channels last"] },
    name: "tfjs-node",
    backend: "tensorflow",
    version: `${tfjs.version["tfjs-node"]} (${library.provenance}; ${engine})`,
    engine,
    threads: tfjsNodeThreads(),
    padsGradientsByHand: true,
    refuses: (convCase, pass) => {
      const { inputShape, filterShape, strides, dilations, rounding = "floor" } = convCase;
      if (pass === "biasGradient") return undefined;
      // Seen: a heap that is corrupt afterwards, and a process that dies of it some time later.
      if (pass === "filterGradient" && strides.some((stride, axis) => stride > filterShape[axis])) {
        return "TensorFlow writes outside its memory for the filter gradient of a stride past the kernel";
      }
      // Its kernels compute other shapes than they are told then, and native code that is told wrong writes where it should not.
      if (rounding !== "floor") return "TensorFlow rounds down";
      if (inputShape.length === 5 && dilations.some((dilation) => dilation > 1))
        return "TensorFlow has no dilation in 3-D here";
      if (engine === "Eigen" && isDepthwise(convCase)) {
        if (new Set(strides).size > 1) return "TensorFlow without oneDNN has no depthwise strides that differ";
        if (dilations.some((dilation) => dilation > 1)) return "TensorFlow without oneDNN has no depthwise dilation";
      }
      return undefined;
    },
  });
}
