/**
 * The folder that results go to, and the files in it.
 *
 * @module
 */

import { access, constants, mkdir, writeFile } from "node:fs/promises";
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

/**
 * Writes a file.
 *
 * @throws UsageError if it cannot be written, such as where a folder has its name.
 */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
  }
}
