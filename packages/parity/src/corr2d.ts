/**
 * Core behind the contract: one adapter for each algorithm of its registry, and `auto`, which lets core choose. All go
 * through core's public functions, so what is checked is what a user calls.
 *
 * @module
 */

import { createRequire } from "node:module";
import {
  type AlgorithmName,
  algorithms,
  biasGradient,
  type ConvOptions,
  conv2dFilterGradient,
  conv2dInputGradient,
  planConv2d,
  resolveConvGeometry,
} from "@corr2d/core";
import { type CaseData, type CasePass, type ConvCase, outputShapeOf } from "@corr2d/testkit";
import type { ConvAdapter } from "./adapter.ts";
import { TFJS_CPU_SUMMATION } from "./oracles/tfjs-cpu.ts";

type Corr2dName = AlgorithmName | "auto";

/** The names that {@link corr2dAdapter} takes: core's algorithms, the reference first, and `auto`. */
export function corr2dNames(): readonly string[] {
  return [...algorithms.map(({ name }) => name), "auto"];
}

/**
 * The adapter `corr2d/<name>`.
 *
 * @throws RangeError for a name that core does not know.
 */
export function corr2dAdapter(name: string): ConvAdapter {
  const known = corr2dNames();
  if (!known.includes(name)) {
    throw new RangeError(`parity: algorithm must be one of ${known.join(", ")}, got ${JSON.stringify(name)}`);
  }
  const { version } = createRequire(import.meta.url)("@corr2d/core/package.json") as { version: string };
  return {
    name: `corr2d/${name}`,
    version,
    threads: 1,
    // The reference of core promises the sums of TensorFlow.js's reference.
    ...(name === "naive" && { summation: TFJS_CPU_SUMMATION }),
    supports: (convCase, pass) => supports(name as Corr2dName, convCase, pass),
    prepare(convCase, pass, data) {
      const { run, scratchBytes } = preparePass(name as Corr2dName, convCase, pass, data);
      let result: Float32Array | undefined;
      return {
        run() {
          result = run();
        },
        read() {
          if (result === undefined) throw new Error(`corr2d/${name}: read before run`);
          return result;
        },
        ...(scratchBytes !== undefined && { scratchBytes }),
        dispose() {},
      };
    },
  };
}

function supports(name: Corr2dName, convCase: ConvCase, pass: CasePass): true | string {
  const algorithm = algorithms.find((candidate) => candidate.name === name);
  if (algorithm === undefined || pass === "biasGradient") return true;
  const geometry = resolveConvGeometry("parity", convCase.inputShape, convCase.filterShape, optionsOf(convCase));
  return algorithm.supports(geometry, pass);
}

/** A pass, ready to be computed. */
interface PreparedPass {
  run(): Float32Array;
  /** Known where there is a plan. */
  readonly scratchBytes?: number;
}

function preparePass(algorithm: Corr2dName, convCase: ConvCase, pass: CasePass, data: CaseData): PreparedPass {
  const { inputShape, filterShape } = convCase;
  const options = { ...optionsOf(convCase), algorithm };
  const x = { shape: inputShape, data: data.x };
  const filter = { shape: filterShape, data: data.filter };
  const dy = { shape: outputShapeOf(convCase), data: data.dy };
  switch (pass) {
    case "forward": {
      const plan = planConv2d(inputShape, filter, { ...options, bias: data.bias });
      return { run: () => plan.run(data.x), scratchBytes: plan.scratchBytes };
    }
    case "inputGradient":
      return { run: () => conv2dInputGradient(dy, filter, inputShape, options).data };
    case "filterGradient":
      return { run: () => conv2dFilterGradient(x, dy, filterShape, options).data };
    case "biasGradient":
      return { run: () => biasGradient(dy) };
  }
}

function optionsOf({ strides, padding, dilations, groups }: ConvCase): ConvOptions {
  return { strides, padding, dilations, groups };
}
