/**
 * The folder that results go to.
 *
 * @module
 */

import { access, constants, mkdir } from "node:fs/promises";
import { UsageError } from "../usage-error.ts";

/**
 * Makes a folder, unless it is there: commands do so before they measure what would be lost.
 *
 * @throws UsageError if nothing can be written there.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`cannot write to ${folder}: ${(error as Error).message}`);
  }
}
