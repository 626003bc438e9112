/**
 * Which algorithm computes what: one pure function that can say why.
 *
 * @module
 */

import type { ConvGeometry } from "../geometry.ts";
import { describe } from "../tensor.ts";
import type { Pass } from "./algorithm.ts";
import { type AlgorithmName, algorithms, type RegisteredAlgorithm } from "./registry.ts";

/** An algorithm and the reason it was taken. */
export interface Choice {
  readonly algorithm: RegisteredAlgorithm;
  readonly reason: string;
}

/** Fastest first; what the first does not support falls to the next. The reference supports everything. */
const PREFERENCE: readonly AlgorithmName[] = ["tiled", "im2col", "naive"];

/**
 * Chooses an algorithm for one pass over a geometry.
 *
 * @param wanted a name, or `"auto"` for the fastest that supports the geometry.
 * @throws RangeError if `wanted` is unknown, or named and does not support the geometry (the text says why).
 */
export function chooseAlgorithm(
  operation: string,
  geometry: ConvGeometry,
  pass: Pass,
  wanted: AlgorithmName | "auto" = "auto",
): Choice {
  if (wanted !== "auto") {
    const algorithm = byName(operation, wanted);
    const supported = algorithm.supports(geometry, pass);
    if (supported === true) return { algorithm, reason: "asked for by name" };
    throw new RangeError(
      `${operation}: algorithm ${describe(wanted)} does not support this ${pass} pass: ${supported}`,
    );
  }
  const refusals: string[] = [];
  for (const name of PREFERENCE) {
    const algorithm = byName(operation, name);
    const supported = algorithm.supports(geometry, pass);
    if (supported === true) {
      const reason = refusals.length === 0 ? algorithm.summary : `${algorithm.summary}; ${refusals.join("; ")}`;
      return { algorithm, reason };
    }
    refusals.push(`not ${name}: ${supported}`);
  }
  throw new RangeError(`${operation}: no algorithm supports this ${pass} pass: ${refusals.join("; ")}`);
}

function byName(operation: string, name: string): RegisteredAlgorithm {
  const found = algorithms.find((algorithm) => algorithm.name === name);
  if (found !== undefined) return found;
  const known = ["auto", ...algorithms.map((algorithm) => algorithm.name)];
  throw new RangeError(`${operation}: unknown algorithm ${describe(name)}; known are ${known.join(", ")}`);
}
