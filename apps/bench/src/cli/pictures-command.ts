/**
 * The command that times filters on pictures as they come, RGBA bytes, beside OpenCV.js and sharp, and templates beside OpenCV.js.
 *
 * @module
 */

import { stderr, stdout } from "node:process";
import { comparePictures, type PictureArguments, pictureTable } from "../pictures/compare.ts";
import { compareTemplates, TEMPLATES, templateTable } from "../pictures/templates.ts";
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
  const templates = alone
    ? []
    : await compareTemplates({ ...TEMPLATES, ...rest }, (side, count) => {
        stderr.write(`templates ${side}×${side}, ${count}\n`);
      });
  const tables = [pictureTable(versions, comparisons), ...(alone ? [] : [templateTable(TEMPLATES.size, templates)])];
  const text = json ? JSON.stringify({ filters: comparisons, templates }, null, 2) : tables.map(toText).join("\n\n");
  stdout.write(`${text}\n`);
}
