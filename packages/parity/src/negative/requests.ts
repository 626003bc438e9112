/**
 * What no convolution can be asked: each request is impossible or senseless in one way, and must be refused by an error,
 * never answered with zeros or with the nearest thing that would be possible.
 *
 * @module
 */

import { type CaseData, exactData, type SpatialCase } from "@corr2d/testkit";

/** A request that must be refused. */
export interface ImpossibleRequest {
  readonly id: string;
  /** What is wrong with it. */
  readonly what: string;
  readonly convCase: SpatialCase;
  readonly data: CaseData;
}

/** What every request is but for one thing. */
export const POSSIBLE: SpatialCase = {
  name: "a case that is possible",
  inputShape: [1, 6, 7, 4],
  filterShape: [3, 2, 4, 5],
  strides: [1, 1],
  padding: "valid",
  dilations: [1, 1],
  groups: 1,
  bias: true,
};
export const POSSIBLE_DATA: CaseData = exactData(POSSIBLE, 1);

function request(
  id: string,
  what: string,
  change: { readonly [Key in keyof SpatialCase]?: unknown },
  data: Partial<CaseData> = {},
): ImpossibleRequest {
  return {
    id,
    what,
    convCase: { ...POSSIBLE, ...change, name: id } as SpatialCase,
    data: { ...POSSIBLE_DATA, ...data },
  };
}

const zeros = (length: number): Float32Array => new Float32Array(length);

/** The requests. */
export const IMPOSSIBLE_REQUESTS: readonly ImpossibleRequest[] = [
  request("stride-zero", "a stride of 0", { strides: [0, 1] }),
  request("stride-negative", "a stride of −1", { strides: [1, -1] }),
  request("stride-fraction", "a stride of 1.5", { strides: [1.5, 1] }),
  request("stride-nan", "a stride of NaN", { strides: [1, Number.NaN] }),
  request("dilation-zero", "a dilation of 0", { dilations: [0, 1] }),
  request("dilation-negative", "a dilation of −2", { dilations: [1, -2] }),
  request("dilation-fraction", "a dilation of 1.5", { dilations: [1.5, 1] }),
  request("padding-word", "a rule of padding there is none of", { padding: "full" }),
  request("padding-fraction", "a padding of half a cell", {
    padding: [
      [0.5, 0.5],
      [0, 0],
    ],
  }),
  request("padding-negative", "a padding of −1", {
    padding: [
      [-1, 0],
      [0, 0],
    ],
  }),
  request("kernel-past-image", "a kernel taller than the image", { filterShape: [8, 2, 4, 5] }, { filter: zeros(320) }),
  request("dilated-kernel-past-image", "a kernel taller than the image by its dilation", { dilations: [4, 1] }),
  request(
    "channels-differ",
    "a filter for other channels than the image has",
    { filterShape: [3, 2, 3, 5] },
    { filter: zeros(90) },
  ),
  request("filter-rank", "a filter with one axis too few", { filterShape: [3, 8, 5] }),
  request("input-rank", "an image with one axis too few", { inputShape: [6, 7, 4] }),
  request("input-short", "fewer values than the image has cells", {}, { x: zeros(167) }),
  request("input-long", "more values than the image has cells", {}, { x: zeros(169) }),
  request("filter-short", "fewer values than the filter has weights", {}, { filter: zeros(119) }),
  request("bias-short", "fewer values in the bias than output channels", {}, { bias: zeros(4) }),
];
