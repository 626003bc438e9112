/**
 * The command `reference`, see its `--help`. Ends with 1 if anything is undocumented or a link is broken, with 2 if it is
 * asked for what it does not know.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildReference } from "./reference.ts";

const HELP = `Builds the API reference and finds what is undocumented and which links are broken.

pnpm reference [--out report/reference] [--sources 'https://example.org/{path}#L{line}']

  --out <folder>   where the pages are written
  --sources <url>  where the sources can be read`;

/** The options given; undefined if there is something wrong with them, which has been said. */
function options() {
  try {
    return parseArgs({
      options: {
        out: { type: "string", default: "report/reference" },
        sources: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    console.error(`reference: ${(error as Error).message}\n\n${HELP}`);
    return undefined;
  }
}

const values = options();
if (values === undefined) process.exitCode = 2;
else if (values.help) console.log(HELP);
else {
  const problems = await buildReference(values);
  if (problems.length > 0) {
    console.error(`\n${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    process.exitCode = 1;
  } else {
    console.log(`${join(values.out, "index.html")} is complete`);
  }
}
