/**
 * Matchers for vitest. Importing this module adds them:
 *
 *     import "@corr2d/parity/vitest";
 *
 *     expect(y).toMatchConvolution(convCase, data);              // the output …
 *     expect(dx).toMatchConvolution(convCase, data, "inputGradient");
 *     await expect(myAdapter).toAgreeWith("tfjs-cpu", { cases: 20 });
 *
 * @module
 */

import {
  CASE_PASSES,
  type CaseData,
  type CasePass,
  elementBounds,
  judge,
  reference,
  type SpatialCase,
} from "@corr2d/testkit";
import { expect } from "vitest";
import type { ConvAdapter } from "./adapter.ts";
import { renderText } from "./render/text.ts";
import { type ParityOptions, runParity } from "./run.ts";

/** The matchers, as an assertion has them. */
export interface ConvolutionMatchers<R = unknown> {
  /**
   * The values are what the convolution of `data` gives, each within the bound of any float32 summation. Of `data` those
   * arrays are needed that the pass takes.
   */
  toMatchConvolution(convCase: SpatialCase, data: Partial<CaseData>, pass?: CasePass): R;
  /** The implementation agrees with these oracles on all trials of a run; to be awaited. */
  toAgreeWith(oracles: string | readonly string[], options?: Omit<ParityOptions, "adapters" | "oracles">): Promise<R>;
}

declare module "vitest" {
  interface Matchers<R extends void | Promise<void>, T> extends ConvolutionMatchers<R> {}
}

const NOTHING = new Float32Array();

expect.extend({
  toMatchConvolution(actual: unknown, convCase: SpatialCase, given: Partial<CaseData>, pass: CasePass = "forward") {
    if (!(actual instanceof Float32Array)) {
      throw new TypeError("toMatchConvolution: expect a Float32Array, such as the result of a convolution");
    }
    if (!CASE_PASSES.includes(pass)) {
      const known = CASE_PASSES.join(", ");
      throw new RangeError(`toMatchConvolution: pass must be one of ${known}, got ${JSON.stringify(pass)}`);
    }
    const data: CaseData = { x: NOTHING, filter: NOTHING, bias: undefined, dy: NOTHING, ...given };
    const truth = reference(convCase, pass, data);
    const { ok, reason, worstRatio, worstUlp } = judge(actual, truth, elementBounds(convCase, pass, data));
    return {
      pass: ok,
      message: () =>
        ok
          ? `expected not the ${pass} of "${convCase.name}", but it is: ${worstRatio.toFixed(3)} of the bound, ${worstUlp} ULP`
          : `expected the ${pass} of "${convCase.name}": ${reason}`,
    };
  },

  async toAgreeWith(
    adapter: ConvAdapter,
    oracles: string | readonly string[],
    options: Omit<ParityOptions, "adapters" | "oracles"> = {},
  ) {
    const names = typeof oracles === "string" ? [oracles] : oracles;
    const report = await runParity({ require: names, ...options, adapters: [adapter], oracles: names });
    return { pass: report.outcome === "agree", message: () => renderText(report) };
  },
});
