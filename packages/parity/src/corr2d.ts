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
  type ConvAlgorithm,
  type ConvGeometry,
  chooseAlgorithm,
  conv1d,
  conv1dFilterGradient,
  conv1dInputGradient,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  conv3d,
  conv3dFilterGradient,
  conv3dInputGradient,
  planConv1d,
  planConv2d,
  planConv2dFilterGradient,
  planConv2dInputGradient,
  planConv3d,
  resolveConvGeometry,
} from "@corr2d/core";
import { type CaseData, type CasePass, outputShapeOf, rankOf, type SpatialCase, sizeOf } from "@corr2d/testkit";
import { type ConvAdapter, FULL_REACH, type WeakerPromise } from "./adapter.ts";
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
    reach: FULL_REACH,
    // The reference of core promises the sums of TensorFlow.js's reference.
    ...(name === "naive" && { summation: TFJS_CPU_SUMMATION }),
    supports: (convCase, pass) => supports(name as Corr2dName, convCase, pass),
    promises: (convCase, pass) => promises(name as Corr2dName, convCase, pass),
    prepare(convCase, pass, data) {
      const { run, scratchBytes, dispose = () => undefined } = preparePass(name as Corr2dName, convCase, pass, data);
      let result: Float32Array | undefined;
      return {
        run() {
          result = run();
        },
        read() {
          if (result === undefined) throw new Error(`corr2d/${name}: read before run`);
          return result.slice();
        },
        ...(scratchBytes !== undefined && { scratchBytes }),
        dispose,
      };
    },
    once(convCase, pass, data) {
      callOf(name as Corr2dName, convCase, pass, data).compute();
    },
  };
}

function supports(name: Corr2dName, convCase: SpatialCase, pass: CasePass): true | string {
  const algorithm = algorithms.find((candidate) => candidate.name === name);
  if (algorithm === undefined || pass === "biasGradient") return true;
  const proposal = algorithm.propose[pass](planesOf(convCase));
  return typeof proposal === "string" ? proposal : true;
}

/** What the algorithm that computes this states about its errors. */
function promises(name: Corr2dName, convCase: SpatialCase, pass: CasePass): WeakerPromise {
  if (pass === "biasGradient") return {};
  const geometry = planesOf(convCase);
  const algorithm: ConvAlgorithm = chooseAlgorithm("parity", geometry, pass, name).algorithm;
  const { errorBound } = algorithm;
  return errorBound.kind === "normwise" ? { normwise: errorBound.constant(geometry, pass) } : {};
}

/** The planes that core computes a case by: algorithms know two axes, and see one as a row, three as a stack. */
function planesOf(convCase: SpatialCase): ConvGeometry {
  const { inputShape, filterShape, strides, dilations, groups, rounding = "floor", padding } = convCase;
  const last = <T>(values: readonly T[], missing: T): readonly [T, T] => [values.at(-2) ?? missing, values.at(-1)!];
  const sizes = last(inputShape.slice(1, -1), 1);
  const kernels = last(filterShape.slice(0, -2), 1);
  const pairs = typeof padding === "number" ? Array.from(strides, () => [padding, padding] as const) : padding;
  return resolveConvGeometry(
    "parity",
    [inputShape[0], ...sizes, inputShape[inputShape.length - 1]],
    [...kernels, ...(filterShape.slice(-2) as [number, number])],
    {
      strides: last(strides, 1),
      dilations: last(dilations, 1),
      padding: typeof pairs === "string" ? pairs : last<readonly [number, number]>(pairs, [0, 0]),
      groups,
      rounding,
    },
  );
}

/** A pass, ready to be computed. */
interface PreparedPass {
  run(): Float32Array;
  /** Known where there is a plan. */
  readonly scratchBytes?: number;
  /** Gives back what a plan holds; the stateless functions hold nothing. */
  readonly dispose?: () => void;
}

/** Core's functions for each number of axes; gradients have plans in two. They differ in the type of their shapes only. */
const OPERATIONS: Readonly<Record<number, Operations>> = {
  1: {
    compute: conv1d,
    plan: planConv1d,
    inputGradient: conv1dInputGradient,
    filterGradient: conv1dFilterGradient,
  } as unknown as Operations,
  2: {
    compute: conv2d,
    plan: planConv2d,
    inputGradient: conv2dInputGradient,
    planInputGradient: planConv2dInputGradient,
    filterGradient: conv2dFilterGradient,
    planFilterGradient: planConv2dFilterGradient,
  } as unknown as Operations,
  3: {
    compute: conv3d,
    plan: planConv3d,
    inputGradient: conv3dInputGradient,
    filterGradient: conv3dFilterGradient,
  } as unknown as Operations,
};

interface AnyTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A plan of core; the last array is written. */
type Plan<Arrays extends readonly Float32Array[]> = Disposable & {
  run(...arrays: [...Arrays, result: Float32Array]): Float32Array;
  readonly scratchBytes: number;
};

interface Operations {
  compute(x: AnyTensor, filter: AnyTensor, options: object): AnyTensor;
  plan(inputShape: readonly number[], filter: AnyTensor, options: object): Plan<[x: Float32Array]>;
  inputGradient(dy: AnyTensor, filter: AnyTensor, inputShape: readonly number[], options: object): AnyTensor;
  planInputGradient?(inputShape: readonly number[], filter: AnyTensor, options: object): Plan<[dy: Float32Array]>;
  filterGradient(x: AnyTensor, dy: AnyTensor, filterShape: readonly number[], options: object): AnyTensor;
  planFilterGradient?(
    inputShape: readonly number[],
    filterShape: readonly number[],
    options: object,
  ): Plan<[x: Float32Array, dy: Float32Array]>;
}

const sumDy = biasGradient as unknown as (dy: AnyTensor, options: object) => Float32Array;

const LAYOUT_NAMES: Readonly<Record<number, string>> = { 1: "NCW", 2: "NCHW", 3: "NCDHW" };

/** A pass of a case as a call of core's functions: whole, and with a plan where there is one. */
interface Call {
  compute(): Float32Array;
  prepare?(): PreparedPass;
}

function preparePass(algorithm: Corr2dName, convCase: SpatialCase, pass: CasePass, data: CaseData): PreparedPass {
  const { compute, prepare } = callOf(algorithm, convCase, pass, data);
  return prepare?.() ?? { run: compute };
}

function callOf(algorithm: Corr2dName, convCase: SpatialCase, pass: CasePass, data: CaseData): Call {
  const { filterShape, strides, dilations, groups, padding, rounding, layout } = convCase;
  const rank = rankOf(convCase);
  const channelsFirst = layout === "channels first";
  const layoutOption = channelsFirst ? { layout: LAYOUT_NAMES[rank] } : {};
  const options = {
    algorithm,
    strides,
    dilations,
    groups,
    padding,
    ...(rounding !== undefined && { rounding }),
    ...layoutOption,
  };
  const inLayout = ([batch, ...rest]: readonly number[]): readonly number[] =>
    channelsFirst ? [batch, rest[rest.length - 1], ...rest.slice(0, -1)] : [batch, ...rest];
  const inputShape = inLayout(convCase.inputShape);
  const { compute, plan, inputGradient, planInputGradient, filterGradient, planFilterGradient } = OPERATIONS[rank];
  const x = { shape: inputShape, data: data.x };
  const filter = { shape: filterShape, data: data.filter };
  const dy = () => ({ shape: inLayout(outputShapeOf(convCase)), data: data.dy });
  switch (pass) {
    case "forward": {
      const withBias = { ...options, bias: data.bias };
      return {
        compute: () => compute(x, filter, withBias).data,
        prepare: () => planned(plan(inputShape, filter, withBias), sizeOf(outputShapeOf(convCase)), data.x),
      };
    }
    case "inputGradient":
      return {
        compute: () => inputGradient(dy(), filter, inputShape, options).data,
        ...(planInputGradient && {
          prepare: () => planned(planInputGradient(inputShape, filter, options), data.x.length, data.dy),
        }),
      };
    case "filterGradient":
      return {
        compute: () => filterGradient(x, dy(), filterShape, options).data,
        ...(planFilterGradient && {
          prepare: () =>
            planned(planFilterGradient(inputShape, filterShape, options), data.filter.length, data.x, data.dy),
        }),
      };
    case "biasGradient":
      return { compute: () => sumDy(dy(), layoutOption) };
  }
}

/** Runs into one array, as a program does that runs a plan many times. */
function planned<Arrays extends readonly Float32Array[]>(
  plan: Plan<Arrays>,
  length: number,
  ...arrays: Arrays
): PreparedPass {
  const result = new Float32Array(length);
  return {
    run: () => plan.run(...arrays, result),
    scratchBytes: plan.scratchBytes,
    dispose: () => plan[Symbol.dispose](),
  };
}
