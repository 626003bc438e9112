/**
 * A page that measures the browser it is opened in: it asks what to measure, does so in workers, shows what it has found layer by
 * layer, and gives it away as the report that `bench render` makes pages of. What the address says after # need not be asked:
 * `#run` begins at once, `#send` hands the report to whoever serves the page.
 *
 * @module
 */

import { geometricMean } from "simple-statistics";
import { BenchRun, THOROUGHNESS } from "../measure/bench-run.ts";
import { duration, threeDigits, times } from "../report/number-format.ts";
import type { BenchReport, CaseResult } from "../report/results.ts";
import { SUITES } from "../suites/registry.ts";
import { isOurs } from "../variant-names.ts";
import { VARIANTS } from "../variants.ts";
import { browserOf } from "./environment.ts";

/** Of ours those that everybody knows, and what one gets. */
const OURS_OF_LAYERS = ["corr2d/im2col", "corr2d/tiled", "corr2d/auto"];
const OURS_OF_PICTURES = ["corr2d/simd-function", "corr2d/simd-plan", "corr2d/auto"];

const options = new URLSearchParams(location.hash.slice(1));
const element = <T extends Element>(selector: string): T => document.querySelector<T>(selector)!;
const form = element<HTMLFormElement>("form");
const status = element<HTMLElement>("#status");
const bar = element<HTMLProgressElement>("progress");
const table = element<HTMLTableElement>("table");

// Whoever has no mouse scrolls it by keys.
table.parentElement!.tabIndex = 0;

fillForm();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void start();
});
if (options.has("run")) void start();

function fillForm(): void {
  element("#browser").textContent = `${browserOf(navigator.userAgent)}, ${navigator.hardwareConcurrency} cores`;
  const suites = element<HTMLSelectElement>("#suite");
  for (const { name, summary } of SUITES) {
    suites.append(new Option(`${name}: ${summary}`, name, false, name === options.get("suite")));
  }
  const peers = element("#peers");
  for (const { source } of VARIANTS.filter(({ source: { name } }) => !isOurs(name))) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = "peer";
    box.value = source.name;
    box.checked = options.get("peers")?.split(",").includes(source.name) ?? true;
    const label = document.createElement("label");
    label.append(box, ` ${source.name}`);
    label.title = source.summary;
    peers.append(label);
  }
  suites.addEventListener("change", offerPeers);
  offerPeers();
  if (options.get("thorough") === "full") element<HTMLInputElement>("#full").checked = true;
}

/** Who cannot be asked for anything of a suite is not offered with it. */
function offerPeers(): void {
  const { cases } = SUITES.find(({ name }) => name === element<HTMLSelectElement>("#suite").value)!;
  for (const box of form.querySelectorAll<HTMLInputElement>("input[name=peer]")) {
    const { supports } = VARIANTS.find(({ source }) => source.name === box.value)!;
    const answers = cases.map(({ convCase, pass = "forward" }) => supports?.(convCase, pass) ?? true);
    box.disabled = !answers.includes(true);
  }
}

async function start(): Promise<void> {
  const chosen = new FormData(form);
  element<HTMLButtonElement>("#start").disabled = true;
  let run: BenchRun;
  try {
    run = await plan(chosen);
  } catch (error) {
    element<HTMLButtonElement>("#start").disabled = false;
    element<HTMLElement>("#running").hidden = false;
    say((error as Error).message);
    return options.has("send") ? send({ failure: (error as Error).message }) : undefined;
  }
  let isWanted = true;
  element<HTMLElement>("#running").hidden = false;
  element("#stop").addEventListener("click", () => {
    isWanted = false;
    say("Stops after this layer.");
  });
  // A phone that falls asleep measures nothing.
  await navigator.wakeLock?.request().catch(() => undefined);
  await run.measureCeilings();
  bar.max = run.cases.length;
  const begun = performance.now();
  for (const [index, benchCase] of run.cases.entries()) {
    if (!isWanted) break;
    const left =
      index === 0
        ? ""
        : `, ${duration((((performance.now() - begun) / index) * (run.cases.length - index)) / 1000)} left`;
    const layer = `Layer ${index + 1} of ${run.cases.length}, ${benchCase.convCase.name}`;
    const found = await run.measure(benchCase, (variant, doing) =>
      say(`${layer}: ${variant === null ? "" : `${variant}, `}${doing}${left}`),
    );
    bar.value = index + 1;
    show(found, run.report());
    if (options.has("send")) await hand("part", run.report());
  }
  const report = run.report(isWanted);
  element<HTMLElement>("#stop").hidden = true;
  say(isWanted ? "Done." : "Stopped; what was measured stands below.");
  offer(report);
  if (options.has("send")) await send(report);
}

function plan(chosen: FormData): Promise<BenchRun> {
  const thoroughness = chosen.get("thorough") === "full" ? "full" : "quick";
  const { processes, ...others } = THOROUGHNESS[thoroughness];
  const suite = String(chosen.get("suite"));
  const isOfPictures = SUITES.find(({ name }) => name === suite)?.cases.every(({ data }) => data === "photograph");
  return BenchRun.plan({
    ...others,
    suites: [suite],
    filter: options.get("filter") ?? undefined,
    ours: isOfPictures ? OURS_OF_PICTURES : OURS_OF_LAYERS,
    peers: chosen.getAll("peer").map(String),
    subject: "corr2d/auto",
    pass: "forward",
    fresh: false,
    quick: thoroughness === "quick",
    seed: 1,
    processes: Number(options.get("processes") ?? processes),
    command: `page ${location.hash}`,
  });
}

function say(text: string): void {
  status.textContent = text;
}

/** Adds a row to the table, and says what all rows together mean. */
function show({ convCase, results }: CaseResult, report: BenchReport): void {
  if (table.tHead === null) {
    const head = table.createTHead().insertRow();
    for (const name of ["layer", ...results.map(({ variant }) => variant)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    }
    table.createTBody();
  }
  const row = table.tBodies[0]!.insertRow();
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = convCase.name;
  row.append(name);
  for (const { timing, ratio, outcome, reason } of results) {
    const cell = row.insertCell();
    cell.textContent = timing === null ? outcome : `${threeDigits(timing.medianMs)} ms`;
    if (reason !== null) cell.title = reason;
    if (ratio === null) continue;
    const factor = document.createElement("small");
    factor.textContent = `${times(ratio.estimate)} (${threeDigits(ratio.low)}–${threeDigits(ratio.high)})`;
    cell.append(factor);
  }
  element("#summary").textContent = summaryOf(report);
}

/** How many times as long the others take, by the geometric mean over the layers that both were timed on. */
function summaryOf({ cases, variants }: BenchReport): string {
  const means = variants
    .filter(({ name }) => !isOurs(name))
    .flatMap(({ name }) => {
      const ratios = cases.flatMap(
        ({ results }) => results.find(({ variant }) => variant === name)?.ratio?.estimate ?? [],
      );
      return ratios.length === 0 ? [] : [`${name} takes ${times(geometricMean(ratios))} as long`];
    });
  return means.length === 0 ? "" : `Here, beside corr2d: ${means.join(", ")} (geometric means over layers).`;
}

function offer(report: BenchReport): void {
  const link = element<HTMLAnchorElement>("#download");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: "application/json" }));
  element<HTMLElement>("#done").hidden = false;
}

async function send(said: BenchReport | { readonly failure: string }): Promise<void> {
  const answer = await hand("report", said);
  if (!answer.ok) say(`Not handed over: ${await answer.text()}`);
  else if (!("failure" in said)) say("Done, and handed to the command that serves this page.");
}

function hand(what: "part" | "report", said: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(what, { method: "POST", headers, body: JSON.stringify(said) });
}
