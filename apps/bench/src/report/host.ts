/**
 * What a run was executed by: Node, or a browser.
 *
 * @module
 */

import type { Environment } from "./results.ts";

/** Name and version. */
export function hostOf({ browser, node, v8 }: Environment): string {
  return browser ?? `Node ${node}, V8 ${v8}`;
}

/** Name and first number of the version: what differs in more is another host. */
export function majorHostOf({ browser, node }: Environment): string {
  return browser ?? `Node ${node?.split(".")[0]}`;
}
