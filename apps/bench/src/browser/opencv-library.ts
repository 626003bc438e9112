/**
 * OpenCV.js in a page.
 *
 * @module
 */

import type { OpenCv } from "../peers/opencv-library.ts";

/** Loads it: what the module exports is a promise of the library, of which its types say nothing. */
export async function loadOpenCv(): Promise<OpenCv> {
  const { default: library } = (await import("@techstark/opencv-js")) as unknown as { default: Promise<OpenCv> };
  return library;
}
