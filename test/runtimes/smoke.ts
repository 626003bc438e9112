/**
 * Holds the built core to its bounds in whatever runtime starts this file. It needs nothing of Node:
 *
 *     pnpm build && npx deno run test/runtimes/smoke.ts && npx bun run test/runtimes/smoke.ts
 *
 * @module
 */

import { checkConformance } from "./conformance.ts";

const { results, algorithms } = checkConformance();
console.log(`${results} results of ${algorithms} algorithms within their bounds: ${navigator.userAgent}`);
