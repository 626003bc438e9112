/**
 * Depthwise separable convolution, {@link separableConv2d}: a depthwise convolution u and, on what it gives, a 1 × 1
 * convolution v that mixes the channels,
 *
 *     h = u(x),    y = v(h),    dh = vᵀ(dy),    dx = uᵀ(dh)
 *
 * Its gradient with respect to either filter depends on the other: h meets dy for that of v, x meets dh for that of u.
 *
 * @module
 */

import type { Pass, PreparedPass } from "../algorithm/algorithm.ts";
import type { ConvOptions } from "../geometry/options.ts";
import { type ActivationPlan, type BilinearMap, type Explained, prepareEach } from "../operation/bilinear-map.ts";
import { call } from "../operation/call.ts";
import {
  type CheckedFilterShape,
  type FusedOptions,
  type Operation,
  type OperationKind,
  operation,
  type ResolvedOperation,
  requireSameDtype,
} from "../operation/operation.ts";
import { OutOfMemoryError } from "../simd/engine/memory.ts";
import { type Operand, ResidentArray, residentArray } from "../simd/engine/resident.ts";
import { isChannelsFirst } from "../tensor/layout.ts";
import { type Shape4, sizeOf } from "../tensor/shape.ts";
import {
  checkShape,
  checkTensor,
  type DType,
  describe,
  dtypeOf,
  type FloatArray,
  type Owned,
  type Tensor4,
  zeroArray,
} from "../tensor/tensor.ts";
import { convKind, depthwiseKind } from "./kinds.ts";

/** What is given or found for each of the two filters. */
export interface SeparableParts<Part> {
  readonly depthwise: Part;
  readonly pointwise: Part;
}

/** The two filters: `[kernelHeight, kernelWidth, channels, multiplier]` and `[1, 1, channels · multiplier, outChannels]`. */
export type SeparableFilter<T extends FloatArray = Float32Array> = SeparableParts<Tensor4<T>>;

/** Strides, padding and dilations are those of the depthwise convolution; an algorithm by name has to do for both. */
export type SeparableConv2dOptions = Omit<ConvOptions, "groups">;

/** The operation {@link separableConv2d}. */
export interface SeparableOperation extends Operation<SeparableParts<FloatArray>> {
  <T extends FloatArray = Float32Array>(
    x: Tensor4<T>,
    filter: SeparableFilter<T>,
    options?: SeparableConv2dOptions & FusedOptions<T>,
  ): Tensor4<Owned<T>>;
}

const PARTS = ["depthwise", "pointwise"] as const;

/**
 * Depthwise separable convolution of a batch of images: filters each channel on its own, then mixes the channels.
 *
 *     h[n, i, j, c·M + m] = Σ_{a, b} u[a, b, c, m] · x[n, i·s + a·d − p, j·s + b·d − p, c]
 *     y[n, i, j, o]       = act(bias[o] + Σ_k v[0, 0, k, o] · h[n, i, j, k])
 *
 * with u the depthwise and v the pointwise filter, strides s, dilations d, padding p before and M = multiplier.
 *
 * @param x `[batch, height, width, channels]`, or `[batch, channels, height, width]` with `layout: "NCHW"`.
 * @param filter `{ depthwise, pointwise }`: `[kernelHeight, kernelWidth, channels, multiplier]` and
 *   `[1, 1, channels · multiplier, outChannels]`.
 * @returns `[batch, outHeight, outWidth, outChannels]` in the layout of `x`, in memory of its own.
 * @throws TypeError, RangeError as {@link conv2d}, and if the filters do not fit x or each other.
 *
 * @example
 * ```ts
 * const x = tensor([1, 1, 2, 2], [1, 10, 2, 20]);
 * const depthwise = tensor([1, 2, 2, 1], [1, 1, 1, 1]); // sums each channel over both pixels
 * const pointwise = tensor([1, 1, 2, 1], [1, 100]);
 * separableConv2d(x, { depthwise, pointwise }).data; // → [3003]
 *
 * const found = gradients(separableConv2d, x, { depthwise, pointwise }, tensor([1, 1, 1, 1], [1]));
 * found.input.data; // → [1, 100, 1, 100]
 * found.filter.depthwise.data; // → [1, 1000, 2, 2000]
 * found.filter.pointwise.data; // → [3, 30]
 * ```
 * Source: F. Chollet, "Xception: deep learning with depthwise separable convolutions", arXiv:1610.02357.
 *
 * @function
 */
export const separableConv2d: SeparableOperation = /* @__PURE__ */ separableOperation();

function separableOperation(): SeparableOperation {
  const kind = separableKind();
  return operation(kind, (<T extends FloatArray>(
    x: Tensor4<T>,
    filter: SeparableFilter<T>,
    options: SeparableConv2dOptions & FusedOptions<T> = {},
  ) => call(kind, x, filter, options)) as Omit<SeparableOperation, keyof Operation>) as SeparableOperation;
}

function separableKind(): OperationKind<SeparableParts<FloatArray>> {
  const depthwise = depthwiseKind();
  const pointwise = convKind("conv2d", 2);
  const { tensorRank, optionNames, linearOptionNames } = depthwise;
  return {
    name: "separableConv2d",
    tensorRank,
    optionNames,
    filterName: "filter",
    linearOptionNames,
    parts: PARTS,
    readFilter(name, filter) {
      const { depthwise: u, pointwise: v } = partsOf<SeparableFilter<FloatArray>>(name, filter);
      checkTensor(name, "filter.depthwise", u, 4);
      checkTensor(name, "filter.pointwise", v, 4);
      const dtype = requireSameDtype(name, "filter.depthwise", dtypeOf(u.data), "filter.pointwise", dtypeOf(v.data));
      return {
        dtype,
        shape: { depthwise: [...u.shape] as const, pointwise: [...v.shape] as const },
        weights: { depthwise: u.data, pointwise: v.data },
      };
    },
    readFilterShape(name, filter): CheckedFilterShape<SeparableParts<FloatArray>> {
      const { depthwise: u, pointwise: v } = partsOf<SeparableParts<unknown>>(name, filter);
      if (!Array.isArray(u) || !Array.isArray(v)) return this.readFilter(name, filter);
      checkShape(name, "filterShape.depthwise", u, 4);
      checkShape(name, "filterShape.pointwise", v, 4);
      return { shape: { depthwise: [...u], pointwise: [...v] } };
    },
    resolve(name, inputShape, filterShape, options: SeparableConv2dOptions & FusedOptions, dtype, runs) {
      const shapes = filterShape as SeparableParts<Shape4>;
      const { layout, algorithm, engine, precision } = options;
      requireFit(name, inputShape, shapes, layout);
      const first = depthwise.resolve(name, inputShape, shapes.depthwise, options, dtype, runs);
      const mixing = { layout, algorithm, engine, precision };
      const second = pointwise.resolve(name, first.outputShape, shapes.pointwise, mixing, dtype, runs);
      const { outputShape, outChannels, inner } = second;
      return {
        inputShape: first.inputShape,
        outputShape,
        outChannels,
        inner,
        map: composed(name, first, second, dtype),
      };
    },
  };
}

/** Both filters, or their shapes. */
function partsOf<Parts extends SeparableParts<unknown>>(name: string, filter: unknown): Parts {
  const parts = Object(filter) as Parts;
  if (PARTS.every((part) => parts[part] !== undefined)) return parts;
  throw new TypeError(`${name}: filter must be { depthwise, pointwise }, got ${describe(filter)}`);
}

/** Checks that input and filters fit each other, in the words of the whole. */
function requireFit(
  name: string,
  inputShape: readonly number[],
  { depthwise, pointwise }: SeparableParts<Shape4>,
  layout: ConvOptions["layout"],
): void {
  const inChannels = inputShape[isChannelsFirst(name, 2, layout) ? 1 : 3];
  const [, , channels, multiplier] = depthwise;
  if (channels !== inChannels) {
    throw new RangeError(
      `${name}: filter.depthwise is for ${channels} channels, but the input has ${inChannels} (its shape ` +
        `[${depthwise}], input shape [${inputShape}] in ${layout ?? "NHWC"})`,
    );
  }
  const [height, width, between] = pointwise;
  if (height !== 1 || width !== 1 || between !== channels * multiplier) {
    throw new RangeError(
      `${name}: filter.pointwise must be [1, 1, channels · multiplier, outChannels], ` +
        `here [1, 1, ${channels * multiplier}, …], got [${pointwise}]`,
    );
  }
}

/** What both parts of a pass have, whatever they compute. */
type Prepared = Pick<ActivationPlan, "scratchBytes" | typeof Symbol.dispose>;

/** The map of `second` after `first`. What stands between them stays in the memory that SIMD computes in. */
function composed(
  name: string,
  first: ResolvedOperation,
  second: ResolvedOperation,
  dtype: DType,
): BilinearMap<SeparableParts<FloatArray>> {
  const size = sizeOf(first.outputShape);
  /** What stands between them, in an array of its own where SIMD has no memory; if nobody has, that of the plans is given back. */
  const makeBetween = (...plans: readonly PreparedPass[]): Operand => {
    try {
      return dtype === "float32" ? residentOrOwn(size) : zeroArray(dtype, size);
    } catch (error) {
      for (const plan of plans) plan[Symbol.dispose]?.();
      throw error;
    }
  };
  /** What the whole says of itself, and gives back when it is disposed of. */
  const whole = <P extends Explained & Prepared>(
    depthwise: P,
    pointwise: P,
    between: Operand,
    others: readonly P[] = [],
  ) => {
    const all = [depthwise, pointwise, ...others];
    return {
      ...togetherOf(depthwise, pointwise),
      scratchBytes: all.reduce((sum, plan) => sum + plan.scratchBytes, 0) + bytesOf(dtype) * size,
      [Symbol.dispose]() {
        for (const plan of all) plan[Symbol.dispose]?.();
        if (between instanceof ResidentArray) between[Symbol.dispose]();
      },
    };
  };
  return {
    explain: (pass: Pass) => togetherOf(first.map.explain(pass), second.map.explain(pass)),
    prepare(filter, bias, activation) {
      const [depthwise, pointwise] = prepareAll(
        () => first.map.prepare(filter.depthwise),
        () => second.map.prepare(filter.pointwise, bias, activation),
      );
      const between = makeBetween(depthwise, pointwise);
      return {
        ...whole(depthwise, pointwise, between),
        activated: pointwise.activated === true,
        run(x, y) {
          depthwise.run(x, between);
          pointwise.run(between, y);
        },
      };
    },
    prepareInputGradient(filter) {
      const [depthwise, pointwise] = prepareAll(
        () => first.map.prepareInputGradient(filter.depthwise),
        () => second.map.prepareInputGradient(filter.pointwise),
      );
      const between = makeBetween(depthwise, pointwise);
      return {
        ...whole(depthwise, pointwise, between),
        run(dy, dx) {
          pointwise.run(dy, between);
          depthwise.run(between, dx);
        },
      };
    },
    prepareFilterGradient(filter) {
      if (filter === undefined) {
        throw new TypeError(
          `${name}: needs the filter itself, not its shape: the gradient of each part depends on the other`,
        );
      }
      const [forward, backward, depthwise, pointwise] = prepareAll(
        () => first.map.prepare(filter.depthwise),
        () => second.map.prepareInputGradient(filter.pointwise),
        () => first.map.prepareFilterGradient(),
        () => second.map.prepareFilterGradient(),
      );
      const between = makeBetween(forward, backward, depthwise, pointwise);
      return {
        ...whole<Explained & Prepared>(depthwise, pointwise, between, [forward, backward]),
        run(x, dy, dw) {
          forward.run(x, between);
          pointwise.run(between, dy, dw.pointwise);
          backward.run(dy, between);
          depthwise.run(x, between, dw.depthwise);
        },
      };
    },
  };
}

function residentOrOwn(size: number): Operand {
  try {
    return residentArray(size);
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
    return new Float32Array(size);
  }
}

/** What each of several functions prepares; if one cannot, the memory of those before it is given back. */
function prepareAll<Passes extends readonly PreparedPass[]>(
  ...prepare: { readonly [Pass in keyof Passes]: () => Passes[Pass] }
): Passes {
  return prepareEach(prepare, (make) => make()) as unknown as Passes;
}

/** What two maps, one after the other, say of themselves together. */
function togetherOf(depthwise: Explained, pointwise: Explained): Explained {
  const kinds = [depthwise.errorBound.kind, pointwise.errorBound.kind];
  const isSimd = depthwise.engine === "simd" && pointwise.engine === "simd";
  return {
    algorithm: `${depthwise.algorithm} + ${pointwise.algorithm}`,
    engine: isSimd ? "simd" : "scalar",
    reason: `depthwise: ${depthwise.reason}; pointwise: ${pointwise.reason}`,
    errorBound: {
      kind: kinds.includes("normwise") ? "normwise" : "element",
      constant: (1 + depthwise.errorBound.constant) * (1 + pointwise.errorBound.constant) - 1,
    },
    ...(depthwise.precision && { precision: depthwise.precision }),
    parts: { depthwise, pointwise },
  };
}

function bytesOf(dtype: DType): number {
  return dtype === "float64" ? 8 : 4;
}
