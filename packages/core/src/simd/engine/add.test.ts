import { describe, expect, it } from "vitest";
import { addActivated } from "./add.ts";
import { plannerIn } from "./planner-in.ts";
import { hostWebAssembly } from "./webassembly.ts";

const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 3e38, -3e38, 2 ** -149, 5.9, 6.1];
const activations = [
  undefined,
  { name: "relu", slope: 0 },
  { name: "relu6", slope: 0 },
  { name: "leakyRelu", slope: 0.3 },
] as const;

/** Arrays in the memory of another module, one behind the other. */
function arrays(length: number) {
  const memory = new (hostWebAssembly()!.Memory)({ initial: 80 });
  let end = 4 * 2 ** 20 + 4;
  const inMemory = plannerIn({ memory, allocate: () => (end += 65536), free: () => {} });
  const array = (at: number): Float32Array => new Float32Array(memory.buffer, at, length);
  return { a: array(4), b: array(65536), y: array(2 * 65536 + 8), inMemory };
}

describe.each(activations)("activated by %o", (activation) => {
  it.each([0, 1, 15, 16, 17, 100])("gives %d sums, the same to the bit wherever the arrays lie", (length) => {
    const { a, b, y, inMemory } = arrays(length);
    const given = (values: Float32Array, factor: number) =>
      values.set(Float32Array.from(values, (_, i) => ODD[(factor * i) % ODD.length]!));
    given(a, 1);
    given(b, 7);
    const own = new Float32Array(length);
    inMemory(() => addActivated(a, b, y, activation));
    addActivated(a.slice(), b.slice(), own, activation);
    expect(y).toEqual(own);
    for (let i = 0; i < length; i++) {
      const z = Math.fround(ODD[i % ODD.length]! + ODD[(7 * i) % ODD.length]!);
      const slope = activation?.name === "leakyRelu" ? Math.fround(activation.slope) : 0;
      const most = activation?.name === "relu6" ? 6 : Number.POSITIVE_INFINITY;
      const expected = activation === undefined || z > 0 ? Math.min(z, most) : z * (z === 0 ? 1 : slope);
      // 0 · −∞ is what a definition by slopes makes of it; relu gives 0.
      expect(own[i]! + 0).toBe(
        (z === Number.NEGATIVE_INFINITY && slope === 0 && activation ? 0 : Math.fround(expected)) + 0,
      );
    }
  });
});

it("refuses arrays of different lengths", () => {
  expect(() => addActivated(new Float32Array(3), new Float32Array(4), new Float32Array(3))).toThrow(
    new RangeError("addActivated: b must have 3 elements, got 4"),
  );
});
