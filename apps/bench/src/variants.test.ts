import { NETWORK_LAYERS } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { CLASSES_SUITE } from "./suites/networks.ts";
import { findVariants } from "./variants.ts";

it("does not wait for filter gradients of the reference of TensorFlow.js, but has one that it can", async () => {
  const [reference] = await findVariants(["tfjs-cpu"], []);
  const large = NETWORK_LAYERS.find(({ name }) => name === "resnet50/conv4_2-3x3")!;
  expect(reference.supports?.(large, "filterGradient")).toBe("its filter gradient takes some 23 s");
  expect(reference.supports?.(large, "inputGradient")).toBe(true);
  const gradients = CLASSES_SUITE.cases.filter(({ pass }) => pass === "filterGradient");
  const asked = gradients.filter(({ convCase }) => reference.supports?.(convCase, "filterGradient") === true);
  expect(new Set(asked.map(({ fresh }) => fresh))).toEqual(new Set([false, true]));
});
