/**
 * How it was measured, who took part, and where.
 *
 * @module
 */

import { cell, column, numbers, type Section } from "../document.ts";
import { hostOf } from "../host.ts";
import { bytes, duration, percent, threeDigits } from "../number-format.ts";
import type { BenchReport, LoadAverage } from "../results.ts";

/** What a sceptical reader asks first. */
export function methodsSection({ settings, ceilings, variants }: BenchReport): Section {
  const { rounds, processes, timePerVariant, slowestRun, seed, fresh } = settings;
  const ceiling = ceilings.map(({ summary, gflops }) => `${threeDigits(gflops)} GFLOP/s of ${summary}`).join("; ");
  const threaded = variants.filter(({ threads }) => threads !== null && threads !== 1);
  const items = [
    {
      term: "Agreement first",
      text:
        "Each variant's result is held against a float64 reference on the same data before it is timed, element by element; " +
        "the worst error, as a share of the proven bound, stands beside its time. The bound is γₖ·(Σ|x||w| + |b|), for Winograd and " +
        "Fourier transforms their own constant times max|x|·Σ|w| + |b|. Whoever disagrees is not timed. " +
        "Before each call an element of the input is exchanged, after the last round all of them are, and then half: whoever " +
        "remembers results instead of computing them is found out.",
    },
    {
      term: "Inside the clock",
      text: fresh
        ? "Whole calls, of ours the functions that keep nothing: weights are new at every call. Data goes in and comes out as a Float32Array."
        : "One run on data that changes from call to call: a Float32Array goes in, a Float32Array comes out. Weights were packed or uploaded before, but where a " +
          "case is called stateless: there whole calls are timed.",
    },
    {
      term: "In turn",
      text:
        `Every case runs in ${processes} fresh processes, each with all variants A B C, A B C … in ${rounds} rounds whose order ` +
        `each draws for itself; each variant has about ${timePerVariant} ms of a process. A round's time is the median of its calls, ` +
        "after one call that is not timed. Slow variants sit out rounds and processes: 5 % of a run are enough for each.",
    },
    {
      term: "Ratios",
      text:
        "The ratio of a process is the median over its rounds; given are the geometric mean over processes and Student's 95 % " +
        "interval for it, so that what differs from process to process is in it. Times of different runs are never compared: " +
        "only ratios survive a shared machine.",
    },
    {
      term: "Noise floor",
      text:
        "The subject is timed a second time as if it were another variant. How far its ratio to itself strays from 1 is the " +
        "noise floor; below it no difference is claimed. Variants that need processes of their own are held against a second " +
        "self that has them, too.",
    },
    {
      term: "Threads",
      text:
        threaded.length === 0
          ? `One thread for everyone${settings.threads.length === 0 ? "" : `; and ${settings.threads.join(", ")} for everybody who can, in processes of their own`}.`
          : `One thread for everyone but ${threaded.map(({ name, threads }) => `${name} (${threads})`).join(", ")}: compare with care.`,
    },
    {
      term: "Ceilings",
      text: `${ceiling || "None was measured"}. “Of ceiling” is a variant's speed as a share of its own engine's. Speeds count the operations of the definition; an algorithm that needs fewer, such as Winograd's, can pass the ceiling: its speed is “direct-equivalent”, what a direct one would have to reach.`,
    },
    {
      term: "Data",
      text: `Normal activations and He-scaled weights, seed ${seed}; pictures are the photograph itself with a positive kernel of sum 1.`,
    },
    {
      term: "Limits",
      text: `A variant one run of which takes longer than ${slowestRun / 1000} s is not timed.`,
    },
  ];
  return { id: "methods", heading: "How it was measured", blocks: [{ kind: "list", items }] };
}

/** Who took part. */
export function variantsSection({ variants }: BenchReport): Section {
  return {
    id: "variants",
    heading: "Who took part",
    blocks: [
      {
        kind: "table",
        table: {
          caption: "Variants: ours and what a user would pick instead",
          columns: [
            column("variant"),
            column("what it is"),
            column("version"),
            column("engine"),
            numbers("threads"),
            column("precision"),
            column("outside the picture"),
            column("inside the clock"),
          ],
          rows: variants.map((variant) => ({
            cells: [
              cell(variant.name, "strong"),
              cell(variant.summary),
              variant.unavailable === null
                ? cell(variant.version ?? "–")
                : cell(`not available: ${variant.unavailable}`, "bad"),
              cell(variant.engine ?? "not said"),
              cell(variant.threads === null ? "–" : String(variant.threads)),
              cell(variant.precision),
              cell(variant.border),
              cell(variant.clock),
            ],
          })),
          notes: [],
          folded: false,
        },
      },
    ],
  };
}

/** Where it was measured. */
export function environmentSection({ environment, created }: BenchReport): Section {
  const { cpu, cores, memoryBytes, processorFlags, governor, loadBefore, loadAfter, steal, seconds, energy } =
    environment;
  const { os, command, commit, clean, packages } = environment;
  const load = (averages: LoadAverage | null) =>
    averages?.map((average) => average.toFixed(2)).join(", ") ?? "not known";
  const memory = memoryBytes === null ? "memory not known" : `${bytes(memoryBytes)} of memory`;
  const items = [
    { term: "Processor", text: `${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}, ${memory}` },
    { term: "Its abilities", text: processorFlags?.join(", ") ?? "not known" },
    { term: "Frequency", text: governor === null ? "governor not known" : `governor ${governor}` },
    { term: "System", text: os },
    { term: "Host", text: hostOf(environment) },
    { term: "Load", text: `before ${load(loadBefore)}; after ${load(loadAfter)} (over 1, 5 and 15 minutes)` },
    { term: "Stolen time", text: steal === null ? "not known" : `${percent(steal)} went to other virtual machines` },
    ...(energy === undefined ? [] : [{ term: "Energy", text: energy }]),
    { term: "Date", text: `${created}, for ${duration(seconds)}` },
    { term: "Command", text: command },
    {
      term: "Commit",
      text: commit === null ? "unknown" : `${commit}${clean === false ? ", with files that differ from it" : ""}`,
    },
    {
      term: "Packages",
      text: Object.entries(packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    },
  ];
  return { id: "environment", heading: "Where it was measured", blocks: [{ kind: "list", items }] };
}
