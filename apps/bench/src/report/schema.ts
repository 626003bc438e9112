/**
 * Checks that a JSON file is a benchmark report this version understands. The types stand in `results.ts`; the compiler
 * holds the two together.
 *
 * @module
 */

import type { ConvCase } from "@corr2d/testkit";
import { z } from "zod";
import { type BenchReport, ENGINES, OUTCOMES, SCHEMA_VERSION } from "./results.ts";

const finite = z.number();
const positive = z.number().positive();
const count = z.number().int().nonnegative();
const pair = z.tuple([finite, finite]);
const four = z.tuple([count, count, count, count]);
const load = z.tuple([finite, finite, finite]).readonly();
const engine = z.enum(ENGINES);
const rounds = z.array(z.array(positive.nullable()));

const interval = z.object({ estimate: positive, low: positive, high: positive });
const twin = z.object({ rounds, ratio: interval.nullable(), noiseFloor: positive.nullable() });

/** Of differences, which may be negative. */
const difference = z.object({ estimate: finite, low: finite, high: finite });

const convCase: z.ZodType<ConvCase> = z.object({
  name: z.string(),
  inputShape: four,
  filterShape: four,
  strides: pair,
  padding: z.union([z.enum(["valid", "same"]), count, z.tuple([pair, pair])]),
  dilations: pair,
  groups: count,
  bias: z.boolean(),
});

const pass = z.enum(["forward", "inputGradient", "filterGradient"]);

const variantResult = z.object({
  variant: z.string(),
  outcome: z.enum(OUTCOMES),
  reason: z.string().nullable(),
  agreement: z
    .object({
      agrees: z.boolean(),
      // A wrong result can be infinitely wrong, which JSON has no number for.
      worstErrorOverBound: z.union([z.number(), z.literal("Infinity").transform(Number)]),
      criterion: z.string(),
    })
    .nullable(),
  timing: z
    .object({
      medianMs: positive,
      lowerQuartileMs: positive,
      upperQuartileMs: positive,
      runs: count,
      rounds,
      gflops: positive,
      ceilingShare: positive.nullable(),
      joulesPerRun: finite.nonnegative().exactOptional(),
    })
    .nullable(),
  ratio: interval.extend({ verdict: z.enum(["faster", "slower", "no detectable difference"]) }).nullable(),
  scratchBytes: count.nullable(),
});

const threaded = z.object({
  threads: count,
  twin: twin.nullable(),
  results: z.array(variantResult.extend({ speedup: interval.nullable() })),
});

const benchReport: z.ZodType<BenchReport> = z.object({
  kind: z.literal("corr2d-bench"),
  schemaVersion: z.literal(SCHEMA_VERSION),
  created: z.iso.datetime(),
  complete: z.boolean(),
  remarks: z.array(z.string()),
  settings: z.object({
    suites: z.array(z.string()),
    filter: z.string().nullable(),
    pass,
    fresh: z.boolean(),
    quick: z.boolean(),
    seed: z.number().int(),
    timePerVariant: positive,
    rounds: count,
    processes: count,
    slowestRun: positive,
    subject: z.string().nullable(),
    // Reports of before there were threads have none.
    threads: z.array(count).default([]),
  }),
  environment: z.object({
    cpu: z.string(),
    cores: count,
    memoryBytes: count.nullable(),
    processorFlags: z.array(z.string()).nullable(),
    governor: z.string().nullable(),
    loadBefore: load.nullable(),
    loadAfter: load.nullable(),
    steal: finite.nullable(),
    energy: z.string().exactOptional(),
    seconds: finite.nonnegative(),
    os: z.string(),
    browser: z.string().exactOptional(),
    node: z.string().nullable(),
    v8: z.string().nullable(),
    command: z.string(),
    commit: z.string().nullable(),
    clean: z.boolean().nullable(),
    packages: z.record(z.string(), z.string()),
  }),
  ceilings: z.array(z.object({ engine, summary: z.string(), gflops: positive })),
  variants: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      version: z.string().nullable(),
      engine: engine.nullable(),
      threads: count.nullable(),
      precision: z.enum(["float32", "8 bit"]),
      border: z.string(),
      clock: z.string(),
      apart: z.boolean(),
      unavailable: z.string().nullable(),
    }),
  ),
  cases: z.array(
    z.object({
      suite: z.string(),
      convCase,
      pass: pass.exactOptional(),
      fresh: z.boolean().exactOptional(),
      flops: positive,
      twin: twin.nullable(),
      twinApart: twin.nullable(),
      results: z.array(variantResult),
      threaded: z.array(threaded).default([]),
    }),
  ),
  slopes: z.array(
    z.object({ suite: z.string(), variant: z.string(), exponent: finite, rSquared: finite, points: count }),
  ),
  firstCalls: z
    .array(z.object({ layerClass: z.string(), processes: count, first: difference, further: difference.nullable() }))
    .exactOptional(),
});

/**
 * Reads a report back.
 *
 * @throws RangeError naming the first places where `json` is not what a report of this version holds.
 */
export function parseBenchReport(json: unknown): BenchReport {
  const version = z.looseObject({ kind: z.literal("corr2d-bench"), schemaVersion: z.number() }).safeParse(json);
  if (!version.success) throw new RangeError("it is no benchmark report: `bench` writes them as report.json");
  const { schemaVersion } = version.data;
  if (schemaVersion > SCHEMA_VERSION) {
    throw new RangeError(
      `it is of schema version ${schemaVersion}, and this bench reads version ${SCHEMA_VERSION}: use the bench that wrote it, or a later one`,
    );
  }
  if (schemaVersion < SCHEMA_VERSION) {
    throw new RangeError(
      `it is of schema version ${schemaVersion}, whose intervals left out how processes differ; measure anew: ${commandOf(json)}`,
    );
  }
  const parsed = benchReport.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RangeError(
    `it is not what a report of schema version ${SCHEMA_VERSION} holds:\n${z.prettifyError(parsed.error)}`,
  );
}

const NAME = /^[\w-]+$/;

/** The command that measures what an older report measured, as far as that says so. */
function commandOf(json: unknown): string {
  const { settings } = json as { readonly settings?: { readonly suites?: unknown; readonly quick?: unknown } };
  const suites = Array.isArray(settings?.suites) ? settings.suites.filter((name) => NAME.test(String(name))) : [];
  return [
    "bench",
    ...(suites.length > 0 ? ["--suite", suites.join(",")] : []),
    ...(settings?.quick === true ? ["--quick"] : []),
  ].join(" ");
}
