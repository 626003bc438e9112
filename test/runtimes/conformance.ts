/**
 * Every case of the table by every algorithm that supports it, forward and both gradients, held to its bound. It needs nothing of
 * any host: other runtimes and other browsers are tried with it.
 *
 * @module
 */

import { algorithms } from "@corr2d/core/internals";
import { CASES, judge, realData, reference } from "@corr2d/testkit";
import { boundsOf, callPass, geometryOf } from "../../packages/core/test/case-pass.ts";

const PASSES = ["forward", "inputGradient", "filterGradient"] as const;

/**
 * Computes and judges all, and says how many results by how many algorithms are right.
 *
 * @throws Error naming the first that is not, or algorithms of which nothing could be checked.
 */
export function checkConformance(): { readonly results: number; readonly algorithms: number } {
  const checked = new Map<string, number>();
  for (const convCase of CASES) {
    const data = realData(convCase, 1);
    const geometry = geometryOf(convCase);
    for (const pass of PASSES) {
      const truth = reference(convCase, pass, data);
      for (const algorithm of algorithms) {
        const { name } = algorithm;
        if (typeof algorithm.propose[pass](geometry) === "string") continue;
        const bounds = boundsOf(algorithm, pass, convCase, data);
        const { ok, reason } = judge(callPass(pass, convCase, data, name), truth, bounds);
        if (!ok) throw new Error(`${convCase.name}, ${name}, ${pass}: ${reason}`);
        checked.set(name, (checked.get(name) ?? 0) + 1);
      }
    }
  }
  const idle = algorithms.filter(({ name }) => !checked.has(name)).map(({ name }) => name);
  if (idle.length > 0) throw new Error(`nothing was checked by ${idle.join(", ")}`);
  return { results: [...checked.values()].reduce((a, b) => a + b, 0), algorithms: checked.size };
}
