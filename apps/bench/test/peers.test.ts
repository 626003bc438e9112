import { fileURLToPath } from "node:url";
import type { AdapterSource, ConvAdapter } from "@corr2d/parity";
import { CASES, type CaseData, type ConvCase, realData } from "@corr2d/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Promised, Truth } from "../src/measure/agreement.ts";
import { promisedBy } from "../src/measure/measure.ts";
import { toChannelsFirst, toChannelsLast, toOutputsFirst } from "../src/peers/channels-first.ts";
import { corr2dFunction, corr2dSimdFunction, corr2dSimdPlan } from "../src/peers/corr2d-function.ts";
import { imageJs } from "../src/peers/image-js.ts";
import { jaxJs } from "../src/peers/jax-js.ts";
import { onnxruntimeNode, onnxruntimeWeb } from "../src/peers/onnxruntime.ts";
import { opencv } from "../src/peers/opencv.ts";
import { sharpConvolve } from "../src/peers/sharp.ts";
import { IMAGE_SUITE, photographData } from "../src/suites/images.ts";
import { chooseVariants, findVariants, VARIANTS } from "../src/variants.ts";

async function judge(adapter: ConvAdapter, convCase: ConvCase, data: CaseData, promised: Promised) {
  const prepared = await adapter.prepare(convCase, "forward", data);
  try {
    await prepared.run();
    return new Truth(convCase, "forward", data).judge(await prepared.read(), promised);
  } finally {
    prepared.dispose();
  }
}

describe.each([onnxruntimeWeb, onnxruntimeNode, jaxJs("0.1.25 (wasm)")])("$name", (source) => {
  let adapter: ConvAdapter;
  beforeAll(async () => {
    // Where there are workers of browsers, as vitest has them, jax-js starts some.
    vi.stubGlobal("Worker", undefined);
    adapter = await source.load();
  });
  afterAll(() => void vi.unstubAllGlobals());

  const cases = CASES.filter(({ inputShape }) => inputShape[0] > 0);
  it.each(cases.map((convCase) => [convCase.name, convCase] as const))("agrees on %s", async (_, convCase) => {
    const agreement = await judge(adapter, convCase, realData(convCase, 1), { precision: "float32" });
    expect(agreement).toMatchObject({ agrees: true });
  });

  it("says what it is, and that it has no gradients", () => {
    expect(adapter.name).toBe(source.name);
    expect(adapter.version).toMatch(/^\d+\.\d+\.\d+ \((wasm|cpu)\)$/);
    expect(adapter.threads).toBe(1);
    expect(adapter.supports(cases[0], "forward")).toBe(true);
    expect(adapter.supports(cases[0], "filterGradient")).toMatch(/no gradients|only forward/);
  });
});

const IMAGE_VARIANTS: readonly (readonly [AdapterSource, Promised])[] = [
  [corr2dFunction, { precision: "float32" }],
  [corr2dSimdFunction, { precision: "float32" }],
  [corr2dSimdPlan, { precision: "float32" }],
  [opencv, { precision: "float32" }],
  [sharpConvolve, { precision: "8 bit", greyLevels: 1, interiorOnly: true }],
  [imageJs, { precision: "8 bit", greyLevels: 0.5, interiorOnly: false }],
];

describe.each(IMAGE_VARIANTS.map(([source, promised]) => ({ name: source.name, source, promised })))(
  "$name on the photograph",
  ({ source, promised }) => {
    // From 11×11 on OpenCV takes another road, a Fourier transform.
    const cases = IMAGE_SUITE.cases.filter(({ convCase }) => [3, 11, 15].includes(convCase.filterShape[0]));
    it.each(cases.map(({ convCase }) => [convCase.name, convCase] as const))("agrees on %s", async (_, convCase) => {
      const adapter = await source.load();
      expect(adapter.version).toMatch(/^\d/);
      const promise = promisedBy({ promised }, adapter, { convCase, pass: "forward" });
      const agreement = await judge(adapter, convCase, await photographData(convCase, 1), promise);
      expect(agreement).toMatchObject({ agrees: true });
    });

    it("refuses what is no filter on a grey picture", async () => {
      const { supports } = await source.load();
      const [{ convCase }] = IMAGE_SUITE.cases;
      expect(supports(convCase, "forward")).toBe(true);
      expect(supports(convCase, "inputGradient")).not.toBe(true);
      expect(supports({ ...convCase, strides: [2, 2] }, "forward")).not.toBe(true);
      expect(supports({ ...convCase, padding: "valid" }, "forward")).not.toBe(true);
      expect(supports({ ...convCase, filterShape: [4, 4, 1, 1] }, "forward")).not.toBe(true);
      expect(supports({ ...convCase, filterShape: [3, 3, 1, 2] }, "forward")).not.toBe(true);
    });
  },
);

it.each([sharpConvolve, imageJs])("$name refuses data that are no grey levels", async (source) => {
  const [{ convCase }] = IMAGE_SUITE.cases;
  const data = await photographData(convCase, 1);
  const adapter = await source.load();
  const spoiled = { ...data, x: data.x.with(5, 12.5) };
  expect(() => adapter.prepare(convCase, "forward", spoiled)).toThrow("x[5] = 12.5 is no 8-bit grey level");
});

describe("layouts", () => {
  it("moves pixels and channels, and back", () => {
    const nhwc = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11); // [2, 3 pixels, 2 channels]
    const nchw = toChannelsFirst(nhwc, 2, 3, 2);
    expect([...nchw]).toEqual([0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]);
    expect(toChannelsLast(nchw, 2, 3, 2)).toEqual(nhwc);
  });

  it("moves outputs to the front, then inputs before taps", () => {
    // [2 taps, 2 inputs, 2 outputs], each value named tap·100 + input·10 + output.
    const hwio = Float32Array.of(0, 1, 10, 11, 100, 101, 110, 111);
    expect([...toOutputsFirst(hwio, 2, 2, 2)]).toEqual([0, 100, 10, 110, 1, 101, 11, 111]);
  });
});

describe("the choice of variants", () => {
  it("is everything unless said otherwise", async () => {
    expect(await chooseVariants({})).toEqual(VARIANTS);
  });

  it("takes ours with or without their prefix, and no peers for none", async () => {
    const chosen = await chooseVariants({ ours: ["tiled", "corr2d/naive"], peers: [] });
    expect(chosen.map(({ source }) => source.name)).toEqual(["corr2d/naive", "corr2d/tiled"]);
  });

  it("names what there is when asked for what there is not", async () => {
    await expect(chooseVariants({ ours: ["fast"] })).rejects.toThrow(
      /unknown variant "corr2d\/fast"; known variants are corr2d/,
    );
    await expect(chooseVariants({ peers: ["tfjs"] })).rejects.toThrow(
      /unknown peer "tfjs"; did you mean "tfjs-cpu"\?; known peers are tfjs-cpu, /,
    );
    await expect(findVariants(["nobody"], [])).rejects.toThrow('unknown variant "nobody"');
  });

  it("says what is wrong with a module that brings no adapter", async () => {
    await expect(chooseVariants({ adapterModules: ["nowhere.js"] })).rejects.toThrow(
      "cannot load the adapter module nowhere.js",
    );
    await expect(
      chooseVariants({ adapterModules: [fileURLToPath(new URL("build-page.ts", import.meta.url))] }),
    ).rejects.toThrow("must export by default");
  });
});
