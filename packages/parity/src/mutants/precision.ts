/**
 * Implementations that say float64 and somewhere are not.
 *
 * @module
 */

import type { CaseData, CasePass, ConvCase } from "@corr2d/testkit";
import type { ConvAdapter } from "../adapter.ts";
import { mapArrays } from "../interrogate.ts";
import { float64Adapter } from "../precision/float64.ts";
import { preciseReference } from "../precision/reference.ts";
import type { Mutant } from "./mutant.ts";

type Wide = CaseData<Float64Array>;
type Compute = (convCase: ConvCase, pass: CasePass, data: Wide) => Float64Array;

/** What is right, in float64. */
const right: Compute = (...asked) => preciseReference(...asked).high;

/** An implementation in float64 that is a function. */
export function doubleOf(name: string, compute: Compute = right): ConvAdapter {
  return float64Adapter({
    name,
    version: "1",
    threads: 1,
    precision: "float64",
    supports: () => true,
    prepare(convCase, pass, data) {
      let result = new Float64Array();
      return {
        run() {
          result = compute(convCase, pass, data) as Float64Array<ArrayBuffer>;
        },
        read: () => result,
        dispose() {},
      };
    },
  });
}

const narrow = (array: Float64Array): Float64Array => array.map(Math.fround);

function double(id: string, what: string, compute: Compute, pass?: CasePass): Mutant {
  return {
    id: `double-${id}`,
    what: `float64: ${what}`,
    kind: "value",
    concerns: (_, asked) => pass === undefined || asked === pass,
    make: () => doubleOf(id, compute),
  };
}

/** What is rounded to float32 before it is computed with. */
function rounds(name: keyof CaseData, pass: CasePass): Mutant {
  return double(
    `${name}-rounded`,
    `${name} is rounded to float32`,
    (convCase, asked, data) => right(convCase, asked, { ...data, [name]: data[name] && narrow(data[name]) }),
    pass,
  );
}

export const PRECISION_MUTANTS: readonly Mutant[] = [
  rounds("x", "forward"),
  rounds("filter", "inputGradient"),
  rounds("bias", "forward"),
  rounds("dy", "filterGradient"),
  double("all-rounded", "every array is rounded to float32", (convCase, pass, data) =>
    right(convCase, pass, mapArrays(data, narrow)),
  ),
  double("results-rounded", "results are rounded to float32", (...asked) => narrow(right(...asked))),
  double(
    "bias-gradient-rounded",
    "bias gradients are summed in float32",
    (...asked) => narrow(right(...asked)),
    "biasGradient",
  ),
  double("48-bits", "results have five bits too few", (...asked) =>
    right(...asked).map((value) => value * (1 + 2 ** -48)),
  ),
];
