/**
 * Where the code is that reports speak about.
 *
 * @module
 */

/** The repository. */
export const REPOSITORY = "https://github.com/corr2d/corr2d";

/** The address of a commit. */
export function commitAddress(commit: string): string {
  return `${REPOSITORY}/commit/${commit}`;
}
