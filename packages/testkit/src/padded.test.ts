import { describe, expect, it } from "vitest";
import { elementBounds, normwiseBounds } from "./bounds.ts";
import { CASE_PASSES, type CasePaddingMode, type SpatialCase } from "./case.ts";
import { exactData } from "./data.ts";
import { mostShown, ofPaddedImage, paddedSources, padImage } from "./padded.ts";
import { reference } from "./reference.ts";
import { termsOf } from "./terms.ts";

const MODES: readonly CasePaddingMode[] = ["edge", "reflect", "symmetric", "wrap"];

const CASE = {
  name: "padded",
  inputShape: [2, 4, 3, 2],
  filterShape: [3, 4, 1, 4],
  strides: [2, 1],
  padding: [
    [1, 2],
    [3, 0],
  ],
  dilations: [1, 1],
  groups: 2,
  bias: true,
  layout: "channels first",
} as const;

describe("padding that is not nothing", () => {
  it.each([
    ["edge", "aaaaaa|abc|cccccc"],
    ["reflect", "cbabcb|abc|babcba"],
    ["symmetric", "abccba|abc|cbaabc"],
    ["wrap", "abcabc|abc|abcabc"],
  ] as const)("%s shows %s", (paddingMode, shown) => {
    const row: SpatialCase = {
      ...{ name: "row", inputShape: [1, 3, 1], filterShape: [1, 1, 1], strides: [1], dilations: [1], groups: 1 },
      ...{ padding: 6, bias: false, paddingMode },
    };
    const [sources] = paddedSources(row);
    expect(sources!.map((source) => "abc"[source]).join("")).toBe(shown.replaceAll("|", ""));
    expect([...padImage(Float32Array.of(1, 2, 3), row)]).toEqual(sources!.map((source) => source + 1));
  });

  it.each(MODES)("%s: gradients are adjoint, and bounds hold all that a cell gathers", (paddingMode) => {
    const convCase: SpatialCase = { ...CASE, paddingMode };
    const data = exactData(convCase, 1);
    const [y, dx, dw] = CASE_PASSES.map((pass) => reference({ ...convCase, bias: false }, pass, data));
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);
    const product = dot(data.dy, y!);
    expect([dot(data.x, dx!), dot(data.filter, dw!)]).toEqual([product, product]);
    expect(termsOf(convCase, "inputGradient")).toBe(
      mostShown(convCase) * termsOf(ofPaddedImage(convCase), "inputGradient"),
    );
    for (const pass of CASE_PASSES) {
      const normwise = normwiseBounds(convCase, pass, data, 1);
      expect(elementBounds(convCase, pass, data).every((bound, i) => bound <= normwise[i]!)).toBe(true);
    }
  });
});
