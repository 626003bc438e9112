/**
 * Core behind the contract: one adapter for each algorithm of its registry, and `auto`, which lets core choose. All go
 * through core's public functions, so what is checked is what a user calls.
 *
 * @module
 */

import {
  type AlgorithmName,
  biasGradient,
  type ConvGeometry,
  type ConvOperation,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  filterGradient,
  inputGradient,
  plan,
  planFilterGradient,
  planInputGradient,
} from "@corr2d/core";
import { algorithms, type ConvAlgorithm, chooseAlgorithm, resolveConvGeometry } from "@corr2d/core/internals";
import core from "@corr2d/core/package.json" with { type: "json" };
import {
  type CaseData,
  type CasePass,
  convolutionOf,
  convolutionPassOf,
  ofPaddedImage,
  outputShapeOf,
  rankOf,
  type SpatialCase,
  sizeOf,
} from "@corr2d/testkit";
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
  return {
    name: `corr2d/${name}`,
    version: core.version,
    threads: 1,
    reach: {
      ...FULL_REACH,
      operations: ["convolution", "transposed"],
      paddingModes: ["edge", "reflect", "symmetric", "wrap"],
    },
    skipsPadding: true,
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
  const proposal = algorithm.propose[convolutionPassOf(convCase, pass)](planesOf(computedCase(convCase)));
  return typeof proposal === "string" ? proposal : true;
}

/** What the algorithm that computes this states about its errors. */
function promises(name: Corr2dName, convCase: SpatialCase, pass: CasePass): WeakerPromise {
  if (pass === "biasGradient") return {};
  const geometry = planesOf(computedCase(convCase));
  const planar = convolutionPassOf(convCase, pass);
  const algorithm: ConvAlgorithm = chooseAlgorithm("parity", geometry, planar, name).algorithm;
  const { errorBound } = algorithm;
  return errorBound.kind === "normwise" ? { normwise: errorBound.constant(geometry, planar) } : {};
}

/** The convolution that core computes a case by: the one that leads back, or that of the padded image. */
function computedCase(convCase: SpatialCase): SpatialCase {
  return ofPaddedImage(convolutionOf(convCase));
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

interface AnyTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A convolution of core, whatever its number of axes: they differ in the type of their shapes only. */
type AnyConvolution = ConvOperation<readonly number[], object>;

/** For each number of axes. */
const CONVOLUTIONS = { 1: conv1d, 2: conv2d, 3: conv3d } as unknown as Readonly<Record<number, AnyConvolution>>;

const TRANSPOSED = { 1: convTranspose1d, 2: convTranspose2d, 3: convTranspose3d } as unknown as typeof CONVOLUTIONS;

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
  const { filterShape, strides, dilations, groups, padding, rounding, layout, transposed, paddingMode } = convCase;
  const rank = rankOf(convCase);
  const channelsFirst = layout === "channels first";
  const layoutOption = channelsFirst ? { layout: LAYOUT_NAMES[rank] } : {};
  const options = {
    algorithm,
    strides,
    dilations,
    groups,
    padding,
    ...(paddingMode !== undefined && { paddingMode }),
    // A transposed convolution has nothing to round.
    ...(transposed === undefined ? rounding !== undefined && { rounding } : transposed),
    ...layoutOption,
  };
  const inLayout = ([batch, ...rest]: readonly number[]): readonly number[] =>
    channelsFirst ? [batch, rest[rest.length - 1], ...rest.slice(0, -1)] : [batch, ...rest];
  const inputShape = inLayout(convCase.inputShape);
  const convolution = (transposed === undefined ? CONVOLUTIONS : TRANSPOSED)[rank];
  const x = { shape: inputShape, data: data.x };
  const filter = { shape: filterShape, data: data.filter };
  const dy = () => ({ shape: inLayout(outputShapeOf(convCase)), data: data.dy });
  switch (pass) {
    case "forward": {
      const withBias = { ...options, bias: data.bias };
      return {
        compute: () => convolution(x, filter, withBias).data,
        prepare() {
          const prepared = plan(convolution, inputShape, filter, withBias);
          return planned(prepared, sizeOf(outputShapeOf(convCase)), (y) => prepared.run(data.x, y));
        },
      };
    }
    case "inputGradient":
      return {
        compute: () => inputGradient(convolution, dy(), filter, inputShape, options).data,
        prepare() {
          const prepared = planInputGradient(convolution, inputShape, filter, options);
          return planned(prepared, data.x.length, (dx) => prepared.run(data.dy, dx));
        },
      };
    case "filterGradient":
      return {
        compute: () => filterGradient(convolution, x, dy(), filterShape, options).data,
        prepare() {
          const prepared = planFilterGradient(convolution, inputShape, filterShape, options);
          return planned(prepared, data.filter.length, (dw) => prepared.run(data.x, data.dy, dw));
        },
      };
    case "biasGradient":
      return { compute: () => sumDy(dy(), layoutOption) };
  }
}

/** A plan that runs into one array, as a program does that runs it many times. */
function planned(
  plan: Disposable & { readonly scratchBytes: number },
  length: number,
  runInto: (result: Float32Array) => Float32Array,
): PreparedPass {
  const result = new Float32Array(length);
  return { run: () => runInto(result), scratchBytes: plan.scratchBytes, dispose: () => plan[Symbol.dispose]() };
}
