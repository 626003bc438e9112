import { NETWORK_LAYERS } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf } from "../../test/case-pass.ts";
import type { ConvOptions } from "../geometry/options.ts";
import { type ConvGeometry, resolveConvGeometry } from "../geometry/planes.ts";
import type { Shape4 } from "../tensor/shape.ts";
import { chooseSimd } from "./choose-simd.ts";

function geometry(inputShape: Shape4, filterShape: Shape4, options: ConvOptions = {}): ConvGeometry {
  return resolveConvGeometry("choose", inputShape, filterShape, { padding: "same", ...options });
}

const MANY: readonly [Shape4, Shape4] = [
  [1, 56, 56, 64],
  [3, 3, 64, 64],
];

/** The name and the reason of a choice that is there. */
function chosen(...asked: Parameters<typeof chooseSimd>): { readonly name: string; readonly reason: string } {
  const choice = chooseSimd(...asked);
  if (typeof choice === "string") throw new Error(choice);
  return { name: choice.algorithm.name, reason: choice.reason };
}

describe("chooseSimd", () => {
  it.each([
    ["3x3 of many channels", geometry(...MANY), "winograd4"],
    ["3x3 on very few pixels of many channels", geometry([1, 2, 2, 512], [3, 3, 512, 512]), "direct"],
    ["5x5 of many channels", geometry([1, 35, 35, 48], [5, 5, 48, 64]), "winograd4"],
    ["7x7 of many channels", geometry([1, 28, 28, 64], [7, 7, 64, 64]), "winograd2"],
    ["3 taps along a row", geometry([1, 1, 4096, 128], [1, 3, 128, 128]), "winograd4"],
    ["5 taps down a column", geometry([1, 40, 8, 64], [5, 1, 64, 64]), "winograd4"],
    ["7 taps along a row", geometry([1, 17, 17, 192], [1, 7, 192, 192]), "winograd4"],
    ["9 taps along a row", geometry([1, 1, 4096, 64], [1, 9, 64, 64]), "winograd4"],
    ["3x3 of little work", geometry([1, 6, 6, 16], [3, 3, 16, 16]), "direct"],
    ["5x5 of few channels", geometry([1, 35, 35, 8], [5, 5, 8, 64]), "direct"],
    ["5x5 that is dilated", geometry([1, 35, 35, 48], [5, 5, 48, 64], { dilations: 2 }), "direct"],
    ["4x4", geometry([1, 35, 35, 48], [4, 4, 48, 64]), "direct"],
    ["3x3 with stride", geometry(...MANY, { strides: 2 }), "direct"],
    ["1x1", geometry([1, 56, 56, 64], [1, 1, 64, 256]), "direct"],
    ["5x5 with stride", geometry([1, 56, 56, 64], [5, 5, 64, 64], { strides: 2 }), "winograd4"],
    ["4x4 with stride", geometry([1, 32, 32, 64], [4, 4, 64, 128], { strides: 2 }), "winograd2"],
    ["strides that differ", geometry([1, 56, 56, 64], [5, 5, 64, 64], { strides: [1, 2] }), "direct"],
    ["7x7 from a picture", geometry([1, 224, 224, 3], [7, 7, 3, 64], { strides: 2 }), "winograd4"],
    ["7x7 from one channel", geometry([1, 224, 224, 1], [7, 7, 1, 64], { strides: 2 }), "direct"],
    ["3x3 from a picture", geometry([1, 224, 224, 3], [3, 3, 3, 64], { strides: 2 }), "direct"],
    ["depthwise", geometry([1, 28, 28, 144], [3, 3, 1, 144], { groups: 144 }), "depthwise"],
    ["a photograph", geometry([1, 512, 512, 1], [5, 5, 1, 1]), "single-channel"],
  ])("%s", (_, g, name) => {
    expect(chosen(g, "forward").name).toBe(name);
    expect(chosen(g, "forward").reason).not.toBe("");
  });

  it("says what it weighed", () => {
    expect(chosen(geometry(...MANY), "forward").reason).toMatch(
      /^least estimated time \(direct .* ms, winograd2 .* ms, winograd4 .* ms\)$/,
    );
  });

  it("keeps Winograd out where precision is strict", () => {
    const choice = chosen(geometry(...MANY), "forward", { precision: "strict" });
    expect(choice).toEqual({ name: "direct", reason: "no Winograd: precision is strict" });
  });

  it.each([
    [128, 14, "winograd4", "winograd2"],
    [512, 14, "winograd4", "winograd4"],
    [512, 4, "winograd2", "direct"],
    [64, 56, "winograd4", "winograd4"],
  ])("transforms less for a single run: %i channels at %i", (channels, size, many, once) => {
    const g = geometry([1, size, size, channels], [3, 3, channels, channels]);
    expect(chosen(g, "forward").name).toBe(many);
    expect(chosen(g, "forward", { runs: "once" }).name).toBe(once);
  });

  it.each([
    [128, 28, "winograd4"],
    [32, 14, "winograd2"],
    [512, 2, "direct"],
  ])("weighs filter gradients, too: %i channels at %i", (channels, size, name) => {
    const g = geometry([1, size, size, channels], [3, 3, channels, channels]);
    const choice = chosen(g, "filterGradient");
    expect(choice).toEqual({ name, reason: expect.stringMatching(/^least estimated time .*winograd4 .* ms\)$/) });
    expect(chosen(g, "filterGradient", { runs: "once" })).toEqual(choice);
    expect(chosen(g, "filterGradient", { precision: "strict" })).toEqual({
      name: "direct",
      reason: "no Winograd: precision is strict",
    });
  });

  it.each([
    ["5x5", geometry([1, 35, 35, 48], [5, 5, 48, 64]), "winograd4"],
    ["7 taps along a row, by small tiles", geometry([1, 17, 17, 128], [1, 7, 128, 128]), "winograd2"],
    ["5x5 of little work", geometry([1, 6, 6, 16], [5, 5, 16, 16]), "direct"],
    ["7x7, which would err too much", geometry([1, 28, 28, 64], [7, 7, 64, 64]), "direct"],
  ])("weighs filter gradients of other kernels: %s", (_, g, name) => {
    expect(chosen(g, "filterGradient").name).toBe(name);
  });

  it("weighs the packing of an input gradient as that of a forward pass", () => {
    const g = geometry([1, 7, 7, 128], [3, 3, 128, 128]);
    const once = chosen(g, "inputGradient", { runs: "once" });
    expect(once).toEqual(chosen(g, "forward", { runs: "once" }));
    expect(once.name).not.toBe(chosen(g, "inputGradient").name);
  });

  it("gives the one reason where no algorithm computes", () => {
    const g = resolveConvGeometry("choose", ...MANY, {}, "float64");
    expect(chooseSimd(g, "forward")).toBe("SIMD computes in float32, not in float64");
  });

  it("finds one for every layer of the networks", () => {
    for (const layer of NETWORK_LAYERS) {
      const g = geometryOf(layer);
      expect(chosen(g, "forward").name).toBeDefined();
      expect(chosen(g, "inputGradient").name).toBeDefined();
    }
  });
});
