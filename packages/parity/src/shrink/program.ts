/**
 * A problem as a program for TensorFlow.js alone: what the convolution gives there, beside what is right and what an
 * implementation gave. It needs `@tensorflow/tfjs-core` and `@tensorflow/tfjs-backend-cpu`, and nothing of ours.
 *
 * It computes every kind of convolution by what TensorFlow.js has: the image is padded with `tf.pad`, or by cells that `tf.gather` shows, a dilated filter has
 * zeros between its taps, groups are split and put together again, a sequence is an image of one row; gradients follow
 * from the convolution being linear, cell by cell.
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  outputShapeOf,
  paddedSources,
  passOfConvolution,
  rankOf,
  reference,
  resolveCase,
  type SpatialCase,
  sizeOf,
} from "@corr2d/testkit";
import { printable } from "../render/escape.ts";

/** What the program is about. */
export interface ProgramParts {
  readonly convCase: SpatialCase;
  readonly pass: CasePass;
  readonly data: CaseData;
  /** Name of the implementation, and what it gave; undefined if it threw. */
  readonly algorithm: string;
  readonly given: ArrayLike<number> | undefined;
}

/** The text of the program, an ES module. */
export function tfjsProgram(parts: ProgramParts): string {
  if (parts.convCase.pool !== undefined) return poolProgram(parts);
  const { algorithm, given } = parts;
  const { convCase, pass, data, words = "" } = asConvolution(parts);
  const { inputShape, filterShape, strides, groups, layout } = convCase;
  const rank = rankOf(convCase);
  const { depth, height, width } = resolveCase(convCase);
  // A sequence is an image of one row.
  const axes = [depth, height, width].slice(-Math.max(rank, 2));
  const row = rank === 1 ? [1] : [];
  const [batch, ...rest] = inputShape;
  const channels = rest[rest.length - 1];
  const cells = rest.slice(0, -1);
  const shown = convCase.paddingMode === undefined ? [] : [...row.map(() => [0]), ...paddedSources(convCase)];
  const pads = axes.map(({ input, kernel, output, stride, dilation, before, after }, axis) => {
    const needed = (output - 1) * stride + (kernel - 1) * dilation + 1 - before - input;
    return shown[axis] === undefined ? [before, Math.max(0, needed)] : [0, Math.max(0, needed - after)];
  });
  const channelsFirst = layout === "channels first";
  const asStored = channelsFirst ? [batch, channels, ...row, ...cells] : [batch, ...row, ...cells, channels];
  const spatial = axes.map((_, i) => i);
  const [toLast, toFirst] = [
    `[0, ${spatial.map((i) => i + 2).join(", ")}, 1]`,
    `[0, ${axes.length + 1}, ${spatial.map((i) => i + 1).join(", ")}]`,
  ];
  const outputs = axes.map(({ output }) => output);
  const outChannels = filterShape[filterShape.length - 1];
  const dyShape = channelsFirst ? [batch, outChannels, ...outputs] : [batch, ...outputs, outChannels];
  const filterTaps = [...row, ...filterShape.slice(0, -2)];
  const convolution = axes.length === 3 ? "conv3d" : "conv2d";
  const stride = [...(rank === 1 ? [1] : []), ...strides];
  const truth = reference(parts.convCase, parts.pass, parts.data);
  return `// ${printable(parts.convCase.name)}: ${parts.pass}${words}
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";

tf.env().set("PROD", true); // no advice on the console
await tf.setBackend("cpu");
const x = tf.tensor(${numbers(data.x)}, ${JSON.stringify(asStored)});
const filter = tf.tensor(${numbers(data.filter)}, ${JSON.stringify([...filterTaps, ...filterShape.slice(-2)])});
const bias = tf.tensor1d(${convCase.bias && data.bias ? numbers(data.bias) : `Array(${outChannels}).fill(0)`});
${pass === "forward" ? "" : `const dy = tf.tensor(${numbers(data.dy)}, ${JSON.stringify(dyShape)});\n`}
// Zeros between the taps: [taps, …] becomes [(taps - 1) * dilation + 1, …] along one axis.
const dilate = (w, axis, dilation) => {
  const [before, taps, after] = [w.shape.slice(0, axis), w.shape[axis], w.shape.slice(axis + 1)];
  const inner = after.reduce((a, b) => a * b, 1);
  const spread = tf.pad(tf.reshape(w, [-1, 1, inner]), [[0, 0], [0, dilation - 1], [0, 0]]);
  const all = tf.reshape(spread, [...before, taps * dilation, ...after]);
  return tf.slice(all, all.shape.map(() => 0), [...before, (taps - 1) * dilation + 1, ...after]);
};
const convolve = (x, filter, bias) => {
  const inside = ${channelsFirst ? `tf.transpose(x, ${toLast})` : "x"};
  const last = ${JSON.stringify(shown)}.reduce((image, cells, axis) => tf.gather(image, cells, axis + 1), inside);
  const padded = tf.pad(last, ${JSON.stringify([[0, 0], ...pads, [0, 0]])});
  const spread = ${JSON.stringify(axes.map(({ dilation }) => dilation))}.reduce((w, dilation, axis) => dilate(w, axis, dilation), filter);
  const [images, filters] = [tf.split(padded, ${groups}, -1), tf.split(spread, ${groups}, -1)];
  const parts = images.map((image, g) => tf.${convolution}(image, filters[g], ${JSON.stringify(stride)}, "valid"));
  const y = tf.add(tf.concat(parts, -1), bias);
  return ${channelsFirst ? `tf.transpose(y, ${toFirst})` : "y"};
};
${pass === "forward" ? "" : GRADIENT}
const result = ${call(pass)}${addedBias(parts)};
console.log("tfjs     ", Array.from(result));
console.log("expected ", ${numbers(truth)});
console.log(${JSON.stringify(algorithm.padEnd(9))}, ${given === undefined ? '"an error"' : numbers(given)});
`;
}

/** Pooling is one call, and its gradient that of `tf.grad`. */
function poolProgram({ convCase, pass, data, algorithm, given }: ProgramParts): string {
  const { inputShape, filterShape, strides, dilations, padding, pool } = convCase;
  const rank = rankOf(convCase);
  const row = rank === 1 ? [1] : [];
  const name = `${pool === "max" ? "max" : "avg"}Pool${rank === 3 ? "3d" : ""}`;
  const inRows = ([batch, ...rest]: readonly number[]): string => JSON.stringify([batch, ...row, ...rest]);
  const pairs = typeof padding === "number" ? strides.map(() => [padding, padding]) : padding;
  const pad = typeof pairs === "string" ? pairs : [[0, 0], ...row.map(() => [0, 0]), ...pairs, [0, 0]];
  const dilated = dilations.some((dilation) => dilation > 1) ? " // TensorFlow.js pools without dilation" : "";
  return `// ${printable(convCase.name)}: ${pass}
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";

await tf.setBackend("cpu");
const x = tf.tensor(${numbers(data.x)}, ${inRows(inputShape)});
const pool = (image) => tf.${name}(image, ${JSON.stringify([...row, ...filterShape.slice(0, rank)])}, ${JSON.stringify([...row, ...strides])}, ${JSON.stringify(pad)});${dilated}
const result = ${pass === "forward" ? "pool(x)" : `tf.grad(pool)(x, tf.tensor(${numbers(data.dy)}, ${inRows(outputShapeOf(convCase))}))`};
console.log("tfjs     ", Array.from(result.dataSync()));
console.log("expected ", ${numbers(reference(convCase, pass, data))});
console.log(${JSON.stringify(algorithm.padEnd(9))}, ${given === undefined ? '"an error"' : numbers(given)});
`;
}

/** A transposed convolution is computed by the convolution that leads back; its bias gradient by any with its output. */
function asConvolution(
  parts: ProgramParts,
): Pick<ProgramParts, "convCase" | "pass" | "data"> & { readonly words?: string } {
  const { convCase, pass, data } = parts;
  if (convCase.transposed === undefined) return parts;
  const back = passOfConvolution(convCase, pass, data);
  if (back !== undefined) return { ...back, words: `, which is the ${back.pass} of the convolution that leads back` };
  const { transposed: _, ...usual } = convCase;
  const inputShape = outputShapeOf(convCase);
  const channels = inputShape.at(-1)!;
  const filterShape = [...convCase.strides.map(() => 1), channels, channels];
  const [strides, dilations] = [convCase.strides.map(() => 1), convCase.strides.map(() => 1)];
  const pointwise = { inputShape, filterShape, strides, dilations, padding: "valid", groups: 1, bias: false } as const;
  const zeros = (shape: readonly number[]): Float32Array => new Float32Array(sizeOf(shape));
  return {
    convCase: { ...usual, ...pointwise },
    pass,
    data: { x: zeros(inputShape), filter: zeros(filterShape), bias: undefined, dy: data.dy },
  };
}

/** What a gradient does not add: the bias of a transposed convolution, channel by channel. */
function addedBias({ convCase, pass, data: { bias } }: ProgramParts): string {
  if (convCase.transposed === undefined || pass !== "forward" || bias === undefined) return "";
  const cells = sizeOf(outputShapeOf(convCase).slice(1, -1));
  const channel =
    convCase.layout === "channels first" ? `Math.floor(i / ${cells}) % ${bias.length}` : `i % ${bias.length}`;
  return `.map((sum, i) => sum + ${numbers(bias)}[${channel}])`;
}

/** The expression of the result, an array. */
function call(pass: CasePass): string {
  if (pass === "forward") return "await convolve(x, filter, bias).data()";
  const one = {
    inputGradient: "gradient(x, (unit) => convolve(unit, filter, tf.zerosLike(bias)))",
    filterGradient: "gradient(filter, (unit) => convolve(x, unit, tf.zerosLike(bias)))",
    biasGradient: "gradient(bias, (unit) => convolve(tf.zerosLike(x), filter, unit))",
  };
  return one[pass];
}

/** The convolution is linear in each argument, so a gradient is the product of dy with what each unit vector becomes. */
const GRADIENT = `
// The convolution is linear: its gradient by one cell is the product of dy with what a 1 in that cell becomes.
const gradient = (of, f) =>
  Array.from({ length: of.size }, (_, cell) => {
    const unit = tf.tensor(Array.from({ length: of.size }, (_, i) => (i === cell ? 1 : 0)), of.shape);
    const y = f(unit);
    const products = tf.where(tf.equal(y, 0), tf.zerosLike(y), tf.mul(dy, y));
    return tf.sum(products).dataSync()[0];
  });
`;

/** An array literal; JSON has no word for NaN and ±Inf, JavaScript has. */
function numbers(values: ArrayLike<number>): string {
  return `[${Array.from(values, String).join(", ")}]`;
}
