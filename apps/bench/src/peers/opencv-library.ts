/**
 * OpenCV.js in Node. What its CommonJS module exports is a promise of the library, which loaders of modules take for one of theirs.
 *
 * @module
 */

import { createRequire } from "node:module";

/** The library. */
export type OpenCv = typeof import("@techstark/opencv-js");

/** Loads it. */
export async function loadOpenCv(): Promise<OpenCv> {
  return createRequire(import.meta.url)("@techstark/opencv-js");
}
