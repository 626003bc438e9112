/**
 * Writes the API reports of the published packages anew: `pnpm api`, which builds them first.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiReport, REPORT_FILE } from "./api-report.ts";
import { PACKAGES } from "./reference.ts";

for (const name of PACKAGES) {
  const folder = fileURLToPath(new URL(`../../../packages/${name}`, import.meta.url));
  writeFileSync(join(folder, REPORT_FILE), apiReport(folder));
  console.log(`packages/${name}/${REPORT_FILE}`);
}
