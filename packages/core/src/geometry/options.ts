/**
 * What a user may write in the options of a convolution, and the checks of single values. How options and shapes work
 * together is answered in spatial.ts.
 *
 * @module
 */

import { AXIS_NAMES, type AxisTuple, isChannelsFirst, type Layout, type SpatialRank } from "../tensor/layout.ts";
import { describe } from "../tensor/tensor.ts";
import type { AxisPadding, Rounding } from "./axis.ts";
import { BOUNDARIES, type Boundary } from "./boundary.ts";

/** One number for all axes, or one for each: `[width]`, `[height, width]` or `[depth, height, width]`. */
export type PerAxis<R extends SpatialRank = 2> = number | AxisTuple<R>;

/** Cells added around the image before it is correlated: a rule, a number for all sides, or each side by name. */
export type Padding<R extends SpatialRank = 2> =
  /** None: only cells where the whole kernel fits. */
  | "valid"
  /** As much as makes ⌈input / stride⌉ outputs; the odd cell after. */
  | "same"
  /** The same, the odd cell before. */
  | "same-lower"
  | number
  | AxisTuple<R, readonly [before: number, after: number]>;

/** What a convolution does with its shapes; `R` is its number of spatial axes. */
export interface ConvOptions<R extends SpatialRank = 2> {
  /** Distance between neighbouring output cells, in input cells. Default 1. */
  readonly strides?: PerAxis<R> | undefined;
  /** Cells added around the input. Default `"valid"`. */
  readonly padding?: Padding<R> | undefined;
  /** What stands in them. Default `"constant"`. */
  readonly paddingMode?: Boundary | undefined;
  /**
   * The value in the padding for paddingMode `"constant"`. Default 0, for which those cells count as absent, never as a factor.
   */
  readonly fillValue?: number | undefined;
  /**
   * How (padded input − effective kernel) / stride becomes an integer, one less than the output size (the `dimRoundingMode`
   * of TensorFlow.js; `"ceil"` is the `ceil_mode` of other systems, without dropping windows that see no cell). What the
   * last window sees past the padding is absent. The size that `"same"` gives is not rounded by this. Default `"floor"`.
   */
  readonly rounding?: Rounding | undefined;
  /** Distance between neighbouring kernel taps, in input cells. Default 1. */
  readonly dilations?: PerAxis<R> | undefined;
  /** Number of groups that channels fall into, which do not see each other. Default 1. */
  readonly groups?: number | undefined;
  /** Order of the axes of activations. Default channels last. The filter's is the same in either. */
  readonly layout?: Layout<R> | undefined;
}

/** What a transposed convolution does with its shapes; `R` is its number of spatial axes. */
export interface ConvTransposeOptions<R extends SpatialRank = 2> {
  /** Distance between the output cells that neighbouring input cells reach with the same tap. Default 1. */
  readonly strides?: PerAxis<R> | undefined;
  /** Cells cut off around the output; `"same"` and `"same-lower"` leave input · stride of them. Default `"valid"`: none. */
  readonly padding?: Padding<R> | undefined;
  /** Cells added after the output, along each axis fewer than the larger of stride and dilation. Default 0. */
  readonly outputPadding?: PerAxis<R> | undefined;
  /** Size of the output, where stride leaves a choice; it takes the place of the size that `outputPadding` gives. */
  readonly outputSize?: PerAxis<R> | undefined;
  /** Distance between neighbouring kernel taps, in output cells. Default 1. */
  readonly dilations?: PerAxis<R> | undefined;
  /** Number of groups that channels fall into, which do not see each other. Default 1. */
  readonly groups?: number | undefined;
  /** Order of the axes of activations. Default channels last. The filter's is the same in either. */
  readonly layout?: Layout<R> | undefined;
}

/** The names of {@link ConvOptions} but `groups`, for operations that check for unknown ones. */
export const UNGROUPED_OPTION_NAMES: readonly (keyof ConvOptions)[] = [
  "strides",
  "padding",
  "paddingMode",
  "fillValue",
  "rounding",
  "dilations",
  "layout",
];

/** The names of {@link ConvOptions}. Marked as pure, since bundlers keep what they take for a call with effects. */
export const CONV_OPTION_NAMES: readonly (keyof ConvOptions)[] =
  /* @__PURE__ */ UNGROUPED_OPTION_NAMES.concat("groups");

/** The names of {@link ConvTransposeOptions}. */
export const CONV_TRANSPOSE_OPTION_NAMES: readonly (keyof ConvTransposeOptions)[] = [
  "strides",
  "padding",
  "outputPadding",
  "outputSize",
  "dilations",
  "groups",
  "layout",
];

/** What other systems call an option of ours, in lower case and without underscores. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  dataformat: "layout",
  dilationrate: "dilations",
  dimroundingmode: "rounding",
  ceilmode: "rounding",
  method: "algorithm",
  border: "boundary",
  bordertype: "boundary",
  cval: "fillValue",
  fill: "fillValue",
  kernel: "kernelSize",
  filters: "outChannels",
  pad: "padding",
  padding: "mode",
  mode: "paddingMode",
  boundary: "paddingMode",
  paddingmode: "boundary",
  depthmultiplier: "multiplier",
};

/** The option that was meant, if it can be told: another system's name, or one that is nearly right. */
function meantOption(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll("_", "");
  const other = OTHER_NAMES[plain(name)];
  if (other !== undefined && known.includes(other)) return other;
  return known.find((word) => {
    const [a, b] = [plain(name), plain(word)];
    return a === b || `${a}s` === b || a === `${b}s`;
  });
}

/** Throws for an option that the operation does not know: a misspelt one must not be ignored. */
export function checkOptionNames(operation: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (!options || typeof options !== "object" || Array.isArray(options)) {
    throw new TypeError(`${operation}: options must be an object, got ${describe(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = meantOption(name, known);
    const advice = meant === undefined ? "" : ` did you mean ${meant}?`;
    throw new TypeError(
      `${operation}: unknown option ${describe(name)};${advice} known options are ${known.join(", ")}`,
    );
  }
}

/** What both kinds of options say, resolved: one value for each axis. */
export interface ResolvedOptions {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: readonly AxisPadding[];
  readonly groups: number;
  readonly channelsFirst: boolean;
}

/** {@link ConvOptions}, checked and with their defaults. */
export function resolveConvOptions<R extends SpatialRank>(
  operation: string,
  rank: R,
  options: ConvOptions<R>,
): ResolvedOptions & { readonly paddingMode: Boundary; readonly fillValue: number; readonly rounding: Rounding } {
  return {
    ...resolveSharedOptions(operation, rank, options),
    ...resolveBoundary(operation, "paddingMode", options.paddingMode, options.fillValue),
    rounding: resolveWord<Rounding>(operation, "rounding", ["floor", "round", "ceil"], options.rounding),
  };
}

/** What stands outside, and the value there. */
function resolveBoundary(
  operation: string,
  parameter: "paddingMode",
  mode: unknown,
  value: unknown,
): { readonly paddingMode: Boundary; readonly fillValue: number } {
  const paddingMode = resolveWord<Boundary>(operation, parameter, BOUNDARIES, mode);
  if (value === undefined) return { paddingMode, fillValue: 0 };
  if (paddingMode !== "constant") {
    throw new RangeError(`${operation}: fillValue needs ${parameter} "constant", got "${paddingMode}"`);
  }
  if (typeof value !== "number") {
    throw new TypeError(`${operation}: fillValue must be a number, got ${describe(value)}`);
  }
  return { paddingMode, fillValue: value };
}

/** {@link ConvTransposeOptions}, checked and with their defaults. */
export function resolveConvTransposeOptions<R extends SpatialRank>(
  operation: string,
  rank: R,
  options: ConvTransposeOptions<R>,
): ResolvedOptions & { readonly outputPadding: readonly number[]; readonly outputSize: readonly number[] | undefined } {
  const { outputPadding = 0, outputSize } = options;
  return {
    ...resolveSharedOptions(operation, rank, options),
    outputPadding: resolvePerAxis<R>(operation, "outputPadding", rank, outputPadding, 0),
    outputSize: outputSize === undefined ? undefined : resolvePerAxis<R>(operation, "outputSize", rank, outputSize),
  };
}

function resolveSharedOptions<R extends SpatialRank>(
  operation: string,
  rank: R,
  options: ConvOptions<R> | ConvTransposeOptions<R>,
): ResolvedOptions {
  const { strides = 1, dilations = 1, padding = "valid", groups = 1, layout } = options;
  const channelsFirst = isChannelsFirst(operation, rank, layout);
  requireInteger(operation, "groups", groups, 1);
  return {
    strides: resolvePerAxis<R>(operation, "strides", rank, strides),
    dilations: resolvePerAxis<R>(operation, "dilations", rank, dilations),
    padding: resolvePadding<R>(operation, rank, padding),
    groups,
    channelsFirst,
  };
}

/** One number or one for each axis, integers of `minimum` or more. */
export function resolvePerAxis<R extends SpatialRank>(
  operation: string,
  parameter: string,
  rank: R,
  value: PerAxis<R>,
  minimum = 1,
): readonly number[] {
  const values: unknown = typeof value === "number" ? AXIS_NAMES[rank].map(() => value) : value;
  if (!Array.isArray(values) || values.length !== rank) {
    const names = AXIS_NAMES[rank].join(", ");
    throw new TypeError(`${operation}: ${parameter} must be a number or [${names}], got ${describe(value)}`);
  }
  for (const element of values) requireInteger(operation, parameter, element, minimum);
  return [...values];
}

const SIDES: Readonly<Record<SpatialRank, string>> = {
  1: "[[left, right]]",
  2: "[[top, bottom], [left, right]]",
  3: "[[front, back], [top, bottom], [left, right]]",
};

/** Padding for each axis: the rule, or cells before and after. */
function resolvePadding<R extends SpatialRank>(
  operation: string,
  rank: R,
  padding: Padding<R>,
): readonly AxisPadding[] {
  const names = AXIS_NAMES[rank];
  if (padding === "valid" || padding === "same" || padding === "same-lower") return names.map(() => padding);
  if (typeof padding === "number") {
    requireInteger(operation, "padding", padding, 0);
    return names.map(() => [padding, padding]);
  }
  const isPair = (value: unknown): boolean => Array.isArray(value) && value.length === 2;
  // A copy has no holes, which `every` would pass over.
  if (!Array.isArray(padding) || padding.length !== rank || ![...padding].every(isPair)) {
    throw new (typeof padding === "string" ? RangeError : TypeError)(
      `${operation}: padding must be "valid", "same", "same-lower", a number or ${SIDES[rank]}, got ${describe(padding)}` +
        adviceOn(padding, ["valid", "same", "same-lower"]),
    );
  }
  const pairs = padding as readonly (readonly [number, number])[];
  for (const side of pairs.flat()) requireInteger(operation, "padding", side, 0);
  return pairs.map(([before, after]) => [before, after]);
}

/** What other systems call a word of ours, in lower case. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  zeros: "constant",
  zero: "constant",
  fill: "constant",
  replicate: "edge",
  nearest: "edge",
  mirror: "reflect",
  symm: "symmetric",
  circular: "wrap",
};

/** One of a few words; the first is the default. */
export function resolveWord<W extends string>(
  operation: string,
  parameter: string,
  words: readonly [W, ...W[]],
  value: unknown,
): W {
  if (value === undefined) return words[0];
  if (words.includes(value as W)) return value as W;
  const known = words.map(describe);
  throw new RangeError(
    `${operation}: ${parameter} must be ${known.slice(0, -1).join(", ")} or ${known.at(-1)}, got ${describe(value)}` +
      adviceOn(value, words),
  );
}

/** `; did you mean "same"?`, if that can be told, or nothing. */
export function adviceOn(value: unknown, words: readonly string[]): string {
  if (typeof value !== "string") return "";
  const given = value.toLowerCase();
  const meant = words.find((word) => word === OTHER_WORDS[given] || word.toLowerCase() === given);
  return meant === undefined ? "" : `; did you mean ${describe(meant)}?`;
}

/** Throws unless `value` is a number of 0 or more. */
export function requireNotNegative(operation: string, parameter: string, value: unknown): void {
  if (typeof value !== "number") {
    throw new TypeError(`${operation}: ${parameter} must be a number, got ${describe(value)}`);
  }
  if (!(value >= 0)) throw new RangeError(`${operation}: ${parameter} must be a number of 0 or more, got ${value}`);
}

/** Throws unless `value` is an integer of `minimum` or more. */
export function requireInteger(operation: string, parameter: string, value: unknown, minimum: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${operation}: ${parameter} must be a number, got ${describe(value)}`);
  }
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new RangeError(`${operation}: ${parameter} must be an integer of ${minimum} or more, got ${value}`);
  }
}
