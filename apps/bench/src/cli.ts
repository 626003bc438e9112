#!/usr/bin/env node
/**
 * The command `bench`. It asks which Node this is before it loads what only later ones have.
 *
 * @module
 */

import { argv, exit, stderr, version } from "node:process";

const OLDEST_NODE = 22;

if (Number.parseInt(version.slice(1), 10) < OLDEST_NODE) {
  stderr.write(`bench: needs Node ${OLDEST_NODE} or later, this is ${version}; \`pnpm bench\` brings its own\n`);
  exit(2);
}
const { runCli } = await import("./cli/program.ts");
process.exitCode = await runCli(argv.slice(2));
