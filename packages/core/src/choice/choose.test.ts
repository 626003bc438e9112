import { NETWORK_LAYERS } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf } from "../../test/case-pass.ts";
import { type ConvGeometry, resolveConvGeometry } from "../geometry/planes.ts";
import { chooseScalar } from "../scalar/choose-scalar.ts";
import type { Shape4 } from "../tensor/shape.ts";
import { chooseAlgorithm } from "./choose.ts";

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
    ["3x3 of many channels", geometry(...MANY), "tiled"],
    ["3x3 of few channels", geometry([1, 56, 56, 4], [3, 3, 4, 4]), "tiled"],
    ["3x3 from a picture", geometry([1, 224, 224, 3], [3, 3, 3, 64]), "tiled"],
    ["3x3 on four pixels of many channels", geometry([1, 2, 2, 512], [3, 3, 512, 512]), "tiled"],
    ["3x3 with stride", geometry(...MANY, { strides: 2 }), "tiled"],
    ["1x1", geometry([1, 56, 56, 64], [1, 1, 64, 256]), "tiled"],
    ["depthwise", geometry([1, 28, 28, 144], [3, 3, 1, 144], { groups: 144 }), "grouped"],
    ["groups of four channels", geometry([1, 28, 28, 128], [3, 3, 4, 128], { groups: 32 }), "grouped"],
    ["groups of many channels", geometry([1, 28, 28, 128], [3, 3, 64, 128], { groups: 2 }), "tiled"],
    ["more terms than a lane holds", geometry([1, 64, 64, 16], [64, 64, 16, 1]), "im2col"],
    ["more terms than a block holds", geometry([1, 128, 128, 16], [128, 128, 16, 1]), "naive"],
  ])("%s", (_, g, name) => {
    const choice = chooseScalar(g, "forward");
    expect(choice.algorithm.name).toBe(name);
    expect(choice.reason).toMatch(/\w+ \w+/);
  });

  it("says why it does not tile", () => {
    expect(chooseScalar(geometry([1, 64, 64, 16], [64, 64, 16, 1]), "forward").reason).toMatch(
      /not tiled: 65536 terms per output cell exceed the 16384/,
    );
  });

  it("looks at the channels of the pass", () => {
    const g = geometry([1, 56, 56, 3], [3, 3, 3, 64]);
    expect(chooseScalar(g, "filterGradient").algorithm.name).toBe("im2col");
    const pointwise = geometry([1, 14, 14, 96], [1, 1, 96, 576]);
    expect(chooseScalar(pointwise, "forward").algorithm.name).toBe("tiled");
    expect(chooseScalar(pointwise, "filterGradient").algorithm.name).toBe("im2col");
    expect(chooseScalar(geometry(...MANY), "inputGradient").algorithm.name).toBe("tiled");
  });

  it("chooses for every layer of the networks what is fast", () => {
    for (const layer of NETWORK_LAYERS) {
      expect(["tiled", "grouped"]).toContain(chooseScalar(geometryOf(layer), "forward").algorithm.name);
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
      'test: algorithm "winograd4" does not support this forward pass: there are no tiles of 2 for kernels of 3×3 with stride 2, or of 4',
    );
    expect(() => chooseAlgorithm("test", g, "forward", "winograd4", { precision: "strict" })).toThrow(
      /algorithm "winograd4" bounds its error for the whole result, .* precision "strict"/,
    );
    expect(() => chooseAlgorithm("test", g, "forward", "fft" as "auto")).toThrow(
      'test: unknown algorithm "fft"; known are auto, naive, im2col, tiled, grouped, direct, winograd2, winograd4, depthwise, single-channel',
    );
  });

  it("keeps to the engine that is asked for", () => {
    expect(chooseAlgorithm("test", g, "forward", "auto", { engine: "scalar" })).toMatchObject({
      algorithm: { name: "tiled", engine: "scalar" },
      reason: expect.stringMatching(/not on SIMD: engine is "scalar"$/),
    });
    expect(chooseAlgorithm("test", g, "forward", "auto", { engine: "simd" }).algorithm.engine).toBe("simd");
    expect(chooseAlgorithm("test", g, "forward", "tiled", { engine: "scalar" }).algorithm.name).toBe("tiled");
    const float64 = resolveConvGeometry("choose", ...MANY, {}, "float64");
    expect(() => chooseAlgorithm("test", float64, "forward", "auto", { engine: "simd" })).toThrow(
      'test: engine "simd" does not support this forward pass: SIMD computes in float32, not in float64',
    );
    expect(() => chooseAlgorithm("test", g, "forward", "direct", { engine: "scalar" })).toThrow(
      'test: algorithm "direct" runs on engine "simd", not on "scalar"; on "scalar" there are naive, im2col, tiled, grouped',
    );
    expect(() => chooseAlgorithm("test", g, "forward", "auto", { engine: "wasm" as "simd" })).toThrow(
      'test: engine must be "auto", "scalar" or "simd", got "wasm"',
    );
  });
});
