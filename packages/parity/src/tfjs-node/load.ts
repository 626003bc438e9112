/**
 * Loads `@tensorflow/tfjs-node` from node_modules with a native half that lies elsewhere.
 *
 * The package asks `@mapbox/node-pre-gyp` where its add-on is, once, while it is loaded. For that moment the module
 * in Node's cache is one that answers with our path.
 *
 * @module
 */

import { createRequire } from "node:module";
import util from "node:util";

/** Read by libtensorflow when it is loaded: one thread, like every other oracle, unless the user says otherwise. */
const ONE_THREAD = { TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1", OMP_NUM_THREADS: "1" };

/** The part of the loaded package that is used. */
export interface TfjsNode {
  readonly version: Readonly<Record<string, string>>;
  backend(): { readonly binding: { readonly TF_Version: string } };
}

/** How many threads libtensorflow will compute, or computes, with. */
export function tfjsNodeThreads(): number {
  return Number(process.env.TF_NUM_INTRAOP_THREADS ?? ONE_THREAD.TF_NUM_INTRAOP_THREADS);
}

/**
 * Loads the package; afterwards the backend `"tensorflow"` is registered with TensorFlow.js and chosen.
 *
 * @throws Error if the add-on or libtensorflow cannot be loaded here.
 */
export function loadTfjsNode(addonPath: string): TfjsNode {
  for (const [name, value] of Object.entries(ONE_THREAD)) process.env[name] ??= value;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // tfjs-node 4.22 calls a function that Node 23 removed (tensorflow/tfjs pull request 8425, merged, never released).
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;

  const require = createRequire(import.meta.url);
  const requireFromPackage = createRequire(require.resolve("@tensorflow/tfjs-node"));
  const finderPath = requireFromPackage.resolve("@mapbox/node-pre-gyp");
  const finder: object = requireFromPackage(finderPath);
  const cached = requireFromPackage.cache[finderPath]!;
  cached.exports = Object.create(finder, { find: { value: () => addonPath } });
  try {
    return requireFromPackage("@tensorflow/tfjs-node") as TfjsNode;
  } finally {
    cached.exports = finder;
  }
}
