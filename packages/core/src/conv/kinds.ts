/**
 * The kinds of convolution: how the shapes and options of each become a geometry and a map. Depthwise is grouped
 * convolution, transposed is the input gradient of a convolution; one and three spatial axes differ from two in nothing
 * that is written here.
 *
 * @module
 */

import type { Runs } from "../algorithm/algorithm.ts";
import {
  filled,
  inputShapeOfConvolution,
  isPlanar,
  outputShapeOfConvolution,
  resolveConvolution,
  resolveTransposedConvolution,
  type SpatialGeometry,
} from "../geometry/convolution.ts";
import {
  CONV_OPTION_NAMES,
  CONV_TRANSPOSE_OPTION_NAMES,
  type ConvOptions,
  type ConvTransposeOptions,
  UNGROUPED_OPTION_NAMES,
} from "../geometry/options.ts";
import { planarGeometry } from "../geometry/planes.ts";
import { type BilinearMap, channelsFirstMap, planarMap, transposedMap } from "../operation/bilinear-map.ts";
import { addPerChannel } from "../operation/channels.ts";
import {
  ALGORITHM_OPTION_NAMES,
  type AlgorithmOption,
  FUSED_OPTION_NAMES,
  type OperationKind,
  type ResolvedOperation,
  tensorFilter,
} from "../operation/operation.ts";
import type { SpatialRank } from "../tensor/layout.ts";
import { type Shape4, sizeOf } from "../tensor/shape.ts";
import { borderMap } from "./border.ts";
import { depthMap } from "./depth.ts";

/** What all kinds say alike: their filter is one tensor of the rank of the input. */
function described(name: string, tensorRank: number, own: readonly string[]): Omit<OperationKind, "resolve"> {
  return {
    name,
    tensorRank,
    optionNames: [...own, ...FUSED_OPTION_NAMES],
    linearOptionNames: [...own, ...ALGORITHM_OPTION_NAMES],
    ...tensorFilter(tensorRank),
  };
}

/** A convolution of `rank` spatial axes. */
export function convKind<R extends SpatialRank>(name: string, rank: R): OperationKind {
  return {
    ...described(name, rank + 2, CONV_OPTION_NAMES),
    resolve(operation, inputShape, filterShape, options, dtype, runs) {
      const geometry = resolveConvolution<R>(
        operation,
        rank,
        inputShape,
        filterShape as readonly number[],
        options as ConvOptions<R>,
        dtype,
      );
      return convResolved(operation, geometry, options, runs);
    },
  };
}

/** depthwiseConv2d. The filter [kh, kw, C, multiplier] is, element for element, [kh, kw, 1, C · multiplier] in C groups. */
export function depthwiseKind(): OperationKind {
  return {
    ...described("depthwiseConv2d", 4, UNGROUPED_OPTION_NAMES),
    resolve(operation, inputShape, filter, options, dtype, runs) {
      const [kernelHeight, kernelWidth, channels, multiplier] = filter as Shape4;
      const convOptions: ConvOptions = options;
      const inChannels = inputShape[convOptions.layout === "NCHW" ? 1 : 3];
      if (channels !== inChannels) {
        throw new RangeError(
          `${operation}: filter is for ${channels} channels, but the input has ${inChannels} (filter shape ` +
            `[${[kernelHeight, kernelWidth, channels, multiplier]}], input shape [${inputShape}])`,
        );
      }
      const filterShape = [kernelHeight, kernelWidth, 1, channels * multiplier];
      const grouped = { ...convOptions, groups: Math.max(1, channels) };
      const geometry = resolveConvolution(operation, 2, inputShape, filterShape, grouped, dtype);
      return convResolved(operation, geometry, options, runs);
    },
  };
}

/** A transposed convolution of `rank` spatial axes. */
export function transposeKind<R extends SpatialRank>(name: string, rank: R): OperationKind {
  return {
    ...described(name, rank + 2, CONV_TRANSPOSE_OPTION_NAMES),
    resolve(operation, inputShape, filterShape, options, dtype, runs) {
      const geometry = resolveTransposedConvolution<R>(
        operation,
        rank,
        inputShape,
        filterShape as readonly number[],
        options as ConvTransposeOptions<R>,
        dtype,
      );
      const outputShape = inputShapeOfConvolution(geometry);
      const inner = innerOf(geometry, outputShape);
      return {
        geometry,
        inputShape: outputShapeOfConvolution(geometry),
        outputShape,
        outChannels: geometry.inChannels,
        inner,
        map: transposedMap(mapOf(operation, geometry, options, runs), (y, bias) => addPerChannel(y, bias, inner)),
      };
    },
  };
}

function convResolved(
  operation: string,
  geometry: SpatialGeometry,
  options: AlgorithmOption,
  runs: Runs,
): ResolvedOperation {
  const outputShape = outputShapeOfConvolution(geometry);
  return {
    geometry,
    inputShape: inputShapeOfConvolution(geometry),
    outputShape,
    outChannels: geometry.outChannels,
    inner: innerOf(geometry, outputShape),
    map: mapOf(operation, geometry, options, runs),
  };
}

/** The map of a convolution, from the planes outwards. */
function mapOf(
  operation: string,
  s: SpatialGeometry,
  { algorithm, engine, precision }: AlgorithmOption,
  runs: Runs,
): BilinearMap {
  const inside = filled(s);
  const planes = planarGeometry(inside);
  const planar = isPlanar(inside);
  // The planes of a volume meet a filter many times in a single run.
  let map = planarMap(operation, planes, { algorithm, engine, precision, runs: planar ? runs : "many" });
  if (!planar) map = depthMap(map, planes, s.batch, inside.depth);
  if (inside !== s) map = borderMap(map, s);
  if (s.channelsFirst) map = channelsFirstMap(map, s.dtype, inputShapeOfConvolution(s), outputShapeOfConvolution(s));
  return map;
}

function innerOf(s: SpatialGeometry, shape: readonly number[]): number {
  return s.channelsFirst ? sizeOf(shape.slice(2)) : 1;
}
