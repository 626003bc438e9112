/**
 * Padding that is not nothing: cells of the image, continued. With P the image with its padding, which shows cell s(i) of the
 * image in its cell i, a convolution of it is one without padding of Px, and
 *
 *     y = f(Px)        ∂x = Pᵀ ∂(Px),  every cell of the image gathering the gradients of all that show it        ∂w = ∂w of Px
 *
 * Along an axis of n cells, from i = −before on:
 *
 *     edge         the first or last cell for ever          symmetric    turned back at the edge, which is repeated
 *     reflect      turned back at the edge                  wrap         from the other side
 *
 * The words are NumPy's (`numpy.pad`).
 *
 * @module
 */

import { resolveCase, sizeOf } from "./arithmetic.ts";
import { type CasePaddingMode, type Numbers, rankOf, type SpatialCase } from "./case.ts";
import { fromChannelsLast, toChannelsLast } from "./layout.ts";

const modulo = (i: number, period: number): number => ((i % period) + period) % period;

const SOURCES: Readonly<Record<CasePaddingMode, (i: number, size: number) => number>> = {
  edge: (i, size) => Math.min(Math.max(i, 0), size - 1),
  reflect(i, size) {
    if (size === 1) return 0;
    const place = modulo(i, 2 * size - 2);
    return Math.min(place, 2 * size - 2 - place);
  },
  symmetric(i, size) {
    const place = modulo(i, 2 * size);
    return Math.min(place, 2 * size - 1 - place);
  },
  wrap: modulo,
};

/** For each spatial axis, the cell of the image that each cell of the padded image shows. */
export function paddedSources(convCase: SpatialCase): readonly (readonly number[])[] {
  const { paddingMode } = convCase;
  const { depth, height, width } = resolveCase(convCase);
  return [depth, height, width].slice(-rankOf(convCase)).map(({ before, input, after }) => {
    if (paddingMode === undefined) return Array.from({ length: input }, (_, i) => i);
    return Array.from({ length: before + input + after }, (_, i) => SOURCES[paddingMode](i - before, input));
  });
}

/** The convolution of the padded image, which has no padding. */
export function ofPaddedImage(convCase: SpatialCase): SpatialCase {
  const { paddingMode, ...usual } = convCase;
  if (paddingMode === undefined) return convCase;
  const cells = paddedSources(convCase).map((sources) => sources.length);
  return { ...usual, inputShape: [usual.inputShape[0]!, ...cells, usual.inputShape.at(-1)!], padding: "valid" };
}

/** The padded image Px, in the layout of the case. */
export function padImage<T extends Numbers>(x: T, convCase: SpatialCase): T {
  const last = toChannelsLast(x, convCase, "inputGradient");
  const padded = ofPaddedImage(convCase);
  const image = new (x.constructor as new (length: number) => T)(sizeOf(padded.inputShape));
  forEachCell(convCase, (from, to) => {
    image[to] = last[from]!;
  });
  return fromChannelsLast(image, padded, "inputGradient");
}

/** Pᵀ of a gradient with respect to the padded image, in the layout of the case. */
export function gatherImage<T extends Numbers>(gradient: T, convCase: SpatialCase): T {
  const last = toChannelsLast(gradient, ofPaddedImage(convCase), "inputGradient");
  const image = new (gradient.constructor as new (length: number) => T)(sizeOf(convCase.inputShape));
  forEachCell(convCase, (from, to) => {
    image[from]! += last[to]!;
  });
  return fromChannelsLast(image, convCase, "inputGradient");
}

/** The most cells of the padded image that show one of the image. */
export function mostShown(convCase: SpatialCase): number {
  return paddedSources(convCase)
    .map((sources) => {
      const counts = new Map<number, number>();
      for (const source of sources) counts.set(source, (counts.get(source) ?? 0) + 1);
      return Math.max(...counts.values());
    })
    .reduce((product, most) => product * most, 1);
}

/** Calls `visit` with the place of every element of the padded image and of that of the image which it shows, channels last. */
function forEachCell(convCase: SpatialCase, visit: (from: number, to: number) => void): void {
  const { inputShape } = convCase;
  const [batch, channels] = [inputShape[0]!, inputShape.at(-1)!];
  const cells = inputShape.slice(1, -1);
  let places = Array.from({ length: batch }, (_, n) => n);
  for (const [axis, sources] of paddedSources(convCase).entries()) {
    places = places.flatMap((place) => sources.map((source) => place * cells[axis]! + source));
  }
  for (const [cell, place] of places.entries()) {
    for (let c = 0; c < channels; c++) visit(place * channels + c, cell * channels + c);
  }
}
