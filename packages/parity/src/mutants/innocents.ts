/**
 * Implementations without a mistake, which sum in many ways: a check that convicts one is wrong itself.
 *
 * @module
 */

import { type ConvAdapter, FULL_REACH, type Reach } from "../adapter.ts";
import type { Joints } from "./direct.ts";
import { direct } from "./direct.ts";
import { adapterOf, right } from "./mutant.ts";
import { doubleOf } from "./precision.ts";

const fround = Math.fround;

/** Sums that keep what a plain one rounds away. */
const FLOAT64_SUMS: Joints = {
  add: (sum, product) => sum + product,
};

/** Ways to sum in float32. */
const WAYS: readonly (readonly [name: string, joints: Joints])[] = [
  ["one after the other", {}],
  ["fused", { product: (a, b) => a * b, add: (sum, product) => fround(sum + product) }],
  ["products in float64", { product: (a, b) => a * b, ...FLOAT64_SUMS }],
  [
    "from the last to the first",
    { axes: (axes) => axes, add: (sum, product) => fround(product + sum), finish: (sum, bias) => fround(bias + sum) },
  ],
];

const EVERYTHING: Reach = {
  ...FULL_REACH,
  operations: ["convolution", "transposed", "average pool", "max pool"],
  paddingModes: ["edge", "reflect", "symmetric", "wrap"],
};

/** The innocents: of all cases, and those whose loops are for small cases only. */
export const INNOCENTS: readonly { readonly name: string; readonly isSlow: boolean; make(): ConvAdapter }[] = [
  { name: "rounded once", isSlow: false, make: () => adapterOf("rounded once", right, EVERYTHING) },
  { name: "rounded once, in float64", isSlow: true, make: () => doubleOf("rounded once, in float64") },
  ...WAYS.map(([name, joints]) => ({
    name,
    isSlow: true,
    make: () => adapterOf(name, (convCase, pass, data) => direct(convCase, pass, data, joints), FULL_REACH),
  })),
];
