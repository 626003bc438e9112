/**
 * Variants that are brought from outside: a page takes none.
 *
 * @module
 */

import { UsageError } from "../usage-error.ts";
import type { Variant } from "../variant.ts";

/** @throws UsageError for anything. */
export async function broughtVariants(
  specs: readonly string[],
  _known: readonly Variant[],
): Promise<readonly Variant[]> {
  if (specs.length > 0) throw new UsageError("a page cannot load adapter modules");
  return [];
}
