/**
 * Names as parts of addresses and of files.
 *
 * @module
 */

/** Letters and digits, everything else a hyphen: `3×3 stride 1` becomes `3x3-stride-1`. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("×", "x")
    .replaceAll("→", "-to-")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
