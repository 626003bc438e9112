/**
 * Builds the API reference:
 *
 *     pnpm reference [--out report/reference] [--sources 'https://example.org/{path}#L{line}']
 *
 * Ends with 1 if anything is undocumented or a link is broken.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildReference } from "./reference.ts";

const { values } = parseArgs({
  options: { out: { type: "string", default: "report/reference" }, sources: { type: "string" } },
});
const problems = await buildReference(values);
if (problems.length > 0) {
  console.error(`\n${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`${join(values.out, "index.html")} is complete`);
}
