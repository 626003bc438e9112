/**
 * The worker of all later stages: whatever takes core's layers, gradients and derivation.
 *
 * @module
 */

import { expose } from "comlink";
import * as arithmetic from "./arithmetic.ts";
import * as derivation from "./derivation.ts";
import * as digits from "./digits.ts";
import * as field from "./field.ts";
import * as kernelSize from "./kernel-size.ts";
import * as lesson from "./lesson.ts";
import * as machine from "./machine.ts";
import * as shift from "./shift.ts";

const tasks = { ...arithmetic, ...derivation, ...digits, ...field, ...kernelSize, ...lesson, ...machine, ...shift };

/** What the page can ask for. */
export type WorkshopTasks = typeof tasks;

expose(tasks);
