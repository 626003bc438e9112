/**
 * Checks that a JSON file is a benchmark report this version understands. The types stand in `results.ts`; the compiler
 * holds the two together.
 *
 * @module
 */

import type { ConvCase } from "@corr2d/testkit";
import { z } from "zod";
import { type BenchReport, OUTCOMES, SCHEMA_VERSION } from "./results.ts";

const finite = z.number();
const positive = z.number().positive();
const count = z.number().int().nonnegative();
const pair = z.tuple([finite, finite]);
const four = z.tuple([count, count, count, count]);
const engine = z.enum(["scalar", "simd", "native"]);
const rounds = z.array(z.array(positive.nullable()));

const interval = z.object({ median: positive, low: positive, high: positive });

/** Of differences, which may be negative. */
const difference = z.object({ median: finite, low: finite, high: finite });

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
    })
    .nullable(),
  ratio: interval.extend({ verdict: z.enum(["faster", "slower", "no detectable difference"]) }).nullable(),
  scratchBytes: count.nullable(),
});

const benchReport: z.ZodType<BenchReport> = z.object({
  kind: z.literal("corr2d-bench"),
  schemaVersion: z.literal(SCHEMA_VERSION),
  created: z.iso.datetime(),
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
  }),
  environment: z.object({
    cpu: z.string(),
    cores: count,
    memoryBytes: count,
    loadAverage: z.tuple([finite, finite, finite]),
    os: z.string(),
    node: z.string(),
    v8: z.string(),
    commit: z.string().nullable(),
    packages: z.record(z.string(), z.string()),
  }),
  ceilings: z.array(z.object({ engine, summary: z.string(), gflops: positive })),
  variants: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      version: z.string().nullable(),
      engine,
      threads: count.nullable(),
      precision: z.enum(["float32", "8 bit"]),
      border: z.string(),
      clock: z.string(),
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
      selfRatio: interval.nullable(),
      noiseFloor: positive.nullable(),
      results: z.array(variantResult),
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
  const parsed = benchReport.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RangeError(`not a benchmark report of schema version ${SCHEMA_VERSION}:\n${z.prettifyError(parsed.error)}`);
}
