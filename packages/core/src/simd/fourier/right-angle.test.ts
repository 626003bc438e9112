/** The transform of real numbers, of sizes of every kind of side, in either precision, between guard zones. */

import { describe, expect, it } from "vitest";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { GuardZones } from "../engine/guards.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { emitTwisted } from "./emit-twisted.ts";
import { realSizes, realTransform, realTransformBytes, writeRoots } from "./right-angle.ts";

const features = simdFeatures();
const host = hostWebAssembly()!;
const arithmetics = features.relaxedMadd ? [false, true] : [false];
/** Sides of 4 alone, with one and two of 5, 3 and 2, and long ones. */
const SIZES = realSizes().filter(({ samples }) => samples <= 2 ** 13 || [2e5, 2 ** 18, 294912].includes(samples));

it("has sizes close to one another", () => {
  const samples = realSizes().map((size) => size.samples);
  expect(samples[0]).toBe(512);
  expect(samples.at(-1)).toBe(2 ** 25);
  expect(SIZES.length).toBeGreaterThan(10);
  for (const [i, size] of samples.entries())
    if (i > 0 && size > 8192) expect(size / samples[i - 1]!).toBeLessThanOrEqual(1.2);
});

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  const [bytes, unit] = dtype === "float32" ? [4, 2 ** -24] : [8, 2 ** -53];
  describe.each(arithmetics)("fma %s", (fma) => {
    it("is a valid module", () => {
      expect(host.validate(emitTwisted(dtype, fma))).toBe(true);
    });

    const engine = new SimdEngine(host, features, { fma, guards: new GuardZones(256) });
    it.each(SIZES)("$rows × $columns: correlates, and what wraps around changes its sign", (size) => {
      const { samples } = size;
      const { memory } = engine;
      const needed = realTransformBytes(size, dtype);
      const scratch = memory.layoutScratch([needed.chunk]);
      const blocks = [needed.roots, needed.spectrum, needed.spectrum, bytes * samples].map((n) => memory.allocate(n));
      const [roots, kernel, work, strip] = blocks.map(({ address }) => address) as [number, number, number, number];
      const [near, far] = [3, samples - 5];
      const x = Float64Array.from({ length: samples }, (_, n) => Math.fround(Math.sin(1 + n * n)));
      let worst = 0;
      memory.guarded(scratch, () => {
        const elements = dtype === "float32" ? memory.floats : memory.doubles;
        const transform = realTransform(engine, dtype, size, roots, scratch.buffers[0]!.address);
        writeRoots(engine, dtype, size, roots);
        const at = strip / bytes;
        elements.fill(0, at, at + samples);
        elements[at] = 2 / samples;
        elements[at + near] = -1 / samples;
        elements[at + far] = 0.5 / samples;
        transform.forward(strip, kernel);
        elements.set(x, at);
        transform.correlate(strip, kernel, work, strip);
        const wrapped = (n: number): number => (n < samples ? x[n]! : -x[n - samples]!);
        for (let n = 0; n < samples; n++) {
          const expected = wrapped(n) - 0.5 * wrapped(n + near) + 0.25 * wrapped(n + far);
          worst = Math.max(worst, Math.abs(elements[at + n]! - expected));
        }
      });
      for (const block of blocks) memory.free(block);
      // max|x| · Σ|k| is 1.75; Infinity and NaN would be seen, too.
      expect(worst).toBeGreaterThan(0);
      expect(worst).toBeLessThan(1.75 * size.levels * unit);
    });
  });
});
