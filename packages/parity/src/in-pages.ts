/**
 * What of this package runs in pages: the adapters of core and of TensorFlow.js's backends. Whoever bundles a page puts it in the
 * place of the whole, which needs Node.
 *
 * @module
 */

export { corr2dAdapter } from "./corr2d.ts";
export { tfjsBackend } from "./oracles/tfjs-backend.ts";
