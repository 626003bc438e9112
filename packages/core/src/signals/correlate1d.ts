/**
 * Correlation and convolution along one axis: of one signal, or of every row of a matrix.
 *
 *     correlate1d   y[i] = Σ_j k[j] · x[i + j − before]
 *     convolve1d    y[i] = Σ_j k[j] · x[i − j + after]         the kernel backwards
 *
 * Values are real, so there is nothing to conjugate. Both are operations: `plan`, `explain`, `gradients`, … take them as they take
 * `corr2d`, with signals as matrices `[rows, n]` and kernels as arrays of m taps.
 *
 * @module
 */

import type { MatrixChoiceOptions } from "../corr2d/choose.ts";
import { CHOICE_OPTION_NAMES } from "../corr2d/choose.ts";
import type { KernelValues } from "../corr2d/problem/problem.ts";
import type { BilinearMap } from "../operation/bilinear-map.ts";
import { call } from "../operation/call.ts";
import { type Operation, type OperationKind, operation } from "../operation/operation.ts";
import {
  checkShape,
  type DType,
  describe,
  dtypeOf,
  type FloatArray,
  type Matrix,
  type Owned,
} from "../tensor/tensor.ts";
import { SIGNAL_CATALOGUE, type SignalAlgorithmName } from "./algorithms.ts";
import { signalMap } from "./map.ts";
import { resolveSignal, SIGNAL_GEOMETRY_NAMES, type SignalGeometryOptions } from "./problem/geometry.ts";

/** Options of {@link correlate1d} and {@link convolve1d}. */
export interface SignalOptions extends SignalGeometryOptions, MatrixChoiceOptions<SignalAlgorithmName> {}

/** The operations {@link correlate1d} and {@link convolve1d}. */
export interface SignalOperation extends Operation<KernelValues> {
  <T extends FloatArray = Float32Array>(x: Matrix<T>, kernel: T, options?: SignalOptions): Matrix<Owned<T>>;
  <T extends FloatArray = Float32Array>(x: T, kernel: T, options?: SignalOptions): Owned<T>;
}

/**
 * Cross-correlates a signal, or every row of a matrix, with a kernel, or with another signal. The kernel is *not* turned round.
 *
 *     y[i] = Σ_j kernel[j] · x[i + j − before]        before = 0, ⌊m / 2⌋, m − 1 for mode "valid", "same", "full"
 *
 * The value at index i belongs to lag i − before ({@link lags}). In mode `"same"` the `centre` may be another one, as SciPy and
 * NumPy differ. Outside its ends x goes on as `boundary` says.
 *
 * Long kernels go through real Fourier transforms, of the whole or piece by piece, in the precision of the data; the error of a value
 * stays at most a small constant times the Σ |k||x| of its own window, whole numbers come out whole, and NaN, infinities and
 * outliers reach what sees them and nothing else: `explain(correlate1d, x, kernel)` says which algorithm, why, and the constant.
 *
 * @param x a Float32Array or Float64Array of n samples; or a matrix `[rows, n]`.
 * @param kernel m taps, an array of the element type of `x`.
 * @returns a new array, of n − m + 1, n or n + m − 1 values; or a matrix of that many columns.
 * @throws TypeError if an argument is neither, the element types differ or an option is unknown; RangeError if an option has a value
 *   that is not allowed, there is nothing in x or kernel, or the kernel exceeds the signal in mode `"valid"`.
 *
 * @example
 * ```ts
 * const x = new Float32Array([1, 2, 3, 4]);
 * const kernel = new Float32Array([1, 0, -1]);
 * correlate1d(x, kernel); // → [-2, -2]
 * correlate1d(x, kernel, { mode: "full" }); // → [-1, -2, -2, -2, 3, 4]
 * correlate1d(x, kernel, { mode: "same", boundary: "reflect" }); // → [0, -2, -2, 0]
 * correlate1d(tensor([2, 3], [1, 2, 3, 4, 5, 6]), new Float32Array([1, 1])).data; // → [3, 5, 9, 11]
 * ```
 */
export const correlate1d: SignalOperation = /* @__PURE__ */ signalOperation("correlate1d", false);

/**
 * Convolves a signal, or every row of a matrix, with a kernel: {@link correlate1d} with the kernel backwards.
 *
 *     y[i] = Σ_j kernel[j] · x[i − j + after]        after = m − 1, ⌊(m − 1) / 2⌋, 0 for mode "valid", "same", "full"
 *
 * Modes, centres, boundaries and errors are those of `correlate1d` (`numpy.convolve`, `scipy.signal.convolve`). In mode `"full"` the
 * signal and the kernel may change places. A filter that runs while its signal arrives is {@link stream}.
 *
 * @throws as {@link correlate1d}.
 *
 * @example
 * ```ts
 * const x = new Float32Array([1, 2, 3, 4]);
 * convolve1d(x, new Float32Array([1, 0, -1]), { mode: "full" }); // → [1, 2, 2, 2, -3, -4]
 * convolve1d(x, new Float32Array([0.5, 0.5]), { mode: "same" }); // → [0.5, 1.5, 2.5, 3.5]
 * ```
 */
export const convolve1d: SignalOperation = /* @__PURE__ */ signalOperation("convolve1d", true);

function signalOperation(name: string, flip: boolean): SignalOperation {
  const kind = signalKind(name, flip);
  const run = <T extends FloatArray>(
    x: Matrix<T> | T,
    kernel: T,
    options: SignalOptions = {},
  ): Matrix<Owned<T>> | Owned<T> => {
    if (Array.isArray(x)) {
      throw new TypeError(
        `${name}: x must be a Float32Array or Float64Array of samples, or a matrix, got ${describe(x)}; write Float32Array.from(x)`,
      );
    }
    if (dtypeOf(x) === undefined) return call(kind, x as Matrix<T>, kernel, options);
    const signal = x as T;
    return call(kind, { shape: [1, signal.length] as const, data: signal }, kernel, options).data;
  };
  return operation(kind, run) as SignalOperation;
}

function signalKind(name: string, flip: boolean): OperationKind<KernelValues> {
  const optionNames = [...SIGNAL_GEOMETRY_NAMES, ...CHOICE_OPTION_NAMES];
  return {
    name,
    tensorRank: 2,
    filterName: "kernel",
    optionNames,
    linearOptionNames: optionNames,
    readFilter(caller, kernel) {
      const dtype = dtypeOf(kernel);
      if (dtype === undefined) {
        const advice = Array.isArray(kernel) ? "; write Float32Array.from(kernel)" : "";
        throw new TypeError(
          `${caller}: kernel must be a Float32Array or Float64Array of taps, got ${describe(kernel)}${advice}`,
        );
      }
      const taps = kernel as FloatArray;
      if (taps.length === 0) throw new RangeError(`${caller}: kernel is empty`);
      return { dtype, shape: [taps.length], weights: { kernel: taps, factors: undefined } };
    },
    readFilterShape(caller, kernel) {
      if (!Array.isArray(kernel)) return this.readFilter(caller, kernel);
      if (checkShape(caller, "kernelShape", kernel, 1) === 0) throw new RangeError(`${caller}: kernel is empty`);
      return { shape: [...kernel] };
    },
    resolve(caller, inputShape, kernelShape, options: SignalOptions, dtype: DType) {
      const [rows, samples] = inputShape as readonly [number, number];
      if (rows * samples === 0) throw new RangeError(`${caller}: x [${inputShape}] is empty`);
      const [taps] = kernelShape as readonly [number];
      const geometry = resolveSignal(caller, samples, taps, options, flip);
      const outputShape = [rows, geometry.outShape[1]];
      checkShape(caller, "output", outputShape, 2);
      return {
        inputShape: [rows, samples],
        outputShape,
        outChannels: 1,
        inner: 1,
        map: signalMap(
          caller,
          rows,
          geometry,
          dtype,
          flip,
          options,
          SIGNAL_CATALOGUE,
        ) as unknown as BilinearMap<KernelValues>,
      };
    },
  };
}
