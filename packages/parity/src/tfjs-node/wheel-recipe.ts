/**
 * What is taken from the TensorFlow wheel and how the add-on is compiled against it, as data: the name of the cached
 * folder is a hash of it, so a changed recipe is a new folder.
 *
 * Why this wheel: TensorFlow 2.12 is the first whose wheels hold `libtensorflow_cc`, which exports the C interface that
 * tfjs-node is written for; tfjs-node asks for 2.9.1, and the interface has kept its promise of stability since. The
 * Python version names a file, no more: nothing of it is run.
 *
 * @module
 */

/** The recipe. */
export interface WheelRecipe {
  /** The package and version that pip is asked for. */
  readonly requirement: string;
  readonly pythonVersion: string;
  readonly platform: string;
  /** SHA-256 of that one wheel. */
  readonly sha256: string;
  readonly downloadBytes: number;
  /** The libraries in the wheel: what the add-on is linked with. */
  readonly libraries: readonly string[];
  /** Folders of the wheel whose headers the add-on includes. */
  readonly headerFolders: readonly string[];
  /** More than this is not unpacked, whatever the archive says. */
  readonly maxUnpackedBytes: number;
  /** Sources in `@tensorflow/tfjs-node`. */
  readonly sources: readonly string[];
  readonly compilerFlags: readonly string[];
}

export const WHEEL_RECIPE: WheelRecipe = {
  requirement: "tensorflow-cpu==2.12.0",
  pythonVersion: "3.11",
  platform: "manylinux2014_x86_64",
  sha256: "e8c7047552a2d759f3e65ac13e36dd24bb5fec2e6576e848287811ec44b3d62f",
  downloadBytes: 231_819_176,
  libraries: ["tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"],
  headerFolders: [
    "tensorflow/include/tensorflow/c/",
    "tensorflow/include/tensorflow/core/platform/",
    "tensorflow/include/tensorflow/tsl/",
  ],
  maxUnpackedBytes: 700_000_000,
  sources: ["binding/tfjs_backend.cc", "binding/tfjs_binding.cc"],
  compilerFlags: ["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8"],
};
