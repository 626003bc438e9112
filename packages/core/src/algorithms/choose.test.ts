import { NETWORK_LAYERS } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf } from "../../test/case-pass.ts";
import { type ConvGeometry, resolveConvGeometry } from "../geometry.ts";
import type { Shape4 } from "../shape.ts";
import { chooseAlgorithm } from "./choose.ts";
import { chooseScalar } from "./choose-scalar.ts";

type Options = Parameters<typeof resolveConvGeometry>[3];

function geometry(inputShape: Shape4, filterShape: Shape4, options: Options = {}): ConvGeometry {
  return resolveConvGeometry("choose", inputShape, filterShape, { padding: "same", ...options });
}

const MANY: readonly [Shape4, Shape4] = [
  [1, 56, 56, 64],
  [3, 3, 64, 64],
];

describe("chooseScalar", () => {
  it.each([
    ["3x3 of many channels", geometry(...MANY), "winograd4"],
    ["3x3 of few channels", geometry([1, 56, 56, 4], [3, 3, 4, 4]), "tiled"],
    ["3x3 from a picture", geometry([1, 224, 224, 3], [3, 3, 3, 64]), "tiled"],
    ["3x3 on four pixels of many channels", geometry([1, 2, 2, 512], [3, 3, 512, 512]), "tiled"],
    ["3x3 with stride", geometry(...MANY, { strides: 2 }), "tiled"],
    ["1x1", geometry([1, 56, 56, 64], [1, 1, 64, 256]), "tiled"],
    ["depthwise", geometry([1, 28, 28, 144], [3, 3, 1, 144], { groups: 144 }), "grouped"],
    ["groups of four channels", geometry([1, 28, 28, 128], [3, 3, 4, 128], { groups: 32 }), "grouped"],
    ["groups of many channels", geometry([1, 28, 28, 128], [3, 3, 64, 128], { groups: 2 }), "winograd4"],
    ["more terms than a lane holds", geometry([1, 64, 64, 16], [64, 64, 16, 1]), "im2col"],
    ["more terms than a block holds", geometry([1, 128, 128, 16], [128, 128, 16, 1]), "naive"],
  ])("%s", (_, g, name) => {
    const choice = chooseScalar(g, "forward");
    expect(choice.name).toBe(name);
    expect(choice.reason).toMatch(/\w+ \w+/);
  });

  it("writes times of a second and more as people do", () => {
    const large = geometry([8, 224, 224, 64], [3, 3, 64, 512]);
    expect(chooseScalar(large, "forward").reason).toMatch(/tiled \d{4,} ms/);
  });

  it("says what it weighed", () => {
    expect(chooseScalar(geometry(...MANY), "forward").reason).toMatch(
      /least estimated time \(winograd4 .* ms, winograd2 .* ms, tiled .* ms\)$/,
    );
    expect(chooseScalar(geometry([1, 64, 64, 16], [64, 64, 16, 1]), "forward").reason).toMatch(
      /not tiled: 65536 terms per output cell exceed the 16384/,
    );
  });

  it("looks at the channels of the pass", () => {
    const g = geometry([1, 56, 56, 3], [3, 3, 3, 64]);
    expect(chooseScalar(g, "filterGradient").name).toBe("tiled");
    const pointwise = geometry([1, 14, 14, 96], [1, 1, 96, 576]);
    expect(chooseScalar(pointwise, "forward").name).toBe("tiled");
    expect(chooseScalar(pointwise, "filterGradient").name).toBe("im2col");
    expect(chooseScalar(geometry(...MANY), "inputGradient").name).toBe("winograd4");
  });

  it("keeps Winograd out where precision is strict, and out of float64", () => {
    const strict = chooseScalar(geometry(...MANY), "forward", { precision: "strict" });
    expect(strict.name).toBe("tiled");
    expect(strict.reason).toMatch(/precision is strict: no Winograd$/);
    const float64 = resolveConvGeometry("choose", ...MANY, {}, "float64");
    expect(chooseScalar(float64, "forward").name).toBe("tiled");
  });

  it("counts the transform of the weights where they serve once", () => {
    const g = geometry([1, 14, 14, 256], [3, 3, 256, 256]);
    expect(chooseScalar(g, "forward").name).toBe("winograd4");
    expect(chooseScalar(g, "forward", { runs: "once" }).name).toBe("tiled");
  });

  it("chooses for every layer of the networks what is fast", () => {
    for (const layer of NETWORK_LAYERS) {
      expect(["tiled", "grouped", "winograd2", "winograd4"]).toContain(chooseScalar(geometryOf(layer), "forward").name);
    }
  });
});

describe("chooseAlgorithm", () => {
  const g = geometry(...MANY);

  it("takes what is asked for by name", () => {
    expect(chooseAlgorithm("test", g, "forward", "im2col")).toMatchObject({
      algorithm: { name: "im2col" },
      reason: "asked for by name",
    });
  });

  it("refuses what cannot be, and says why", () => {
    expect(() => chooseAlgorithm("test", geometry(...MANY, { strides: 2 }), "forward", "winograd4")).toThrow(
      'test: algorithm "winograd4" does not support this forward pass: the stride is 2×2, not 1',
    );
    expect(() => chooseAlgorithm("test", g, "forward", "winograd4", { precision: "strict" })).toThrow(
      /algorithm "winograd4" bounds its error for the whole result, .* precision "strict"/,
    );
    expect(() => chooseAlgorithm("test", g, "forward", "fft" as "auto")).toThrow(
      'test: unknown algorithm "fft"; known are auto, naive, im2col, tiled, grouped, winograd2, winograd4',
    );
  });
});
