import { createHash } from "node:crypto";

/** A short name for a text, by which it is known again. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
