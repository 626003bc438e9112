/**
 * The command that compares `corr2d` with SciPy and OpenCV.js on a picture.
 *
 * @module
 */

import { stderr } from "node:process";
import { printResult } from "../report/files.ts";
import { toText } from "../report/terminal.ts";
import { type ComparisonArguments, compareWithScipy, comparisonTable } from "../scipy/compare.ts";
import { findPython } from "../scipy/python.ts";

/** Kernels of the table. */
export const SCIPY_KERNELS: readonly number[] = [3, 5, 7, 9, 11, 15, 21, 31, 47, 63];

/** Arguments of the command. */
export interface ScipyArguments extends Omit<ComparisonArguments, "kernels"> {
  readonly kernels?: readonly number[];
  readonly python?: string;
  readonly json?: string | true;
}

/** Measures and prints; what is measured is said on the way. */
export async function runScipy({ python, json, kernels = SCIPY_KERNELS, ...rest }: ScipyArguments): Promise<void> {
  const found = findPython(python);
  const comparison = await compareWithScipy(found, { ...rest, kernels }, (size) => {
    stderr.write(`kernel ${size}×${size}\n`);
  });
  await printResult(json, comparison, () => toText(comparisonTable(comparison.versions, comparison.kernels)));
}
