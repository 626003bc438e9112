/**
 * What a report's page may do: run the one script that it carries, and nothing else.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** The content security policy, as a `meta` element, of a page whose only script is this. */
export function policyOf(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:`;
  return `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
}
