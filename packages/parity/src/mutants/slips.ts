/**
 * Slips of the pen: mistakes in geometry, terms, arithmetic and results, each small, each in its own joint of direct.ts,
 * wrong whatever the size.
 *
 * @module
 */

import type { CasePass, ResolvedAxis } from "@corr2d/testkit";
import type { Joints, Term } from "./direct.ts";

/** A mistake in the loops. */
export interface Slip {
  readonly id: string;
  readonly what: string;
  readonly joints: Joints;
}

const fround = Math.fround;
const GRADIENTS: readonly CasePass[] = ["inputGradient", "filterGradient"];

/** All axes changed alike. */
function everyAxis(change: (axis: ResolvedAxis) => Partial<ResolvedAxis>): Joints {
  return { axes: (axes) => axes.map((axis) => ({ ...axis, ...change(axis) })) };
}

/** The numbers of height and width exchanged. */
function exchanged(...names: readonly (keyof ResolvedAxis)[]): Joints {
  return {
    axes: ([depth, height, width]) => {
      const from = (other: ResolvedAxis): Partial<ResolvedAxis> =>
        Object.fromEntries(names.map((name) => [name, other[name]]));
      return [depth, { ...height, ...from(width) }, { ...width, ...from(height) }];
    },
  };
}

/** Other terms in certain passes. */
function terms(
  change: (term: Term, resolved: Parameters<NonNullable<Joints["tap"]>>[1]) => Term | undefined,
  passes: readonly CasePass[] = ["forward", ...GRADIENTS],
): Joints {
  return { tap: (term, resolved, pass) => (passes.includes(pass) ? change(term, resolved) : term) };
}

/** A value with a significand of a number of bits, as float16 (11), bfloat16 (8) and TF32 (11) have. */
export function withBits(value: number, bits: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1);
  return Math.round(value / unit) * unit;
}

function flipped({ tap }: Term, { depth, height, width }: Parameters<NonNullable<Joints["tap"]>>[1]): number[] {
  return [depth, height, width].map(({ kernel }, axis) => kernel - 1 - tap[axis]);
}

/** The slips, by the joint they sit in: geometry, terms, arithmetic, result. */
export const SLIPS: readonly Slip[] = [
  {
    id: "padding-off-by-one",
    what: "one cell more before the image",
    joints: everyAxis(({ before }) => ({ before: before + 1 })),
  },
  {
    id: "padding-exchanged",
    what: "the cells after the image put before it: the odd cell of `same` on the wrong side",
    joints: everyAxis(({ before, after }) => ({ before: after, after: before })),
  },
  { id: "padding-ignored", what: "no padding at all", joints: everyAxis(() => ({ before: 0 })) },
  { id: "padding-swapped-axes", what: "the padding of height taken for that of width", joints: exchanged("before") },
  {
    id: "padding-twice",
    what: "padding before the image counted twice",
    joints: everyAxis(({ before }) => ({ before: 2 * before })),
  },
  { id: "strides-swapped", what: "the strides of height and width exchanged", joints: exchanged("stride") },
  { id: "stride-ignored", what: "stride 1, whatever was asked", joints: everyAxis(() => ({ stride: 1 })) },
  {
    id: "stride-of-height",
    what: "the stride of height used for width too",
    joints: { axes: ([d, h, w]) => [d, h, { ...w, stride: h.stride }] },
  },
  { id: "dilations-swapped", what: "the dilations of height and width exchanged", joints: exchanged("dilation") },
  { id: "dilation-ignored", what: "dilation 1, whatever was asked", joints: everyAxis(() => ({ dilation: 1 })) },
  {
    id: "dilation-off-by-one",
    what: "dilation taken for the number of zeros between taps",
    joints: everyAxis(({ dilation }) => ({ dilation: dilation > 1 ? dilation + 1 : 1 })),
  },
  {
    id: "dilation-ignored-in-gradient",
    what: "gradients of a convolution that is not dilated",
    joints: {
      axes: (axes, pass) => (GRADIENTS.includes(pass) ? axes.map((axis) => ({ ...axis, dilation: 1 })) : axes),
    },
  },
  {
    id: "rounding-ignored",
    what: "outputs that rounding up adds are left out",
    joints: everyAxis(({ input, before, after, kernel, dilation, stride }) => ({
      output: Math.floor((before + input + after - (kernel - 1) * dilation - 1) / stride) + 1,
    })),
  },
  {
    id: "kernel-flipped",
    what: "true convolution in the place of cross-correlation",
    joints: terms((t, r) => ({ ...t, tap: flipped(t, r) })),
  },
  {
    id: "kernel-unflipped-in-gradient",
    what: "the input gradient correlates with the kernel instead of its flip",
    joints: terms((t, r) => ({ ...t, tap: flipped(t, r) }), ["inputGradient"]),
  },
  {
    id: "kernel-transposed",
    what: "rows and columns of a square kernel exchanged",
    joints: terms((t, { height, width }) =>
      height.kernel === width.kernel ? { ...t, tap: [t.tap[0], t.tap[2], t.tap[1]] } : t,
    ),
  },
  {
    id: "first-tap-dropped",
    what: "the loop over taps begins at 1",
    joints: terms((t) => (t.tap.every((tap) => tap === 0) ? undefined : t)),
  },
  {
    id: "last-tap-dropped",
    what: "the loop over columns of the kernel ends one early",
    joints: terms((t, { width }) => (width.kernel > 1 && t.tap[2] === width.kernel - 1 ? undefined : t)),
  },
  {
    id: "last-channel-skipped",
    what: "the remainder of channels modulo 4 is not computed",
    joints: terms((t, { groupInChannels }) =>
      t.c >= groupInChannels - (groupInChannels % 4) && groupInChannels > 4 ? undefined : t,
    ),
  },
  {
    id: "last-row-skipped",
    what: "the last row of outputs is not computed",
    joints: terms((t, { height }) => (height.output > 1 && t.output[1] === height.output - 1 ? undefined : t)),
  },
  {
    id: "last-image-row-skipped",
    what: "the last row of the image is taken for padding",
    joints: terms((t, { height }) => (height.input > 1 && t.input[1] === height.input - 1 ? undefined : t)),
  },
  {
    id: "wrong-group",
    what: "every group reads the channels of the first",
    joints: terms((t) => ({ ...t, channel: t.c })),
  },
  {
    id: "next-group",
    what: "every group reads the channels of the next",
    joints: terms((t, { groupInChannels, inChannels }) => ({
      ...t,
      channel: (t.channel + groupInChannels) % inChannels,
    })),
  },
  {
    id: "groups-interleaved",
    what: "channels dealt out to groups in turn instead of in blocks",
    joints: terms((t, { groups, groupOutChannels }) => ({
      ...t,
      channel: t.c * groups + Math.floor(t.o / groupOutChannels),
    })),
  },
  { id: "batch-offset", what: "every image of a batch reads the first", joints: terms((t) => ({ ...t, image: 0 })) },
  {
    id: "batch-offset-in-gradient",
    what: "the filter gradient forgets all images but the first",
    joints: terms((t) => (t.image === 0 ? t : undefined), ["filterGradient"]),
  },
  {
    id: "bias-twice",
    what: "the bias added twice",
    joints: { finish: (sum, bias) => fround(fround(sum + bias) + bias) },
  },
  { id: "bias-forgotten", what: "no bias", joints: { finish: (sum) => sum } },
  {
    id: "bias-of-first-channel",
    what: "the bias shifted by one channel",
    joints: {
      result(y, { bias, filterShape }, pass) {
        const channels = filterShape[filterShape.length - 1];
        return pass === "forward" && bias && channels > 1
          ? y.map((_, i) => y[i - (i % channels) + ((i + 1) % channels)])
          : y;
      },
    },
  },
  {
    id: "layout-ignored",
    what: "channels first answered with channels last",
    joints: {
      result: (y, { layout, inputShape, filterShape }, pass) => {
        const channels = pass === "forward" ? filterShape[filterShape.length - 1] : inputShape[inputShape.length - 1];
        if (layout !== "channels first" || (pass !== "forward" && pass !== "inputGradient")) return y;
        const cells = y.length / (channels * Math.max(1, inputShape[0]));
        return y.map((_, i) => {
          const [image, rest] = [Math.floor(i / (channels * cells)), i % (channels * cells)];
          return y[image * channels * cells + (rest % channels) * cells + Math.floor(rest / channels)];
        });
      },
    },
  },
  {
    id: "float16-accumulation",
    what: "sums kept in float16",
    joints: { add: (sum, product) => withBits(sum + product, 11) },
  },
  {
    id: "bfloat16-products",
    what: "factors rounded to bfloat16",
    joints: { product: (a, b) => fround(withBits(a, 8) * withBits(b, 8)) },
  },
  {
    id: "tf32-products",
    what: "factors rounded to TF32",
    joints: { product: (a, b) => fround(withBits(a, 11) * withBits(b, 11)) },
  },
  {
    id: "products-of-20-bits",
    what: "products with four bits too few",
    joints: { product: (a, b) => withBits(a * b, 20) },
  },
  {
    id: "products-of-22-bits",
    what: "products with two bits too few",
    joints: { product: (a, b) => withBits(a * b, 22) },
  },
  {
    id: "sum-truncated",
    what: "sums cut off instead of rounded, at 21 bits",
    joints: { add: (sum, product) => truncated(sum + product, 21) },
  },
  {
    id: "small-products-dropped",
    what: "products below 2⁻²⁰ taken for 0",
    joints: { product: (a, b) => (Math.abs(a * b) < 2 ** -20 ? 0 : fround(a * b)) },
  },
  {
    id: "subnormals-flushed",
    what: "results below 2⁻¹²⁶ taken for 0",
    joints: { result: (y) => y.map((value) => (Math.abs(value) < 2 ** -126 ? 0 : value)) },
  },
  {
    id: "overflow-clamped",
    what: "values beyond 2⁹⁰ clamped",
    joints: {
      result: (y) =>
        y.map((value) => (Number.isFinite(value) ? Math.max(-(2 ** 90), Math.min(2 ** 90, value)) : value)),
    },
  },
  {
    id: "integer-accumulation",
    what: "products rounded to 8 binary places, as fixed point would",
    joints: { product: (a, b) => fround(Math.round(a * b * 256) / 256) },
  },
  {
    id: "nan-as-zero",
    what: "a NaN answered as 0",
    joints: { result: (y) => y.map((value) => (Number.isNaN(value) ? 0 : value)) },
  },
  {
    id: "infinity-as-largest",
    what: "an infinity answered as the largest float32",
    joints: {
      result: (y) =>
        y.map((value) =>
          Math.abs(value) === Number.POSITIVE_INFINITY ? Math.sign(value) * 3.4028234663852886e38 : value,
        ),
    },
  },
  {
    id: "relative-error-4u",
    what: "every result off by four units of rounding",
    joints: { result: (y) => y.map((value) => fround(value * (1 + 2 ** -22))) },
  },
  {
    id: "magnitude-instead-of-value",
    what: "negative results made positive",
    joints: { result: (y) => y.map(Math.abs) },
  },
  {
    id: "sums-of-23-bits",
    what: "sums with one bit too few",
    joints: { add: (sum, product) => withBits(sum + product, 23) },
  },
  {
    id: "padding-ignored-when-dilated",
    what: "padding forgotten where there is dilation",
    joints: everyAxis(({ before, dilation }) => ({ before: dilation > 1 ? 0 : before })),
  },
  {
    id: "stride-of-width-in-groups",
    what: "a grouped convolution finds its rows by the stride of the width",
    joints: terms((t, { groups, height, width }) => {
      const row = t.output[1] * width.stride + t.tap[1] * height.dilation - height.before;
      if (groups === 1 || height.stride === width.stride) return t;
      return row < 0 || row >= height.input ? undefined : { ...t, input: [t.input[0], row, t.input[2]] };
    }),
  },
  {
    id: "third-image-lost",
    what: "the third image of a batch, and those after it, are the second",
    joints: terms((t) => ({ ...t, image: Math.min(t.image, 1) })),
  },
  {
    id: "depth-taken-for-height",
    what: "a volume's taps of depth and height exchanged where both kernels are equal",
    joints: terms((t, { depth, height }) =>
      depth.kernel === height.kernel ? { ...t, tap: [t.tap[1], t.tap[0], t.tap[2]] } : t,
    ),
  },
  {
    id: "wide-tail-lost",
    what: "the columns after the last whole four of a wide output are not computed",
    joints: terms((t, { width }) =>
      width.output > 8 && t.output[2] >= width.output - (width.output % 4) ? undefined : t,
    ),
  },
  {
    id: "last-element-stale",
    what: "the last element never written",
    joints: { result: (y) => (y.length > 1 ? y.with(y.length - 1, 0) : y) },
  },
];

function truncated(value: number, bits: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1);
  return Math.trunc(value / unit) * unit;
}
