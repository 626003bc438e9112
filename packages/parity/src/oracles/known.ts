/**
 * The oracles there are. Naming one loads nothing.
 *
 * @module
 */

import type { AdapterSource, ConvAdapter } from "../adapter.ts";
import { tfjsCpu } from "./tfjs-cpu.ts";
import { tfjsNode } from "./tfjs-node.ts";
import { tfjsWasm } from "./tfjs-wasm.ts";

/** Every oracle, the most boring first. */
export const KNOWN_ORACLES: readonly AdapterSource[] = [tfjsCpu, tfjsWasm, tfjsNode];

/**
 * The oracle of this name.
 *
 * @throws RangeError with the names there are.
 */
export function findOracle(name: string): AdapterSource {
  const found = KNOWN_ORACLES.find((oracle) => oracle.name === name);
  if (found === undefined) {
    const known = KNOWN_ORACLES.map((oracle) => oracle.name).join(", ");
    throw new RangeError(`parity: oracle must be one of ${known}, got ${JSON.stringify(name)}`);
  }
  return found;
}

/**
 * Loads an oracle.
 *
 * @throws RangeError for a name there is none of, Error with the reason where it cannot be had on this machine.
 * @example
 * ```ts
 * import { CASES, exactData } from "@corr2d/testkit";
 *
 * const oracle = await loadOracle("tfjs-cpu");
 * const convCase = CASES[0];
 * oracle.supports(convCase, "forward"); // → true
 * const prepared = await oracle.prepare(convCase, "forward", exactData(convCase, 1));
 * await prepared.run();
 * const y = await prepared.read();
 * prepared.dispose();
 * y instanceof Float32Array; // → true
 * ```
 */
export async function loadOracle(name: string): Promise<ConvAdapter> {
  return findOracle(name).load();
}
