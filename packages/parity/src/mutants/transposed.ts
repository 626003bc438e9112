/**
 * Mistakes of transposed convolutions: what is taken for the convolution that leads back, or for another padding, and outputs that
 * meet.
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  convolutionOf,
  outputShapeOf,
  resolveCase,
  type SpatialCase,
  sizeOf,
} from "@corr2d/testkit";
import { type Reach, USUAL_REACH } from "../adapter.ts";
import { type Asked, type Mutant, ofResult, right } from "./mutant.ts";

const REACH: Reach = { ...USUAL_REACH, operations: ["transposed"] };

function transposed(
  id: string,
  what: string,
  change: (y: Float32Array, asked: Asked) => Float32Array,
  passes: readonly CasePass[] = ["forward"],
): Mutant {
  const about = { id: `transposed-${id}`, what: `transposed: ${what}`, kind: "option" as const };
  return ofResult(about, change, (_, __, pass) => passes.includes(pass), REACH);
}

/** Computes another case, where it has the same shapes. */
function as(convCase: SpatialCase, { pass, data }: Asked, y: Float32Array): Float32Array {
  try {
    return sizeOf(outputShapeOf(convCase)) === data.dy.length ? right(convCase, pass, data) : y;
  } catch {
    return y;
  }
}

/** With the filter turned about its middle. */
function flipped({ filter, ...data }: CaseData, { filterShape }: SpatialCase): CaseData {
  const pixel = filterShape.at(-2)! * filterShape.at(-1)!;
  const taps = filter.length / pixel;
  const turned = Float32Array.from(filter, (_, i) => filter[(taps - 1 - Math.floor(i / pixel)) * pixel + (i % pixel)]!);
  return { ...data, filter: turned };
}

const pairsOf = (convCase: SpatialCase): readonly (readonly [number, number])[] => {
  const { height, width } = resolveCase(convCase);
  return [height, width].map(({ before, after }) => [before, after] as const);
};

export const TRANSPOSED_MUTANTS: readonly Mutant[] = [
  transposed("output-padding-before", "output padding put before the output", (y, { convCase }) => {
    const [, height, ...rest] = outputShapeOf(convCase) as readonly [number, number, ...number[]];
    const [rows] = convCase.transposed!.outputPadding as readonly [number, number];
    const row = sizeOf(rest);
    return y.map((_, i) => (Math.floor(i / row) % height < rows ? 0 : y[i - rows * row]!));
  }),
  transposed(
    "output-padding-empty",
    "what output padding adds is empty, though the kernel reaches it",
    (y, { convCase }) => {
      const outputs = outputShapeOf(convCase);
      const [, height, width, channels] = outputs as readonly [number, number, number, number];
      const [addedRows, addedColumns] = convCase.transposed!.outputPadding as readonly [number, number];
      return y.map((value, i) => {
        const cell = Math.floor(i / channels);
        const isAdded = Math.floor(cell / width) % height >= height - addedRows || cell % width >= width - addedColumns;
        return isAdded ? 0 : value;
      });
    },
  ),
  transposed("padding-sides", "padding before and after an axis exchanged", (y, asked) => {
    const padding = pairsOf(asked.convCase).map(([before, after]) => [after, before] as const);
    return as({ ...asked.convCase, padding }, asked, y);
  }),
  transposed("filter-flipped", "the kernel is turned, as for a convolution of a stretched image", (_, asked) =>
    right(asked.convCase, asked.pass, flipped(asked.data, asked.convCase)),
  ),
  transposed(
    "overlaps-overwritten",
    "outputs that meet are the largest of them, not their sum",
    (y, { convCase, data }) => {
      const back = convolutionOf(convCase);
      const each = Array.from(data.x, (_, i) => data.x.map((value, j) => (i === j ? value : 0)));
      if (each.length > 64) return y;
      const parts = each.map((dy) => right(back, "inputGradient", { ...data, x: y, dy }));
      return y.map((_, i) => Math.max(...parts.map((part) => part[i]!)));
    },
  ),
  transposed("bias-of-inputs", "the bias is left out where no tap reaches", (y, { data: { bias } }) => {
    if (bias === undefined) return y;
    return y.map((value, i) => (value === bias[i % bias.length] ? 0 : value));
  }),
  transposed("groups-as-one", "the filters of all groups are those of the first", (_, { convCase, pass, data }) => {
    const { filterShape, groups } = convCase;
    const channels = filterShape.at(-1)!;
    const ofFirst = data.filter.map(
      (_weight, i) => data.filter[i - (i % channels) + ((i % channels) % (channels / groups))]!,
    );
    return right(convCase, pass, { ...data, filter: ofFirst });
  }),
  transposed(
    "strided-past-kernel",
    "the last row is lost where strides are past the kernel",
    (y, { convCase }) => {
      const { strides, filterShape } = convCase;
      return strides[0]! > filterShape[0]! ? y.with(-1, y.at(-1)! + 1) : y;
    },
    ["forward", "inputGradient"],
  ),
  transposed(
    "last-tap-of-large-kernels",
    "the last tap of kernels past 7 has no gradient",
    (y, { sizes }) => (sizes.kernel > 7 ? y.with(-1, 0) : y),
    ["filterGradient"],
  ),
  transposed(
    "bias-gradient-of-inputs",
    "the bias gradient is that of one output less",
    (y, { data: { dy } }) => y.map((sum, i) => sum - dy[i]!),
    ["biasGradient"],
  ),
];
