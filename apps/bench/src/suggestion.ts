/**
 * Which of the names there are somebody may have meant.
 *
 * @module
 */

import leven from "leven";

/** `; did you mean "tfjs-wasm"?`, or nothing where none of the names is near. */
export function suggestion(given: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, distance: distanceOf(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, (name.split("/").at(-1)?.length ?? 0) / 3))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return near === undefined ? "" : `; did you mean "${near.name}"?`;
}

/** Edits; a name of which only a part was given is near. */
function distanceOf(given: string, name: string): number {
  return given.length > 2 && name.includes(given) ? 1 : leven(given, name);
}
