/**
 * A TensorFlow.js backend whose convolutions are computed by `@corr2d/core`. Importing this module registers it.
 *
 * @module
 */

import { registerBackend } from "./register.ts";

registerBackend();

export { BACKEND_NAME, Corr2dBackend } from "./backend.ts";
export { ownKernelNames, registerBackend } from "./register.ts";
