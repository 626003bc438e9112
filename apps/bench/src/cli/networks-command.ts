/**
 * The command that times whole networks.
 *
 * @module
 */

import { stderr, stdout } from "node:process";
import { BACKENDS, compareNetworks, type NetworkComparison, networksNamed, networkText } from "../networks/compare.ts";
import { printJson } from "../report/files.ts";
import { UsageError } from "../usage-error.ts";

/** Arguments of the command. */
export interface NetworksArguments {
  readonly filter?: string;
  readonly backends?: readonly string[];
  readonly turns: number;
  readonly predictions: number;
  readonly json?: string | true;
}

/** Measures and prints; resolves to the exit code, 1 if ours or whom it is compared with failed. */
export async function runNetworks({
  filter,
  backends = BACKENDS.slice(0, 2),
  json,
  ...rest
}: NetworksArguments): Promise<number> {
  const unknown = backends.find((name) => !BACKENDS.includes(name));
  if (unknown !== undefined) throw new UsageError(`no backend ${unknown}; there are ${BACKENDS.join(", ")}`);
  const networks = networksNamed(filter);
  if (networks.length === 0)
    throw new UsageError(`no network holds ${filter}; there are ${networksNamed(undefined).join("; ")}`);
  const found: NetworkComparison[] = [];
  // What was measured is printed, whatever becomes of the rest.
  try {
    for await (const comparison of compareNetworks({ ...rest, networks, backends }, say)) {
      found.push(comparison);
      if (json === undefined) stdout.write(`${networkText(comparison)}\n`);
    }
  } finally {
    if (json !== undefined) await printJson(json, found);
  }
  const isNeeded = (backend: string, baseline: string) => backend === baseline || backend === "corr2d";
  return found.some(({ baseline, failures }) => failures.some(({ backend }) => isNeeded(backend, baseline))) ? 1 : 0;
}

function say(text: string): void {
  stderr.write(`${text}\n`);
}
