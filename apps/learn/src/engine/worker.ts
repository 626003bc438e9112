/**
 * The worker: core, and all that the page asks of it, apart from the page so that this never waits.
 *
 * @module
 */

import { expose } from "comlink";
import * as arithmetic from "./arithmetic.ts";
import * as derivation from "./derivation.ts";
import * as field from "./field.ts";
import * as lesson from "./lesson.ts";
import * as matrices from "./matrices.ts";
import * as picture from "./picture.ts";
import * as shift from "./shift.ts";

const tasks = { ...arithmetic, ...derivation, ...field, ...lesson, ...matrices, ...picture, ...shift };

/** What the page can ask for. */
export type Tasks = typeof tasks;

expose(tasks);
