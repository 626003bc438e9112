/**
 * The command that times filters on pictures as they come, RGBA bytes, beside OpenCV.js and sharp.
 *
 * @module
 */

import { stderr, stdout } from "node:process";
import { comparePictures, type PictureArguments, pictureTable } from "../pictures/compare.ts";
import { toText } from "../report/terminal.ts";

/** Arguments of the command. */
export interface PicturesArguments extends Omit<PictureArguments, "alone"> {
  readonly alone?: true;
  readonly json?: true;
}

/** Measures and prints; what is measured is said on the way. */
export async function runPictures({ json, alone, ...rest }: PicturesArguments): Promise<void> {
  const { versions, comparisons } = await comparePictures({ ...rest, alone: alone === true }, (size, kernel) => {
    stderr.write(`${size}, ${kernel}\n`);
  });
  const text = json ? JSON.stringify(comparisons, null, 2) : toText(pictureTable(versions, comparisons));
  stdout.write(`${text}\n`);
}
