/**
 * The command that times filters on pictures as they come, RGBA bytes, beside OpenCV.js and sharp, and templates beside OpenCV.js.
 *
 * @module
 */

import { stderr } from "node:process";
import { comparePictures, type PictureArguments, pictureTable } from "../pictures/compare.ts";
import { compareTemplates, TEMPLATES, templateTable } from "../pictures/templates.ts";
import { printResult } from "../report/files.ts";
import { toText } from "../report/terminal.ts";

/** Arguments of the command. */
export interface PicturesArguments extends Omit<PictureArguments, "alone"> {
  readonly alone?: true;
  readonly json?: string | true;
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
  await printResult(json, { filters: comparisons, templates }, () => tables.map(toText).join("\n\n"));
}
