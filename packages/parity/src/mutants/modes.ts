/**
 * Mistakes of padding that shows the image: one mode taken for another, edges, corners, reaches past the image, gradients.
 *
 * @module
 */

import {
  type CaseData,
  type CasePaddingMode,
  type CasePass,
  ofPaddedImage,
  paddedSources,
  padImage,
  type SpatialCase,
} from "@corr2d/testkit";
import { type Reach, USUAL_REACH } from "../adapter.ts";
import { type Asked, type Mutant, ofResult, right } from "./mutant.ts";

const REACH: Reach = {
  ...USUAL_REACH,
  paddingModes: ["edge", "reflect", "symmetric", "wrap"],
};

function padded(
  id: string,
  what: string,
  applies: (convCase: SpatialCase, pass: CasePass) => boolean,
  change: (asked: Asked) => Float32Array,
): Mutant {
  const isPadded = (_: unknown, convCase: SpatialCase, pass: CasePass): boolean =>
    convCase.paddingMode !== undefined && applies(convCase, pass);
  const about = { id: `padding-${id}`, what: `padding that shows the image: ${what}`, kind: "option" as const };
  return ofResult(about, (_, asked) => change(asked), isPadded, REACH);
}

/** One mode taken for another, or for none. */
function taken(of: CasePaddingMode, by: CasePaddingMode | undefined): Mutant {
  return padded(
    `${of}-as-${by ?? "zeros"}`,
    `${of} is taken for ${by ?? "zeros"}`,
    ({ paddingMode }) => paddingMode === of,
    ({ convCase: { paddingMode: _, ...convCase }, pass, data }) =>
      right(by === undefined ? convCase : { ...convCase, paddingMode: by }, pass, data),
  );
}

/** Forward and filter gradients of an image whose padding shows something else. */
function showing(
  { convCase, pass, data }: Asked,
  isWrong: (outside: readonly number[], image: SpatialCase) => boolean,
): Float32Array {
  const image = ofPaddedImage(convCase);
  const x = padImage(data.x, convCase);
  const sources = paddedSources(convCase);
  const [, , width, channels] = image.inputShape as readonly [number, number, number, number];
  const height = image.inputShape[1]!;
  const befores = sources.map((shown, axis) => (shown.length - convCase.inputShape[axis + 1]!) >> 1);
  const wrong = x.map((value, i) => {
    const cell = Math.floor(i / channels);
    const place = [Math.floor(cell / width) % height, cell % width];
    const outside = place.map((at, axis) => {
      const inside = at - befores[axis]!;
      const size = convCase.inputShape[axis + 1]!;
      return inside < 0 ? -inside : Math.max(0, inside - size + 1);
    });
    return isWrong(outside, convCase) ? 0 : value;
  });
  return right(image, pass, { ...data, x: wrong } satisfies CaseData);
}

const isOfImage = (_: SpatialCase, pass: CasePass): boolean => pass === "forward" || pass === "filterGradient";

export const PADDING_MUTANTS: readonly Mutant[] = [
  taken("edge", undefined),
  taken("reflect", "symmetric"),
  taken("symmetric", "reflect"),
  taken("wrap", "edge"),
  padded("corners-empty", "corners are zeros", isOfImage, (asked) => showing(asked, ([a, b]) => a! > 0 && b! > 0)),
  padded("past-image-empty", "what reaches past a whole image is zeros", isOfImage, (asked) =>
    showing(asked, (outside, { inputShape }) => outside.some((by, axis) => by > inputShape[axis + 1]!)),
  ),
  padded(
    "gradient-not-gathered",
    "the gradients of cells of padding are lost",
    (_, pass) => pass === "inputGradient",
    ({ convCase: { paddingMode: _, ...convCase }, pass, data }) => right(convCase, pass, data),
  ),
  padded(
    "filter-gradient-of-zeros",
    "the filter gradient is that of padding by zeros",
    (_, pass) => pass === "filterGradient",
    ({ convCase: { paddingMode: _, ...convCase }, pass, data }) => right(convCase, pass, data),
  ),
];
