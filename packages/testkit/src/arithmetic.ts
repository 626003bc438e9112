/**
 * What follows from the shapes of a case alone: output sizes and explicit paddings. Written from the definition and shared with no implementation, so that a mistake
 * in one's geometry cannot hide in the other's.
 *
 * The definition, along one axis: output cell i looks at input cells h = i·stride + a·dilation − before for the taps
 * a = 0 … kernel − 1. The outputs are all i ≥ 0 whose last tap still lies in the padded image; rounding up adds the one
 * whose last taps lie past it. Axes that a case lacks have one cell and one tap.
 *
 * @module
 */

import { type CasePass, type ConvCase, rankOf, type SpatialCase } from "./case.ts";
import { seesCells } from "./pooled.ts";
import { convolutionOf } from "./transposed.ts";

/** One axis of a case, in plain numbers. */
export interface ResolvedAxis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly dilation: number;
  /** Cells added before the image … */
  readonly before: number;
  /** … and after it. */
  readonly after: number;
}

/** A case in plain numbers: no rule of padding left to interpret. */
export interface ResolvedCase {
  readonly batch: number;
  readonly depth: ResolvedAxis;
  readonly height: ResolvedAxis;
  readonly width: ResolvedAxis;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  /** `inChannels / groups`. */
  readonly groupInChannels: number;
  /** `outChannels / groups`. */
  readonly groupOutChannels: number;
}

const AXIS_NAMES = ["depth", "height", "width"] as const;

/** An axis along which nothing happens. */
const UNIT_AXIS: ResolvedAxis = { input: 1, kernel: 1, output: 1, stride: 1, dilation: 1, before: 0, after: 0 };

/**
 * Resolves the padding of a case and the size of its output; of a transposed convolution, those of the convolution that leads back.
 *
 * @throws RangeError if no convolution can have these shapes: other than one to three spatial axes, shapes of unequal rank,
 *   a size, stride, dilation or number of groups that is not a positive integer (the batch may be 0), a negative padding,
 *   channels that do not fit the groups or the filter, a kernel that reaches past the padded image, more output padding than
 *   the stride leaves room for.
 */
export function resolveCase(convCase: SpatialCase): ResolvedCase {
  if (convCase.transposed !== undefined) return resolveTransposed(convCase, convCase.transposed.outputPadding);
  const { inputShape, filterShape, strides, dilations, groups, padding, rounding = "floor" } = convCase;
  const refuse = (what: string): never => {
    throw new RangeError(`case "${convCase.name}": ${what}`);
  };
  const rank = rankOf(convCase);
  const perAxis = [strides, dilations, ...(typeof padding === "object" ? [padding] : [])];
  if (![1, 2, 3].includes(rank) || filterShape.length !== rank + 2 || perAxis.some(({ length }) => length !== rank)) {
    refuse(
      `shapes must have one to three spatial axes, the same in all, got input [${inputShape}], filter [${filterShape}], ` +
        `strides [${strides}], dilations [${dilations}], padding ${JSON.stringify(padding)}`,
    );
  }
  const [batch, inChannels] = [inputShape[0], inputShape[rank + 1]];
  const [groupInChannels, outChannels] = filterShape.slice(rank);
  const positive = [...inputShape.slice(1), ...filterShape, ...strides, ...dilations, groups];
  if (!positive.every((value) => Number.isSafeInteger(value) && value >= 1)) {
    refuse(
      `sizes, strides, dilations and groups must be integers of 1 or more, got input [${inputShape}], ` +
        `filter [${filterShape}], strides [${strides}], dilations [${dilations}], groups ${groups}`,
    );
  }
  if (!Number.isSafeInteger(batch) || batch < 0) refuse(`batch must be an integer of 0 or more, got ${batch}`);
  if (inChannels !== groupInChannels * groups) {
    refuse(
      `${groups} groups of ${groupInChannels} filter channels need ${groupInChannels * groups} input channels, got ${inChannels}`,
    );
  }
  if (convCase.pool !== undefined && (groupInChannels !== 1 || outChannels !== inChannels || convCase.bias)) {
    refuse(`pooling has one window for each of ${inChannels} channels and no bias, got filter [${filterShape}]`);
  }
  if (convCase.pool !== undefined && !seesCells(convCase)) refuse("a window would see nothing but padding");
  if (outChannels % groups !== 0) refuse(`${outChannels} output channels do not fall into ${groups} equal groups`);

  const axis = (name: (typeof AXIS_NAMES)[number]): ResolvedAxis => {
    const index = AXIS_NAMES.indexOf(name) - (AXIS_NAMES.length - rank);
    if (index < 0) return UNIT_AXIS;
    const [input, kernel] = [inputShape[index + 1], filterShape[index]];
    const [stride, dilation] = [strides[index], dilations[index]];
    const reach = (kernel - 1) * dilation + 1;
    const [before, after] = explicitPadding(padding, index, input, reach, stride);
    if (![before, after].every((cells) => Number.isSafeInteger(cells) && cells >= 0)) {
      refuse(`${name} padding must be integers of 0 or more, got [${before}, ${after}]`);
    }
    const lastStart = before + input + after - reach;
    if (lastStart < 0) refuse(`a kernel reaching over ${reach} cells exceeds the padded ${name} ${lastStart + reach}`);
    const round = padding === "same" ? Math.floor : Math[rounding];
    return { input, kernel, output: round(lastStart / stride) + 1, stride, dilation, before, after };
  };
  return {
    batch,
    depth: axis("depth"),
    height: axis("height"),
    width: axis("width"),
    inChannels,
    outChannels,
    groups,
    groupInChannels,
    groupOutChannels: outChannels / groups,
  };
}

function resolveTransposed(convCase: SpatialCase, outputPadding: readonly number[]): ResolvedCase {
  const { name, inputShape, strides, rounding = "floor", paddingMode } = convCase;
  const refuse = (what: string): never => {
    throw new RangeError(`case "${name}": ${what}`);
  };
  if (paddingMode !== undefined)
    refuse(`a transposed convolution has no padding to show anything, got "${paddingMode}"`);
  const isFit = (cells: number, axis: number): boolean =>
    Number.isSafeInteger(cells) && cells >= 0 && cells < strides[axis];
  if (outputPadding.length !== strides.length || !outputPadding.every(isFit) || rounding !== "floor") {
    refuse(
      `a transposed convolution needs an output padding of 0 to stride − 1 for each axis and no rounding, got ` +
        `[${outputPadding}] for strides [${strides}], ${rounding}`,
    );
  }
  const { transposed: _, ...back } = convolutionOf(convCase);
  const resolved = resolveCase(back);
  const axes = [resolved.depth, resolved.height, resolved.width].slice(-rankOf(convCase));
  const outputs = [...axes.map(({ output }) => output), resolved.outChannels];
  if (String(outputs) !== String(inputShape.slice(1))) {
    refuse(
      `no convolution leads back to [${inputShape.slice(1)}]: it would give [${outputs}]; the filter must end with the input ` +
        `channels, and "same" takes no output padding`,
    );
  }
  if (convCase.padding === "same" && outputPadding.some((cells) => cells > 0)) refuse('"same" takes no output padding');
  return resolved;
}

/**
 * Cells before and after the image along one axis. "same" wants an output for every stride-th input cell, and puts the
 * odd cell after the image (TensorFlow, tf.nn, "Notes on padding", where the two cases are told apart like this).
 */
function explicitPadding(
  padding: SpatialCase["padding"],
  index: number,
  input: number,
  reach: number,
  stride: number,
): readonly [before: number, after: number] {
  if (padding === "valid") return [0, 0];
  if (typeof padding === "number") return [padding, padding];
  if (padding !== "same") return padding[index];
  const uncovered = input % stride;
  const total = Math.max(0, reach - (uncovered === 0 ? stride : uncovered));
  return [total >> 1, (total + 1) >> 1];
}

/** Shape of the output, channels last: NHWC for two axes. */
export function outputShapeOf(
  convCase: ConvCase,
): readonly [batch: number, height: number, width: number, channels: number];
export function outputShapeOf(convCase: SpatialCase): readonly number[];
export function outputShapeOf(convCase: SpatialCase): readonly number[] {
  if (convCase.transposed !== undefined) {
    resolveCase(convCase);
    return convolutionOf(convCase).inputShape;
  }
  const { batch, depth, height, width, outChannels } = resolveCase(convCase);
  const cells = [depth, height, width].slice(-rankOf(convCase)).map(({ output }) => output);
  return [batch, ...cells, outChannels];
}

/** Shape of what a pass computes: output or input (channels last), filter (HWIO) or bias. */
export function resultShapeOf(convCase: SpatialCase, pass: CasePass): readonly number[] {
  switch (pass) {
    case "forward":
      return outputShapeOf(convCase);
    case "inputGradient":
      return convCase.inputShape;
    case "filterGradient":
      return convCase.filterShape;
    case "biasGradient":
      return convCase.transposed === undefined ? convCase.filterShape.slice(-1) : outputShapeOf(convCase).slice(-1);
  }
}

/** Number of elements of a dense array. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** The same case for another number of images, with the number in its name. */
export function withBatch<C extends ConvCase>(convCase: C, batch: number): C {
  const [, height, width, channels] = convCase.inputShape;
  return { ...convCase, name: `${convCase.name} ×${batch}`, inputShape: [batch, height, width, channels] };
}

/** A case in one line, such as `1×8×8×4 ∗ 3×3×4×8, stride 2×2, same, bias`; what is as usual is left out. */
export function describeCase(convCase: Omit<SpatialCase, "name">): string {
  const {
    inputShape,
    filterShape,
    strides,
    dilations,
    padding,
    groups,
    bias,
    layout,
    rounding,
    transposed,
    paddingMode,
    pool,
  } = convCase;
  const parts = [`${inputShape.join("×")} ∗ ${filterShape.join("×")}`];
  if (strides.some((stride) => stride !== 1)) parts.push(`stride ${strides.join("×")}`);
  if (dilations.some((dilation) => dilation !== 1)) parts.push(`dilation ${dilations.join("×")}`);
  if (padding !== "valid") parts.push(padding === "same" ? padding : `padding ${JSON.stringify(padding)}`);
  if (paddingMode !== undefined) parts.push(paddingMode);
  if (pool !== undefined) parts.push(`${pool} pool`);
  else if (groups !== 1) parts.push(`${groups} groups`);
  if (transposed !== undefined) {
    const { outputPadding } = transposed;
    const isPadded = outputPadding.some((cells) => cells > 0);
    parts.push(isPadded ? `transposed, output padding ${outputPadding.join("×")}` : "transposed");
  }
  if (bias) parts.push("bias");
  if (layout === "channels first") parts.push(layout);
  if (rounding !== undefined && rounding !== "floor") parts.push(rounding);
  return parts.join(", ");
}
