/**
 * TensorFlow.js with convolutions computed by `@corr2d/core`. Importing this module puts them into the WebAssembly backend
 * and registers the backend `"corr2d"`, which needs no WebAssembly file.
 *
 * @module
 */

import { registerGroupedGradient } from "./grouped-conv2d.ts";
import { registerBackend } from "./register.ts";
import { accelerateWasm } from "./wasm/install.ts";

registerBackend();
accelerateWasm();
registerGroupedGradient();

export { BACKEND_NAME, Corr2dBackend } from "./backend.ts";
export { type GroupedConv2dOptions, groupedConv2d, type PerAxis } from "./grouped-conv2d.ts";
export { ownKernelNames, registerBackend } from "./register.ts";
