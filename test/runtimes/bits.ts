/**
 * Prints the digests of results of the built core, in whatever runtime starts this file, for the test that compares them. It
 * needs nothing of Node.
 *
 * @module
 */

import { algorithms } from "@corr2d/core/internals";
import { matrixDigests, networkDigests } from "../../packages/core/test/bits.ts";

const of = (wanted: string) => networkDigests(algorithms.filter(({ engine }) => engine === wanted));
console.log(JSON.stringify({ scalar: of("scalar"), simd: of("simd"), matrices: matrixDigests() }));
