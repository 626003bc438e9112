import { expect, it } from "vitest";
import { resolveConvGeometry } from "../../geometry/planes.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());

it("leaves to others what exceeds scratch memory in the smallest block", () => {
  const [direct] = simdAlgorithmsOf(() => engine);
  // One output cell sees half a billion numbers.
  const g = resolveConvGeometry("cut", [1, 1000, 1000, 512], [1000, 1000, 512, 1]);
  expect(direct.propose.forward(g)).toMatch(/exceeds scratch memory/);
});
