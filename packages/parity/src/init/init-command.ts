/**
 * The command `corr2d-parity init`: a module to begin with, and a workflow that checks it. It writes over nothing.
 *
 * @module
 */

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stdout } from "node:process";
import type { Command } from "commander";
import { parsePath } from "../cli-arguments.ts";
import { shellWord } from "../render/escape.ts";
import { MODULE_TEMPLATE } from "./module-template.ts";
import { workflowTemplate } from "./workflow-template.ts";

const WORKFLOW = ".github/workflows/parity.yml";

/** Adds the command to the program. */
export function addInitCommand(program: Command, version: string, end: (code: number) => void): void {
  program
    .command("init")
    .description("Writes a module that is right and slow, and a workflow that checks it; files that are there stay.")
    .argument("[module]", "file of the module", parsePath, "my-conv.mjs")
    .helpOption("-h, --help", "show this help")
    .action((module: string) => {
      const files = [
        [module, MODULE_TEMPLATE],
        [WORKFLOW, workflowTemplate(shellWord(module), version)],
      ] as const;
      for (const [path, text] of files) {
        if (existsSync(path)) {
          stdout.write(`${path} is there already, and stays as it is\n`);
          continue;
        }
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        stdout.write(`wrote ${path}\n`);
      }
      stdout.write(`\nNow: npx corr2d-parity check ${shellWord(module)}\n`);
      end(0);
    });
}
