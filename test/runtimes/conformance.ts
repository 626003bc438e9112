/**
 * Every case of the table by every algorithm that supports it, forward and both gradients, held to its bound. It needs nothing of
 * any host: other runtimes and other browsers are tried with it.
 *
 * @module
 */

import { conv2d, filterGradient, inputGradient, type Pass, tensor } from "@corr2d/core";
import { algorithms } from "@corr2d/core/internals";
import { CASES, type CaseData, type ConvCase, judge, realData, reference, resultShapeOf } from "@corr2d/testkit";
import { boundsOf, geometryOf, optionsOf } from "../../packages/core/test/case-pass.ts";

const PASSES = ["forward", "inputGradient", "filterGradient"] as const;

type Algorithm = (typeof algorithms)[number];

function compute(algorithm: Algorithm, pass: Pass, convCase: ConvCase, data: CaseData): Float32Array {
  const { inputShape, filterShape } = convCase;
  const options = { ...optionsOf(convCase), algorithm: algorithm.name };
  const [x, filter] = [tensor(inputShape, data.x), tensor(filterShape, data.filter)];
  const dy = tensor(resultShapeOf(convCase, "forward") as typeof inputShape, data.dy);
  if (pass === "forward") return conv2d(x, filter, { ...options, bias: data.bias }).data;
  if (pass === "inputGradient") return inputGradient(conv2d, dy, filter, inputShape, options).data;
  return filterGradient(conv2d, x, dy, filterShape, options).data;
}

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
        const { ok, reason } = judge(compute(algorithm, pass, convCase, data), truth, bounds);
        if (!ok) throw new Error(`${convCase.name}, ${name}, ${pass}: ${reason}`);
        checked.set(name, (checked.get(name) ?? 0) + 1);
      }
    }
  }
  const idle = algorithms.filter(({ name }) => !checked.has(name)).map(({ name }) => name);
  if (idle.length > 0) throw new Error(`nothing was checked by ${idle.join(", ")}`);
  return { results: [...checked.values()].reduce((a, b) => a + b, 0), algorithms: checked.size };
}
