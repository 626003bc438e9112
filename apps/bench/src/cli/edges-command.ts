/**
 * The command that detects the edges of somebody's picture.
 *
 * @module
 */

import { dirname } from "node:path";
import { stdout } from "node:process";
import { encodePng, readGrey } from "../pictures/grey-picture.ts";
import { makeFolder, writeOutput } from "../report/output-folder.ts";
import { detectEdges, edgesAsInk } from "../showcase/edges.ts";

/** Reads a picture, writes its edges as PNG. */
export async function runEdges(picture: string | URL, out: string): Promise<void> {
  const grey = await readGrey(picture);
  const start = performance.now();
  const edges = detectEdges(grey);
  const milliseconds = performance.now() - start;
  await makeFolder(dirname(out));
  await writeOutput(out, await encodePng(edgesAsInk(edges)));
  const [height, width] = grey.shape;
  stdout.write(`${out}: edges of ${width}×${height} pixels, two kernels of 3×3 in ${milliseconds.toFixed(0)} ms\n`);
}
