/** The steps between convolutions, against the operations of TensorFlow.js. */

import { seededRandom } from "@corr2d/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { loadOracle } from "../oracles/known.ts";
import { evaluate } from "./evaluate.ts";
import type { Activation, Convolution, Network, Step } from "./network.ts";
import { runOnTfjs } from "./tfjs-program.ts";

const random = seededRandom(3, "evaluate");
const image: Activation<Float32Array> = {
  shape: [1, 7, 6, 3],
  data: Float32Array.from({ length: 126 }, () => random.integer(-9, 9)),
};

function networkOf(...steps: readonly Step[]): Network {
  return {
    name: "test",
    source: "",
    picture: "",
    input: "picture",
    image,
    steps,
    output: steps[steps.length - 1].name,
  };
}

const noConvolution = (): never => {
  throw new Error("there is no convolution in this network");
};

const from = ["picture"];
const STEPS: readonly (readonly Step[])[] = [
  [{ kind: "relu", name: "y", from }],
  [{ kind: "leaky relu", name: "y", from, slope: 0.25 }],
  [{ kind: "add", name: "y", from: ["picture", "picture"] }],
  [
    { kind: "relu", name: "r", from },
    { kind: "concatenate", name: "y", from: ["picture", "r", "picture"] },
  ],
  [{ kind: "enlarge", name: "y", from, factor: 2 }],
  [{ kind: "enlarge", name: "y", from, factor: 3 }],
  [{ kind: "max pool", name: "y", from, size: 2, stride: 2 }],
  [{ kind: "max pool", name: "y", from, size: 2, stride: 1 }],
  [{ kind: "max pool", name: "y", from, size: 3, stride: 2 }],
];

describe("evaluate", () => {
  beforeAll(() => loadOracle("tfjs-cpu"));

  it.each(STEPS.map((steps) => [JSON.stringify(steps[steps.length - 1]), steps] as const))("%s", async (_, steps) => {
    const network = networkOf(...steps);
    const activations = await evaluate(network, image, noConvolution);
    expect(activations.get("y")!.data).toEqual(runOnTfjs(network, "tfjs-cpu"));
  });

  it("hands each convolution its case and its input", async () => {
    const step: Convolution = {
      kind: "convolution",
      name: "c",
      from,
      filter: { shape: [3, 3, 1, 3], data: new Float32Array(27) },
      bias: undefined,
      strides: [1, 1],
      padding: 1,
      groups: 3,
    };
    const activations = await evaluate(networkOf(step), image, (given, convCase, x) => {
      expect(given).toBe(step);
      expect(convCase).toMatchObject({ name: "test/c", inputShape: image.shape, groups: 3, bias: false });
      return x.slice();
    });
    expect(activations.get("c")!.shape).toEqual([1, 7, 6, 3]);
  });

  it("refuses what is fed by nothing, and shapes that do not fit", async () => {
    const unfed = networkOf({ kind: "relu", name: "y", from: ["nothing"] });
    await expect(evaluate(unfed, image, noConvolution)).rejects.toThrow("nothing before y is called nothing");
    const unfit = networkOf(
      { kind: "enlarge", name: "large", from, factor: 2 },
      { kind: "add", name: "y", from: ["large", "picture"] },
    );
    await expect(evaluate(unfit, image, noConvolution)).rejects.toThrow("cannot add [1,14,12,3] and [1,7,6,3]");
  });
});
