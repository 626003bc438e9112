/**
 * Mutants that no test needs to notice, with the reason: `accepted.json`.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mutantsOf, nameOf } from "./mutants.ts";

/** Mutants that one argument is about. */
export interface Accepted {
  /**
   * `equivalent`: nothing that the program gives is another. `estimate`: a faster or slower way is chosen, or memory taken in
   * other pieces; results and what is promised of them stay.
   */
  readonly kind: "equivalent" | "estimate";
  readonly why: string;
  /** Their names. */
  readonly mutants: readonly string[];
}

export function readAccepted(): Accepted[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "accepted.json"), "utf8"));
}

/** Names of accepted mutants that are none, because the line was changed or never was one; and those named twice. */
export function staleNames(root: string, accepted: readonly Accepted[]): string[] {
  const names = accepted.flatMap(({ mutants }) => mutants);
  const known = new Set<string>();
  for (const file of new Set(names.map((name) => name.slice(0, name.indexOf(": "))))) {
    const path = join(root, file);
    if (existsSync(path)) for (const one of mutantsOf(file, readFileSync(path, "utf8"))) known.add(nameOf(one));
  }
  return names.filter((name, index) => !known.has(name) || names.indexOf(name) !== index);
}
