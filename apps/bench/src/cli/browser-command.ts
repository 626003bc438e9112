/**
 * The command that measures a browser: it serves the page, opens it or waits for somebody who does, and writes the report.
 *
 * @module
 */

import { stderr, stdout } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { Surroundings } from "../environment.ts";
import { printJson } from "../report/files.ts";
import { makeFolder } from "../report/output-folder.ts";
import type { BenchReport } from "../report/results.ts";
import { saveReport, writeReport } from "../report/write.ts";
import { browserCommand, openInBrowser } from "../serve/installed-browser.ts";
import { servePage } from "../serve/page-server.ts";
import { selectCases, selectSuites } from "../suites/registry.ts";
import { UsageError } from "../usage-error.ts";
import { exitCodeOf, resultTables } from "./bench-command.ts";
import { type ProgressTask, runTasks } from "./tasks.ts";

/** Options as the command line gives them. */
export interface BrowserArguments {
  readonly suite?: readonly string[];
  readonly filter?: string;
  readonly peers?: readonly string[];
  readonly processes?: number;
  readonly quick?: boolean;
  readonly browser?: string;
  /** Only serve: somebody else opens the page. */
  readonly serve?: boolean;
  /** To other machines, too. */
  readonly lan?: boolean;
  readonly port: number;
  /** Minutes after which nobody is waited for any more. */
  readonly minutes: number;
  readonly out: string;
  readonly json?: string | true;
}

/** Measures, writes the report, prints; resolves to the exit code. */
export async function runBrowser(args: BrowserArguments, command: string): Promise<number> {
  if (args.suite !== undefined && args.suite.length > 1) throw new UsageError("a page measures one suite at a time");
  const cases = selectCases(selectSuites(args.suite ?? ["quick"]), args.filter);
  const browser = args.serve ? undefined : browserCommand(args.browser);
  await makeFolder(args.out);
  const surroundings = new Surroundings(command);
  // A browser does not say what it runs on; one that was opened here runs on this.
  const placed = (report: BenchReport): BenchReport => {
    if (browser === undefined) return report;
    const { browser: name = "an unknown browser", packages } = report.environment;
    return { ...report, environment: { ...surroundings.describe(), browser: name, node: null, v8: null, packages } };
  };
  const found: { bench?: BenchReport } = {};
  let sayHowFar = (_: number): void => undefined;
  const page = await servePage(args.lan ? "0.0.0.0" : "127.0.0.1", args.port, async (part) => {
    found.bench = placed(part);
    sayHowFar(part.cases.length);
    await saveReport(args.out, found.bench);
  });
  // Before there is progress, which holds other words back.
  if (browser === undefined) invite(page, args);
  const measuring: ProgressTask = {
    title: browser === undefined ? "a browser that opens the page" : `measuring in ${browser.at(-1)}`,
    async run(say) {
      sayHowFar = (measured) => say(`${measured} of ${cases.length} layers`);
      found.bench = placed(await (browser === undefined ? page.report : opened(browser, page, args)));
      return "measured";
    },
  };
  try {
    const { ended } = await runTasks([measuring], {
      onInterrupt: async () => {
        if (found.bench === undefined) return "Nothing was measured yet.";
        return `What was measured is in ${await writeReport(args.out, { bench: found.bench })}.`;
      },
    });
    if (found.bench === undefined) throw ended;
    const { remarks } = found.bench;
    const bench =
      ended === undefined
        ? found.bench
        : { ...found.bench, remarks: [...remarks, `The run ended early: ${ended.message}.`] };
    const file = await writeReport(args.out, { bench });
    if (args.json === undefined) stdout.write(`\n${resultTables(bench)}\n\nThe report is ${file}\n`);
    else await printJson(args.json, bench);
    return ended === undefined ? exitCodeOf(bench) : 1;
  } finally {
    await page.close();
  }
}

type Page = Awaited<ReturnType<typeof servePage>>;

/** Tells whoever may open the page how. */
function invite({ addresses }: Page, args: BrowserArguments): void {
  const fragment = fragmentOf(args, ["send"]);
  const list = addresses.map((address) => `  ${address}#${fragment}`).join("\n");
  stderr.write(`Open one of these and press Measure; what is found comes back here:\n${list}\n`);
}

async function opened(
  browser: readonly [command: string, ...args: string[]],
  { address, report }: Page,
  args: BrowserArguments,
): Promise<BenchReport> {
  const running = await openInBrowser(browser, `${address}#${fragmentOf(args, ["run", "send"])}`);
  const patience = new AbortController();
  try {
    return await Promise.race([
      report,
      running.ended.then((why) => {
        throw new UsageError(why);
      }),
      wait(args.minutes * 60_000, undefined, patience).then(() => {
        throw new UsageError(`nothing came back within ${args.minutes} minutes`);
      }),
    ]);
  } finally {
    patience.abort();
    await running.stop();
  }
}

/** What the page is told behind the # of its address. */
function fragmentOf(args: BrowserArguments, flags: readonly string[]): string {
  const { suite, filter, peers, processes, quick } = args;
  const said = new URLSearchParams(Object.fromEntries(flags.map((flag) => [flag, ""])));
  if (suite !== undefined) said.set("suite", suite[0]);
  if (filter !== undefined) said.set("filter", filter);
  if (peers !== undefined) said.set("peers", peers.join(","));
  if (processes !== undefined) said.set("processes", String(processes));
  if (!quick) said.set("thorough", "full");
  return said.toString();
}
