/**
 * Mistakes that show under some option, or some pair of options, or in one pass only.
 *
 * @module
 */

import type { CasePass, ResolvedAxis, ResolvedCase } from "@corr2d/testkit";
import type { Joints, Term } from "./direct.ts";
import { type Mutant, ofJoints } from "./mutant.ts";

type Change = (axis: ResolvedAxis, pass: CasePass) => Partial<ResolvedAxis>;

function axes(id: string, what: string, change: Change): Mutant {
  const joints: Joints = { axes: (all, pass) => all.map((axis) => ({ ...axis, ...change(axis, pass) })) };
  return ofJoints(id, what, joints, "option");
}

/** The last axis alone. */
function lastAxis(
  id: string,
  what: string,
  change: (width: ResolvedAxis, height: ResolvedAxis) => Partial<ResolvedAxis>,
): Mutant {
  const joints: Joints = {
    axes: ([depth, height, width]) => [depth!, height!, { ...width!, ...change(width!, height!) }],
  };
  return ofJoints(id, what, joints, "option");
}

function terms(
  id: string,
  what: string,
  change: (term: Term, resolved: ResolvedCase) => Term | undefined,
  passes: readonly CasePass[] = ["forward", "inputGradient", "filterGradient"],
): Mutant {
  return ofJoints(id, what, { tap: (t, r, pass) => (passes.includes(pass) ? change(t, r) : t) }, "option");
}

const isLast = (place: number, count: number): boolean => count > 1 && place === count - 1;

export const OPTION_MUTANTS: readonly Mutant[] = [
  // Padding.
  axes("after-taken-for-before", "the padding after an axis put before it where they differ", ({ before, after }) => ({
    before: before === after ? before : after,
  })),
  axes("padding-halved", "asymmetric padding shared out evenly", ({ before, after }) => ({
    before: (before + after) >> 1,
  })),
  axes("padding-limited-to-1", "padding beyond 1 taken for 1", ({ before }) => ({ before: Math.min(1, before) })),
  axes("padding-limited-to-half-kernel", "padding beyond half the kernel cut", ({ before, kernel }) => ({
    before: Math.min(before, kernel >> 1),
  })),
  lastAxis("padding-of-height-in-width", "the padding of height used for width", (_, height) => ({
    before: height.before,
  })),
  axes("no-padding-when-strided", "padding forgotten where there is a stride", ({ before, stride }) => ({
    before: stride > 1 ? 0 : before,
  })),
  axes("no-padding-in-input-gradient", "the input gradient forgets padding", ({ before }, pass) => ({
    before: pass === "inputGradient" ? 0 : before,
  })),
  axes("no-padding-in-filter-gradient", "the filter gradient forgets padding", ({ before }, pass) => ({
    before: pass === "filterGradient" ? 0 : before,
  })),
  axes("even-kernel-same", "an even kernel centred one cell late", ({ before, after, kernel }) => ({
    before: kernel % 2 === 0 && before + 1 === after ? before + 1 : before,
  })),
  // Strides and dilations.
  axes("stride-limited-to-2", "strides beyond 2 taken for 2", ({ stride }) => ({ stride: Math.min(2, stride) })),
  axes("stride-3-as-4", "a stride of 3 taken for 4", ({ stride }) => ({ stride: stride === 3 ? 4 : stride })),
  lastAxis("stride-of-height-for-width", "the stride of height used for width", (_, height) => ({
    stride: height.stride,
  })),
  lastAxis("dilation-of-height-for-width", "the dilation of height used for width", (_, height) => ({
    dilation: height.dilation,
  })),
  axes("dilation-limited-to-2", "dilations beyond 2 taken for 2", ({ dilation }) => ({
    dilation: Math.min(2, dilation),
  })),
  axes("dilation-ignored-when-strided", "dilation forgotten where there is a stride", ({ dilation, stride }) => ({
    dilation: stride > 1 ? 1 : dilation,
  })),
  axes("stride-ignored-in-input-gradient", "the input gradient forgets strides", ({ stride }, pass) => ({
    stride: pass === "inputGradient" ? 1 : stride,
  })),
  axes("stride-ignored-in-filter-gradient", "the filter gradient forgets strides", ({ stride }, pass) => ({
    stride: pass === "filterGradient" ? 1 : stride,
  })),
  axes("dilation-ignored-in-filter-gradient", "the filter gradient forgets dilations", ({ dilation }, pass) => ({
    dilation: pass === "filterGradient" ? 1 : dilation,
  })),
  terms("strided-last-column-lost", "the last column is lost where the stride is 2", (t, { width }) =>
    width.stride === 2 && isLast(t.output[2]!, width.output) ? undefined : t,
  ),
  terms(
    "strided-dilated-tap-lost",
    "the last tap is lost where there are stride and dilation",
    (t, { height, width }) =>
      height.dilation > 1 && width.stride > 1 && isLast(t.tap[2]!, width.kernel) ? undefined : t,
  ),
  // Groups.
  terms(
    "groups-reversed",
    "groups read their channels from the end",
    (t, { groups, groupInChannels, groupOutChannels }) => ({
      ...t,
      channel: (groups - 1 - Math.floor(t.o / groupOutChannels)) * groupInChannels + t.c,
    }),
  ),
  terms(
    "multiplier-interleaved",
    "filters of a depthwise convolution with a multiplier dealt out in turn",
    (t, { groups, groupInChannels, groupOutChannels }) =>
      groupInChannels === 1 && groupOutChannels > 1 && groups > 1 ? { ...t, channel: t.o % groups } : t,
  ),
  terms("last-group-lost", "the last of several groups is not computed", (t, { groups, groupOutChannels }) =>
    groups > 1 && Math.floor(t.o / groupOutChannels) === groups - 1 ? undefined : t,
  ),
  terms(
    "groups-in-filter-gradient",
    "every group's filter gradient is of the first channels",
    (t) => ({ ...t, channel: t.c }),
    ["filterGradient"],
  ),
  terms(
    "groups-in-input-gradient",
    "gradients of all groups go to the first channels",
    (t) => ({ ...t, channel: t.c }),
    ["inputGradient"],
  ),
  terms("three-groups-as-one", "of three groups all read the first", (t, { groups }) =>
    groups === 3 ? { ...t, channel: t.c } : t,
  ),
  // Shapes.
  terms("one-row-lost", "an image of one row is taken for empty padding but for its first cell", (t, { height }) =>
    height.input === 1 && t.input[2] !== 0 ? undefined : t,
  ),
  terms("tall-image-transposed", "taps exchanged where an image is taller than wide", (t, { height, width }) =>
    height.input > width.input && height.kernel === width.kernel ? { ...t, tap: [t.tap[0]!, t.tap[2]!, t.tap[1]!] } : t,
  ),
  terms("even-kernel-flipped", "even kernels flipped", (t, { width }) =>
    width.kernel % 2 === 0 ? { ...t, tap: [t.tap[0]!, t.tap[1]!, width.kernel - 1 - t.tap[2]!] } : t,
  ),
  terms(
    "last-tap-of-wide-kernel-lost",
    "the last column of a kernel wider than high is lost",
    (t, { height, width }) => (width.kernel > height.kernel && isLast(t.tap[2]!, width.kernel) ? undefined : t),
  ),
  terms("last-filter-lost", "an odd last filter is not computed", (t, { outChannels }) =>
    outChannels > 1 && outChannels % 2 === 1 && t.o === outChannels - 1 ? undefined : t,
  ),
  terms(
    "second-image-reads-first",
    "the second image of a batch reads the first in the input gradient",
    (t) => ({ ...t, image: t.image === 1 ? 0 : t.image }),
    ["inputGradient"],
  ),
  terms(
    "last-image-lost-in-gradient",
    "the last image of a batch is left out of the filter gradient",
    (t, { batch }) => (isLast(t.image, batch) ? undefined : t),
    ["filterGradient"],
  ),
  ofJoints(
    "bias-gradient-of-first",
    "the bias gradient is shifted by a channel",
    {
      result: (y, _, pass) =>
        pass === "biasGradient" && y.length > 1 ? y.map((_value, i) => y[(i + 1) % y.length]!) : y,
    },
    "option",
  ),
  ofJoints(
    "bias-gradient-mean",
    "the bias gradient is a mean, not a sum",
    {
      result: (y, { inputShape }, pass) =>
        pass === "biasGradient" ? y.map((value) => value / Math.max(1, inputShape[0]!)) : y,
    },
    "option",
  ),
  ofJoints(
    "bias-off-by-8-ulp",
    "the bias is scaled by 1 + 2⁻²⁰",
    { finish: (sum, bias) => Math.fround(sum + bias * (1 + 2 ** -20)) },
    "option",
  ),
];
