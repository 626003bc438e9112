import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NETWORK_LAYERS } from "@corr2d/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLASSES_SUITE } from "./suites/networks.ts";
import type { Variant } from "./variant.ts";
import { chooseVariants, findVariants } from "./variants.ts";

it("does not wait for filter gradients of the reference of TensorFlow.js, but has one that it can", async () => {
  const [reference] = await findVariants(["tfjs-cpu"], []);
  const large = NETWORK_LAYERS.find(({ name }) => name === "resnet50/conv4_2-3x3")!;
  expect(reference.supports?.(large, "filterGradient")).toBe("its filter gradient takes some 23 s");
  expect(reference.supports?.(large, "inputGradient")).toBe(true);
  const gradients = CLASSES_SUITE.cases.filter(({ pass }) => pass === "filterGradient");
  const asked = gradients.filter(({ convCase }) => reference.supports?.(convCase, "filterGradient") === true);
  expect(new Set(asked.map(({ fresh }) => fresh))).toEqual(new Set([false, true]));
});

describe("adapters that modules bring", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "corr2d-adapters-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function chosen(source: object): Promise<Variant> {
    const text = Object.entries({ summary: "a fixture", ...source }).map(
      ([key, value]) => `${key}: ${JSON.stringify(value)}`,
    );
    const file = join(folder, `${Math.random()}.mjs`);
    await writeFile(file, `export default { ${text.join(", ")}, load() {} };`);
    return (await chooseVariants({ peers: [], adapterModules: [file] })).at(-1)!;
  }

  it("say what executes them, what is inside the clock and what is outside the image", async () => {
    const facts = { engine: "native", clock: "all of it", border: "edge cells repeated" };
    expect(await chosen({ name: "mine", ...facts })).toMatchObject(facts);
    const nothing = { engine: null, clock: "not said", border: "not said" };
    expect(await chosen({ name: "mine" })).toMatchObject(nothing);
  });

  it.each([
    [{ name: "tfjs-wasm" }, /an adapter called "tfjs-wasm", a name that is taken; give it .* "tfjs-wasm-mine"/],
    [{ name: "corr2d/better" }, /corr2d\/ stands for what core does: give it .* "better-mine"/],
    [{ name: "mine", engine: "gpu" }, /the engine of "mine" must be one of scalar, simd, native, got "gpu"/],
    [{ name: "mine", clock: 3 }, /the clock of "mine" must be a text, got 3/],
    [{ name: "" }, /must export by default/],
  ])("are refused: %j", async (source, message) => {
    await expect(chosen(source)).rejects.toThrow(message);
  });
});
