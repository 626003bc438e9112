/**
 * `scratchBytes` is what a plan holds: of plans whose memory is all their own arrays, how far those of the process grow when
 * one more is made.
 */

import {
  conv2d,
  conv3d,
  corr2d,
  plan,
  planFilterGradient,
  planInputGradient,
  planTemplates,
  separableConv2d,
  tensor,
} from "@corr2d/core";
import { convolve1d, stream } from "@corr2d/core/signals";
import { expect, it } from "vitest";
import { arrayBytesHeld } from "./collect-garbage.ts";

const ones = <S extends readonly number[]>(...shape: S) =>
  tensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1));
const doubles = <S extends readonly number[]>(...shape: S) =>
  tensor(shape, new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(1));

const naive = { algorithm: "naive", engine: "scalar" } as const;
const border = { ...naive, padding: 3, paddingMode: "edge" } as const;
const volume = { ...naive, padding: "same" } as const;
const image = ones(5, 5, 1, 2);

const MAKERS: Readonly<Record<string, () => { readonly scratchBytes: number }>> = {
  "conv2d, with a border": () => plan(conv2d, [2, 40, 50, 1], image, border),
  "its input gradient": () => planInputGradient(conv2d, [2, 40, 50, 1], image, border),
  "its filter gradient": () => planFilterGradient(conv2d, [2, 40, 50, 1], [5, 5, 1, 2], border),
  conv3d: () => plan(conv3d, [2, 6, 40, 50, 1], ones(3, 3, 3, 1, 2), volume),
  "its input gradient, of volumes": () => planInputGradient(conv3d, [2, 6, 40, 50, 1], ones(3, 3, 3, 1, 2), volume),
  "its filter gradient, of volumes": () => planFilterGradient(conv3d, [2, 6, 40, 50, 1], [3, 30, 30, 1, 2], volume),
  "separableConv2d of float64": () =>
    plan(separableConv2d, [2, 40, 50, 2], { depthwise: doubles(3, 3, 2, 2), pointwise: doubles(1, 1, 4, 1) }, naive),
  "its input gradient, of matrices": () =>
    planInputGradient(corr2d, [40, 50], ones(5, 5), { ...naive, mode: "same", boundary: "edge" }),
  "templates in one channel": () => usedTemplates(1),
  "templates in three": () => usedTemplates(3),
  stream: () =>
    stream(convolve1d, new Float32Array(90), { rows: 30, algorithm: "direct", engine: "scalar", blockLength: 500 }),
  "stream of float64": () =>
    stream(convolve1d, new Float64Array(90), { rows: 30, algorithm: "direct", engine: "scalar", blockLength: 500 }),
};

/**
 * A plan of templates that was used; the contrast is too large for a transform. Of one channel it keeps a copy of the picture, which is
 * none of its scratch.
 */
function usedTemplates(channels: 1 | 3): { readonly scratchBytes: number } {
  const picture = ones(60, 70, channels);
  picture.data[0] = 1e30;
  const template = ones(5, 5, channels);
  template.data[0] = 2;
  const made = planTemplates(picture);
  for (const score of ["ccoeff-normed", "sqdiff"] as const) made.run(template, { score });
  return {
    get scratchBytes() {
      return made.scratchBytes + (channels === 1 ? 4 * 60 * 70 : 0);
    },
  };
}

/** Small weights, copied, and arrays of so few bytes that they lie in V8's own heap. */
const TOLERANCE = 3000;

it.each(Object.entries(MAKERS))("%s", async (_, make) => {
  make();
  const before = await arrayBytesHeld();
  const made = make();
  const grown = (await arrayBytesHeld()) - before;
  expect(Math.abs(grown - made.scratchBytes)).toBeLessThan(TOLERANCE);
});
