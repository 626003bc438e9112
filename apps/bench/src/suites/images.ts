/**
 * The image suite: one grey photograph of 512² pixels, filtered by a dense k×k kernel, as image libraries do it.
 *
 * The kernel's weights are random, positive and sum to 1: no library can take it apart into rows and columns, and the
 * result stays within 0 to 255, so that 8-bit libraries neither clip nor lose more than the fraction.
 *
 * @module
 */

import { type CaseData, type ConvCase, outputShapeOf, seededRandom, sizeOf } from "@corr2d/testkit";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { readGrey } from "#grey-picture";
import type { Suite } from "./suite.ts";

const KERNEL_SIZES = [3, 5, 11, 15];

const { width, height } = PHOTOGRAPHS.camera;

/** Filters of growing size on the photograph. */
export const IMAGE_SUITE: Suite = {
  name: "images",
  summary: `a grey photograph of ${width}×${height} by dense kernels of ${KERNEL_SIZES.map((k) => `${k}×${k}`).join(", ")}`,
  growing: true,
  cases: KERNEL_SIZES.map((k) => ({ suite: "images", convCase: filterCase(k), data: "photograph" })),
};

/** The photograph and a kernel of k×k. */
export function filterCase(k: number): ConvCase {
  return {
    name: `photograph ${k}×${k}`,
    inputShape: [1, height, width, 1],
    filterShape: [k, k, 1, 1],
    strides: [1, 1],
    padding: "same",
    dilations: [1, 1],
    groups: 1,
    bias: false,
  };
}

/** The photograph's grey levels, a kernel whose weights sum to 1, and normal gradients. */
export async function photographData(convCase: ConvCase, seed: number): Promise<CaseData> {
  const photograph = await readGrey(PHOTOGRAPHS.camera.url);
  const random = seededRandom(seed, convCase.name);
  const weights = Float64Array.from({ length: sizeOf(convCase.filterShape) }, () => random.uniform());
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return {
    x: photograph.data,
    filter: Float32Array.from(weights, (weight) => weight / sum),
    bias: undefined,
    dy: Float32Array.from({ length: sizeOf(outputShapeOf(convCase)) }, () => random.normal()),
  };
}
