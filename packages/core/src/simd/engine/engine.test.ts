/** What an engine compiles, and what it does not compile again. */

import { describe, expect, it } from "vitest";
import { preparationOf } from "../../algorithm/algorithm.ts";
import { resolveConvGeometry } from "../../geometry/planes.ts";
import { type SimdAlgorithms, simdAlgorithmsOf } from "../algorithms.ts";
import { MICROKERNELS, tileName } from "../gemm/tile-shapes.ts";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { hostWebAssembly, type WasmApi } from "./webassembly.ts";

/** An engine of one microkernel, whatever suits a layer best, and the number of modules that it has compiled. */
function countingEngine(): { readonly algorithms: SimdAlgorithms; readonly compiled: () => number } {
  const { Module, Instance, Memory, validate } = hostWebAssembly()!;
  let count = 0;
  const host: WasmApi = {
    Instance,
    Memory,
    validate,
    Module: class extends Module {
      constructor(bytes: Uint8Array) {
        super(bytes);
        count++;
      }
    },
  };
  const engine = new SimdEngine(host, simdFeatures(), { microkernel: tileName(MICROKERNELS[0]!) });
  return { algorithms: simdAlgorithmsOf(() => engine), compiled: () => count };
}

/** Prepares and runs a layer of 3×3 filters. */
function runLayer(
  algorithms: SimdAlgorithms,
  name: string,
  inputShape: readonly [number, number, number, number],
  filterShape: readonly [number, number, number, number],
  groups = 1,
): void {
  const algorithm = algorithms.find((candidate) => candidate.name === name)!;
  const g = resolveConvGeometry("engine", inputShape, filterShape, { padding: "same", groups });
  const filter = new Float32Array(filterShape.reduce((a, b) => a * b)).fill(1);
  const plan = preparationOf(algorithm, g, "forward")(filter, undefined);
  plan.run(
    new Float32Array(inputShape.reduce((a, b) => a * b)),
    new Float32Array(g.batch * g.outHeight * g.outWidth * g.outChannels),
  );
  plan[Symbol.dispose]();
}

describe("an engine", () => {
  it("compiles nothing until a plan is prepared", () => {
    expect(countingEngine().compiled()).toBe(0);
  });

  it.each([
    // One module of direct and of Winograd serves all channels of the same remainder; those of the others are of one geometry.
    ["direct", [1, 8, 8, 64], [3, 3, 64, 32], [1, 14, 14, 128], [3, 3, 128, 64], 1],
    ["winograd4", [1, 28, 28, 64], [3, 3, 64, 64], [1, 14, 14, 128], [3, 3, 128, 128], 1],
    ["winograd2", [1, 28, 28, 64], [3, 3, 64, 64], [1, 14, 14, 128], [3, 3, 128, 128], 1],
    ["depthwise", [1, 8, 8, 16], [3, 3, 1, 16], [3, 8, 8, 16], [3, 3, 1, 16], 16],
    ["single-channel", [1, 20, 20, 1], [3, 3, 1, 1], [2, 31, 31, 1], [3, 3, 1, 1], 1],
  ] as const)(
    "compiles nothing for another layer of %s",
    (name, inputShape, filterShape, inputShape2, filterShape2, groups) => {
      const { algorithms, compiled } = countingEngine();
      // So often that a module which looks through filters has paid for itself.
      for (let layer = 0; layer < 16; layer++) runLayer(algorithms, name, inputShape, filterShape, groups);
      const once = compiled();
      expect(once).toBeGreaterThan(0);
      runLayer(algorithms, name, inputShape2, filterShape2, groups);
      runLayer(algorithms, name, inputShape, filterShape, groups);
      expect(compiled()).toBe(once);
    },
  );
});
