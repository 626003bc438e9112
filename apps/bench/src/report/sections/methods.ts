/**
 * How it was measured, who took part, and where.
 *
 * @module
 */

import { cell, column, numbers, type Section } from "../document.ts";
import { bytes, threeDigits } from "../number-format.ts";
import type { BenchReport } from "../results.ts";

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
        "Fourier transforms their own constant times max|x|·Σ|w| + |b|. Whoever disagrees is not timed.",
    },
    {
      term: "Inside the clock",
      text: fresh
        ? "Whole calls, of ours the functions that keep nothing: weights are new at every call. Data goes in and comes out as a Float32Array."
        : "One run on new data: a Float32Array goes in, a Float32Array comes out. Weights were packed or uploaded before, but where a " +
          "case is called stateless: there whole calls are timed.",
    },
    {
      term: "In turn",
      text:
        `Every case runs in ${processes === 1 ? "a fresh process" : `${processes} fresh processes`}, all variants A B C, A B C … ` +
        `in ${rounds} rounds whose order is drawn anew; each has about ${timePerVariant} ms in all. A round's time is the median of its calls, ` +
        "after one call that is not timed. Slow variants sit rounds out but take part in at least five.",
    },
    {
      term: "Ratios",
      text:
        "Ratios are taken within a round and their median is given, with a 95 % interval by bootstrap over processes and " +
        "rounds (2000 resamples, seeded). Times of different runs are never compared: only ratios survive a shared machine.",
    },
    {
      term: "Noise floor",
      text:
        "The subject is timed a second time as if it were another variant. How far its ratio to itself strays from 1 is the " +
        "noise floor; below it no difference is claimed.",
    },
    {
      term: "Threads",
      text:
        threaded.length === 0
          ? "One thread for everyone."
          : `One thread for everyone but ${threaded.map(({ name, threads }) => `${name} (${threads})`).join(", ")}: compare with care.`,
    },
    {
      term: "Ceilings",
      text: `${ceiling || "None was measured"}. “Of ceiling” is a variant's speed as a share of its own engine's.`,
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
              cell(variant.engine),
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
  const { cpu, cores, memoryBytes, loadAverage, os, node, v8, commit, packages } = environment;
  const items = [
    { term: "Processor", text: `${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}, ${bytes(memoryBytes)} of memory` },
    { term: "System", text: os },
    { term: "Node.js", text: `${node}, V8 ${v8}` },
    { term: "Load when it began", text: loadAverage.map((load) => load.toFixed(2)).join(", ") },
    { term: "Date", text: created },
    { term: "Commit", text: commit ?? "unknown" },
    {
      term: "Packages",
      text: Object.entries(packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    },
  ];
  return { id: "environment", heading: "Where it was measured", blocks: [{ kind: "list", items }] };
}
