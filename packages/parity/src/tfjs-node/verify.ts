/**
 * Program: `node verify.js <add-on>` loads tfjs-node with this add-on and correlates the textbook's example with it.
 * A native library that does not fit takes its whole process down, so it is tried in one of its own.
 *
 *     [0 1 2]     [0 1]     [19 25]
 *     [3 4 5]  ⋆  [2 3]  =  [37 43]      (Zhang et al., "Dive into Deep Learning", section 7.2)
 *     [6 7 8]
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import { loadTfjsNode } from "./load.ts";

const addonPath = process.argv[2];
if (addonPath === undefined) throw new Error("verify: the path of an add-on is missing");
tf.env().set("PROD", true);
const { TF_Version } = loadTfjsNode(addonPath).backend().binding;
const x = tf.tensor4d([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 3, 1]);
const filter = tf.tensor4d([0, 1, 2, 3], [2, 2, 1, 1]);
const y = tf.conv2d(x, filter, 1, "valid").dataSync().join();
if (tf.getBackend() !== "tensorflow" || y !== "19,25,37,43") {
  throw new Error(`verify: backend ${tf.getBackend()} computed ${y} instead of 19,25,37,43`);
}
console.log(TF_Version);
