/**
 * The command that times correlations of signals beside SciPy and ml-convolution.
 *
 * @module
 */

import { stderr } from "node:process";
import { printResult } from "../report/files.ts";
import { toText } from "../report/terminal.ts";
import { findPython } from "../scipy/python.ts";
import { compareSignals, SIGNAL_CASES, type SignalArguments, signalTable } from "../signals/compare.ts";

/** Arguments of the command. */
export interface SignalsArguments extends SignalArguments {
  /** The longest signal. */
  readonly longest: number;
  readonly python?: string;
  readonly json?: string | true;
}

/** Measures and prints; what is measured is said on the way. */
export async function runSignals({ python, json, longest, ...rest }: SignalsArguments): Promise<void> {
  const cases = SIGNAL_CASES.filter(({ length }) => length <= longest);
  const { versions, comparisons } = await compareSignals(
    findPython(python),
    cases,
    rest,
    ({ length, kernel, dtype }) => void stderr.write(`${length} by ${kernel}, ${dtype}\n`),
  );
  await printResult(json, comparisons, () => toText(signalTable(versions, comparisons)));
}
