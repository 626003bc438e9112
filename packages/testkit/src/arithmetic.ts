/**
 * What follows from the shapes of a case alone: output sizes, explicit paddings, how many products each result element
 * sums, and how much work it all is. Written from the definition and shared with no implementation, so that a mistake
 * in one's geometry cannot hide in the other's.
 *
 * The definition, along one axis: output cell i looks at input cells h = i·stride + a·dilation − before for the taps
 * a = 0 … kernel − 1. The outputs are all i ≥ 0 whose last tap still lies in the padded image.
 *
 * @module
 */

import type { CasePass, ConvCase } from "./case.ts";

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

/**
 * Resolves the padding of a case and the size of its output.
 *
 * @throws RangeError if no convolution can have these shapes: a size, stride, dilation or number of groups that is not a
 *   positive integer (the batch may be 0), a negative padding, channels that do not fit the groups or the filter, a
 *   kernel that reaches past the padded image.
 */
export function resolveCase(convCase: ConvCase): ResolvedCase {
  const { inputShape, filterShape, strides, dilations, groups } = convCase;
  const [batch, , , inChannels] = inputShape;
  const [, , groupInChannels, outChannels] = filterShape;
  const refuse = (what: string): never => {
    throw new RangeError(`case "${convCase.name}": ${what}`);
  };
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
  if (outChannels % groups !== 0) refuse(`${outChannels} output channels do not fall into ${groups} equal groups`);

  const axis = (name: "height" | "width", index: 0 | 1): ResolvedAxis => {
    const [input, kernel] = [inputShape[index + 1], filterShape[index]];
    const [stride, dilation] = [strides[index], dilations[index]];
    const reach = (kernel - 1) * dilation + 1;
    const [before, after] = explicitPadding(convCase.padding, index, input, reach, stride);
    if (![before, after].every((cells) => Number.isSafeInteger(cells) && cells >= 0)) {
      refuse(`${name} padding must be integers of 0 or more, got [${before}, ${after}]`);
    }
    const lastStart = before + input + after - reach;
    if (lastStart < 0) refuse(`a kernel reaching over ${reach} cells exceeds the padded ${name} ${lastStart + reach}`);
    return { input, kernel, output: Math.floor(lastStart / stride) + 1, stride, dilation, before, after };
  };
  return {
    batch,
    height: axis("height", 0),
    width: axis("width", 1),
    inChannels,
    outChannels,
    groups,
    groupInChannels,
    groupOutChannels: outChannels / groups,
  };
}

/**
 * Cells before and after the image along one axis. "same" wants an output for every stride-th input cell, and puts the
 * odd cell after the image (TensorFlow, tf.nn, "Notes on padding", where the two cases are told apart like this).
 */
function explicitPadding(
  padding: ConvCase["padding"],
  index: 0 | 1,
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

/** Shape of the output, NHWC. */
export function outputShapeOf(
  convCase: ConvCase,
): readonly [batch: number, height: number, width: number, channels: number] {
  const { batch, height, width, outChannels } = resolveCase(convCase);
  return [batch, height.output, width.output, outChannels];
}

/** Shape of what a pass computes: output (NHWC), input (NHWC), filter (HWIO) or bias. */
export function resultShapeOf(convCase: ConvCase, pass: CasePass): readonly number[] {
  switch (pass) {
    case "forward":
      return outputShapeOf(convCase);
    case "inputGradient":
      return convCase.inputShape;
    case "filterGradient":
      return convCase.filterShape;
    case "biasGradient":
      return [convCase.filterShape[3]];
  }
}

/** Number of elements of a dense array. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/**
 * The largest number of products that one element of the result sums (the bias not counted). For the input gradient an
 * input cell is reached only by taps of one residue: h + before ≡ a·dilation (mod stride) has a solution for at most
 * every (stride / gcd(stride, dilation))-th tap a.
 */
export function termsOf(convCase: ConvCase, pass: CasePass): number {
  const { batch, height, width, groupInChannels, groupOutChannels } = resolveCase(convCase);
  switch (pass) {
    case "forward":
      return height.kernel * width.kernel * groupInChannels;
    case "inputGradient":
      return tapsReachingOneCell(height) * tapsReachingOneCell(width) * groupOutChannels;
    case "filterGradient":
    case "biasGradient":
      return batch * height.output * width.output;
  }
}

function tapsReachingOneCell({ kernel, stride, dilation, output }: ResolvedAxis): number {
  const period = stride / greatestCommonDivisor(stride, dilation);
  return Math.min(output, Math.ceil(kernel / period));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Multiplications of the forward pass, those with padding counted: N·outH·outW·kh·kw·(inC / groups)·outC. */
export function multiplyAddsOf(convCase: ConvCase): number {
  return sizeOf(outputShapeOf(convCase)) * termsOf(convCase, "forward");
}

/** Floating-point operations of the forward pass, and of each of the two large gradients: two per multiply-add. */
export function flopsOf(convCase: ConvCase): number {
  return 2 * multiplyAddsOf(convCase);
}

/** The same case for another number of images, with the number in its name. */
export function withBatch<C extends ConvCase>(convCase: C, batch: number): C {
  const [, height, width, channels] = convCase.inputShape;
  return { ...convCase, name: `${convCase.name} ×${batch}`, inputShape: [batch, height, width, channels] };
}

/** A case in one line, such as `1×8×8×4 ∗ 3×3×4×8, stride 2×2, same, bias`; what is as usual is left out. */
export function describeCase({ inputShape, filterShape, strides, dilations, padding, groups, bias }: ConvCase): string {
  const parts = [`${inputShape.join("×")} ∗ ${filterShape.join("×")}`];
  if (strides.some((stride) => stride !== 1)) parts.push(`stride ${strides.join("×")}`);
  if (dilations.some((dilation) => dilation !== 1)) parts.push(`dilation ${dilations.join("×")}`);
  if (padding !== "valid") parts.push(padding === "same" ? padding : `padding ${JSON.stringify(padding)}`);
  if (groups !== 1) parts.push(`${groups} groups`);
  if (bias) parts.push("bias");
  return parts.join(", ");
}
