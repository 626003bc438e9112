/**
 * The worker of the first stage: small matrices, and the shared picture with the canvases it is drawn on. It is apart from the
 * page so that this never waits, and apart from the workshop so that it is small and there at once.
 *
 * @module
 */

import { expose } from "comlink";
import * as matrices from "./matrices.ts";
import * as picture from "./picture.ts";

const tasks = { ...matrices, ...picture };

/** What the page can ask for. */
export type Tasks = typeof tasks;

expose(tasks);
