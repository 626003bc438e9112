/**
 * An engine that lodges in the memory of another module: it takes room from that module's allocator and from nowhere else, and
 * computes on arrays of that memory where they lie.
 *
 * @module
 */

import { CASES, exactData } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { geometryOf, supports } from "../../../test/case-pass.ts";
import { PaintedModule } from "../../../test/painted-module.ts";
import { preparationOf } from "../../algorithm/algorithm.ts";
import { conv2d, plan, residentArray, tensor } from "../../index.ts";
import { simdAlgorithmsOf } from "../algorithms.ts";
import { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";
import { GuardZones } from "./guards.ts";
import type { LodgingMemory } from "./memory.ts";
import { plannerIn } from "./planner-in.ts";
import { aloneOver } from "./shared-memory.ts";
import { hostWebAssembly } from "./webassembly.ts";

const host = hostWebAssembly()!;
describe.each([false, true])("an engine in the memory of another module, shared: %s", (shared) => {
  const module = new PaintedModule(shared);
  const team = shared ? { team: aloneOver(module.memory) } : {};
  const engine = new SimdEngine(host, simdFeatures(), { lodging: module, guards: new GuardZones(64), ...team });
  const own = new SimdEngine(host, simdFeatures());

  it.each(CASES)("$name: every pass gives the bits of any other engine, and writes nowhere else", (convCase) => {
    const { x, filter, bias, dy } = exactData(convCase, 5);
    const g = geometryOf(convCase);
    const ours = simdAlgorithmsOf(() => engine);
    for (const [n, algorithm] of simdAlgorithmsOf(() => own).entries()) {
      const check = (pass: string, sources: readonly Float32Array[], length: number, run: Run, expectedRun: Run) => {
        const expected = new Float32Array(length);
        expectedRun(...sources, expected);
        const operands = [...sources, new Float32Array(length).fill(Number.NaN)].map((array) => module.array(array));
        run(...operands);
        expect(operands.at(-1), `${algorithm.name}, ${pass}`).toEqual(expected);
        expect(module.isUntouched(), `${algorithm.name}, ${pass}`).toBe(true);
        for (const { byteOffset } of operands) module.free(byteOffset);
      };
      if (supports(algorithm, g, "forward")) {
        using plan = preparationOf(ours[n]!, g, "forward")(filter, bias) as Disposable & { run: Run };
        check("forward", [x], dy.length, plan.run, preparationOf(algorithm, g, "forward")(filter, bias).run);
      }
      if (supports(algorithm, g, "inputGradient")) {
        using plan = preparationOf(ours[n]!, g, "inputGradient")(filter) as Disposable & { run: Run };
        check("input gradient", [dy], x.length, plan.run, preparationOf(algorithm, g, "inputGradient")(filter).run);
      }
      if (supports(algorithm, g, "filterGradient")) {
        using plan = preparationOf(ours[n]!, g, "filterGradient")() as Disposable & { run: Run };
        const theirs = preparationOf(algorithm, g, "filterGradient")().run;
        check("filter gradient", [x, dy], filter.length, plan.run, theirs);
      }
    }
    expect(engine.memory.usedBytes).toBe(0);
  });

  it("copies an array at the very end of memory, where there is nothing to read too much", () => {
    const plan = preparationOf(simdAlgorithmsOf(() => engine)[0], geometryOf(POINTWISE), "forward")(ones(16));
    const { buffer } = module.memory;
    const x = new Float32Array(buffer, buffer.byteLength - 4 * 36, 36).fill(2);
    const y = new Float32Array(36);
    plan.run(x, y);
    expect(y).toEqual(ones(36).fill(8));
  });
});

type Run = (...arrays: Float32Array[]) => void;

const POINTWISE = {
  ...CASES[0]!,
  inputShape: [1, 3, 3, 4] as const,
  filterShape: [1, 1, 4, 4] as const,
  padding: "valid" as const,
  strides: [1, 1] as const,
  dilations: [1, 1] as const,
  groups: 1,
};

function ones(length: number): Float32Array {
  return new Float32Array(length).fill(1);
}

describe("plannerIn", () => {
  const filter = tensor([3, 3, 4, 8], ones(288));

  it("has plans keep to the module, and give back what they took, while others use the memory of the process", () => {
    const module = new PaintedModule();
    const inModule = plannerIn(module);
    const planned = inModule(() => plan(conv2d, [1, 8, 8, 4], filter));
    const taken = module.givenBytes;
    const others = plan(conv2d, [1, 8, 8, 4], filter);
    expect(module.givenBytes).toBe(taken);
    expect([...planned.run(ones(256))]).toEqual([...others.run(ones(256))]);
    planned[Symbol.dispose]();
    expect(module.givenBytes).toBeLessThan(taken);
  });

  it("lasts as long as the call, even one that throws, and one within another", () => {
    const [outer, inner] = [new PaintedModule(), new PaintedModule()];
    const [inOuter, inInner] = [plannerIn(outer), plannerIn(inner)];
    inOuter(() => {
      expect(() => inInner(() => plan(conv2d, [1, 2, 2, 4], filter))).toThrow(RangeError);
      plan(conv2d, [1, 8, 8, 4], filter);
    });
    expect(inner.givenBytes).toBe(0);
    const taken = outer.givenBytes;
    expect(taken).toBeGreaterThan(0);
    using array = residentArray(4);
    array.write(ones(4));
    expect(outer.givenBytes).toBe(taken);
  });

  it("computes on plain JavaScript where the module has no room", () => {
    const full: LodgingMemory = { memory: new host.Memory({ initial: 1 }), allocate: () => 0, free: () => {} };
    const planned = plannerIn(full)(() => plan(conv2d, [1, 8, 8, 4], filter));
    expect(planned.engine).toBe("scalar");
    expect(planned.reason).toContain("has none left");
    expect(planned.run(ones(256))[0]).toBe(36);
  });
});
