/**
 * How names tell whose a variant is.
 *
 * @module
 */

/** Names of ours begin with this. */
export const OURS = "corr2d/";

/** Whether a variant is ours; the others are peers. */
export function isOurs(name: string): boolean {
  return name.startsWith(OURS);
}
