import { describe, expect, it } from "vitest";
import { supports } from "../../../test/case-pass.ts";
import { preparationOf } from "../../algorithm/algorithm.ts";
import { resolveConvGeometry } from "../../geometry/planes.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { GuardZones } from "../engine/guards.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";

const engine = new SimdEngine(hostWebAssembly()!, simdFeatures(), { guards: new GuardZones(64) });
const [direct, , , , singleChannel] = simdAlgorithmsOf(() => engine);

describe("a plane whose rows are so wide that they are cut", () => {
  it.each([
    [4, 253968, 1, 2, 1, 253938],
    [66, 15400, 64, 15380, 1, 1],
    [3, 300000, 3, 3, 1, 1],
    [3, 300000, 1, 5, 1, 60000],
    [5, 70000, 5, 40, 1, 1700],
  ])(
    "%i×%i by %i×%i, dilated by %i and %i: computed, or left to another",
    (height, width, rows, columns, ...dilations) => {
      const g = resolveConvGeometry("test", [1, height, width, 1], [rows, columns, 1, 1], {
        dilations: dilations as [number, number],
      });
      const filter = new Float32Array(rows * columns).fill(1);
      let computed = 0;
      for (const algorithm of [direct, singleChannel]) {
        if (!supports(algorithm, g, "forward")) continue;
        const y = new Float32Array(g.outHeight * g.outWidth);
        using plan = preparationOf(algorithm, g, "forward")(filter, undefined);
        plan.run(new Float32Array(height * width).fill(1), y);
        expect(y.every((value) => value === rows * columns)).toBe(true);
        computed++;
      }
      expect(computed).toBeGreaterThan(0);
    },
  );
});
