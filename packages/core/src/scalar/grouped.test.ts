import { type ConvCase, exactData } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { computePass } from "../../test/case-pass.ts";
import { PASSES } from "../algorithm/algorithm.ts";
import { grouped } from "./grouped.ts";
import { naive } from "./naive.ts";

const depthwise = (height: number, width: number, channels: number, multiplier: number, stride: number): ConvCase => ({
  name: `${height}x${width}, ${channels} channels, ${multiplier} each, stride ${stride}`,
  inputShape: [2, height, width, channels],
  filterShape: [3, 3, 1, channels * multiplier],
  strides: [stride, stride],
  padding: [
    [1, 1],
    [1, 1],
  ],
  dilations: [1, 1],
  groups: channels,
  bias: true,
});

/** Planes of more cells than the tile holds, along rows, columns and channels: it is computed in several blocks of each. */
const CASES = [
  depthwise(90, 60, 3, 1, 1),
  depthwise(5, 2100, 2, 2, 1),
  depthwise(83, 71, 2, 1, 2),
  depthwise(9, 8, 300, 1, 1),
];

it.each(CASES)("$name, in blocks: every pass is that of the definition", (convCase) => {
  const data = exactData(convCase, 1);
  for (const pass of PASSES) {
    const truth = computePass(naive, pass, convCase, data);
    const wrong = computePass(grouped, pass, convCase, data).findIndex((value, i) => value !== truth[i]);
    expect(wrong, `first wrong element of the ${pass} pass`).toBe(-1);
  }
});
