/**
 * The command `corr2d-parity networks`.
 *
 * @module
 */

import { stdout } from "node:process";
import { type Command, InvalidArgumentError } from "commander";
import type { ConvAdapter } from "../adapter.ts";
import { collectAlgorithms, collectOracles } from "../cli-arguments.ts";
import { corr2dNames } from "../corr2d.ts";
import { KNOWN_ORACLES, loadOracle } from "../oracles/known.ts";
import { withProgress } from "../progress.ts";
import { NETWORKS, replayNetworks } from "./replay-networks.ts";

interface NetworksArguments {
  readonly model?: readonly string[];
  readonly oracle?: readonly string[];
  readonly algorithm?: readonly string[];
  readonly size?: number;
}

/** Adds the command to the program; `end` is told the exit code. */
export function addNetworksCommand(program: Command, end: (code: number) => void): void {
  const models = Object.entries(NETWORKS).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`);
  program
    .command("networks [module]")
    .description(
      "Replays published networks: each convolution on the activations it really sees, held to its bound, and the " +
        "whole network beside TensorFlow.js; by core's algorithms or, where one is named, by a module of your own " +
        "(see check --help).",
    )
    .option("-m, --model <names>", `networks, by comma or repeated (default: ${Object.keys(NETWORKS)})`, collectModels)
    .option("-o, --oracle <names>", "oracles to ask (default: all that can be had)", collectOracles)
    .option("--algorithm <names>", `algorithms to check (default: ${corr2dNames().join(",")})`, collectAlgorithms)
    .option("--size <pixels>", "for networks that take any: only a square in the middle of the picture", parseSize)
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", `\nNetworks, each in an npm package that must be installed:\n${models.join("\n")}`)
    .showHelpAfterError("Run corr2d-parity networks --help for all options.")
    .action(async (module: string | undefined, args: NetworksArguments) => {
      end(await run(args, module));
    });
}

async function run({ model, oracle, algorithm, size }: NetworksArguments, module?: string): Promise<number> {
  if (module !== undefined && algorithm !== undefined) {
    throw new RangeError("networks: --algorithm names algorithms of core, and a module is to be asked; leave one out");
  }
  const asked = module === undefined ? { algorithms: algorithm ?? corr2dNames() } : { modules: [module] };
  const oracles: ConvAdapter[] = [];
  const { text, agree } = await withProgress("replaying networks", async (line) => {
    for (const name of oracle ?? KNOWN_ORACLES.map((known) => known.name)) {
      try {
        oracles.push(await loadOracle(name));
      } catch (error) {
        if (oracle !== undefined) throw error;
        stdout.write(`${name} did not run: ${(error as Error).message}\n`);
      }
    }
    const onLayer = (done: number, total: number, layer: string): void => {
      line.output = `${done} of ${total}: ${layer}`;
    };
    const report = await replayNetworks({ models: model, ...asked, oracles, size, onLayer });
    line.title = "replayed networks";
    return report;
  });
  stdout.write(`\n${text}`);
  return agree ? 0 : 1;
}

function collectModels(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!(name in NETWORKS)) {
      throw new InvalidArgumentError(
        `${JSON.stringify(name)} is unknown. Networks are ${Object.keys(NETWORKS).join(", ")}.`,
      );
    }
  }
  return [...new Set([...before, ...names])];
}

function parseSize(text: string): number {
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1) throw new InvalidArgumentError("It must be a positive integer.");
  return size;
}
