/**
 * What the page does that another browser opens: it computes, judges, and posts what it found to the server that it came from.
 *
 * @module
 */

import { conv2d, explain } from "@corr2d/core";
import { algorithms } from "@corr2d/core/internals";
import { matrixDigests, networkDigests } from "../../packages/core/test/bits.ts";
import { checkConformance } from "../runtimes/conformance.ts";
import type { PageReport } from "./engines.node.test.ts";

function report(): PageReport {
  const of = (engine: string) => networkDigests(algorithms.filter((algorithm) => algorithm.engine === engine));
  const { engine } = explain(conv2d, [1, 32, 32, 16], [3, 3, 16, 16]);
  return { ...checkConformance(), engine, scalar: of("scalar"), simd: of("simd"), matrices: matrixDigests() };
}

let body: PageReport | { readonly error: string };
try {
  body = report();
} catch (error) {
  body = { error: String(error) };
}
await fetch("/report", { method: "POST", body: JSON.stringify(body) });
