#!/usr/bin/env node
/**
 * The command `bench`.
 *
 * @module
 */

import { argv } from "node:process";
import { runCli } from "./cli/program.ts";

process.exitCode = await runCli(argv.slice(2));
