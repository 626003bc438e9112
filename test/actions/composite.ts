/**
 * Runs a composite action here as GitHub would: its `run:` steps one after the other in bash, with the environment that
 * its inputs make. Only what our actions use is understood (`shell: bash`, `if: always()`, `${{ inputs.… }}` in `env`);
 * anything else throws.
 *
 * Source: GitHub, "Metadata syntax for GitHub Actions" and "Workflow syntax", section "jobs.<id>.steps[*].shell".
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** An action.yml, as far as it is understood. */
export interface CompositeAction {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly RunStep[] };
}

interface RunStep {
  readonly name: string;
  readonly run: string;
  readonly shell: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Where an action runs. */
export interface Place {
  readonly folder: string;
  /** Programs that come before all others. */
  readonly path: string;
  /** What GitHub says of the job. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What became of a step. */
export interface StepResult {
  readonly name: string;
  /** null for a step that was left out because one before it failed. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** What became of an action. */
export interface ActionResult {
  readonly steps: readonly StepResult[];
  /** What it wrote to the job's summary. */
  readonly summary: string;
}

/** Reads an action.yml. */
export function readAction(path: URL): CompositeAction {
  return parse(readFileSync(path, "utf8")) as CompositeAction;
}

/**
 * Runs an action in a place.
 *
 * @throws Error for an input that is missing or unknown, and for what is not understood.
 */
export function runAction(
  action: CompositeAction,
  inputs: Readonly<Record<string, string>>,
  { folder, path, env: ofJob = {} }: Place,
): ActionResult {
  const values = valuesOf(action, inputs);
  const temporary = join(folder, "runner-temp");
  const summaryFile = join(folder, "summary.md");
  mkdirSync(temporary);
  writeFileSync(summaryFile, "");
  const steps: StepResult[] = [];
  for (const { name, run, shell, if: condition, env = {} } of action.runs.steps) {
    if (shell !== "bash") throw new Error(`${name}: shell ${shell} is not understood`);
    if (condition !== undefined && condition !== "always()") throw new Error(`${name}: if ${condition}`);
    if (condition === undefined && steps.some(({ exitCode }) => exitCode !== 0)) {
      steps.push({ name, exitCode: null, output: "" });
      continue;
    }
    // The same for every step: what stands in `run` is the shell's alone, so no input can become a command.
    if (run.includes("${{")) throw new Error(`${name}: an expression in run is a door for injection; use env`);
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        PATH: `${path}:${process.env.PATH}`,
        RUNNER_TEMP: temporary,
        GITHUB_STEP_SUMMARY: summaryFile,
        ...ofJob,
        ...Object.fromEntries(Object.entries(env).map(([key, text]) => [key, substitute(name, text, values)])),
      },
    });
    steps.push({ name, exitCode: status ?? 1, output: stdout + stderr });
  }
  return { steps, summary: readFileSync(summaryFile, "utf8") };
}

function valuesOf(
  { inputs: declared }: CompositeAction,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const name of Object.keys(given)) {
    if (!(name in declared)) throw new Error(`the action has no input ${name}`);
  }
  const entries = Object.entries(declared).map(([name, { required, default: preset }]) => {
    const value = given[name] ?? preset;
    if (value === undefined && required) throw new Error(`the input ${name} is required`);
    return [name, value ?? ""];
  });
  return Object.fromEntries(entries);
}

function substitute(step: string, text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = inputs[expression.replace(/^inputs\./, "")];
    if (!expression.startsWith("inputs.") || value === undefined) throw new Error(`${step}: ${expression} is unknown`);
    return value;
  });
}
