/** The transform of every size, with and without fused multiply-add, between guard zones. */

import { describe, expect, it } from "vitest";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { GuardZones } from "../engine/guards.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { emitFourier } from "./emit.ts";
import { fourierTransform, SIDES, transformBytes } from "./transform.ts";

const features = simdFeatures();
const host = hostWebAssembly()!;
const arithmetics = features.relaxedMadd ? [false, true] : [false];
const shapes = SIDES.flatMap((rows) => SIDES.map((columns) => [rows, columns] as const));

describe.each(arithmetics)("fma %s", (fma) => {
  it("is a valid module", () => {
    expect(host.validate(emitFourier(fma))).toBe(true);
  });

  const engine = new SimdEngine(host, features, { fma, guards: new GuardZones(256) });
  it.each(shapes)("%i × %i: correlates two tiles with a kernel of two weights, circularly", (rows, columns) => {
    const bytes = transformBytes(rows, columns);
    const strip = 8 * rows * columns;
    const { memory } = engine;
    const scratch = memory.layoutScratch([bytes.roots, bytes.chunk, bytes.spectrum, bytes.spectrum, strip, strip]);
    const [roots, chunk, spectrum, work, image, result] = scratch.buffers.map(({ address }) => address) as number[];
    const [down, right] = [rows >> 1, 5];
    const valueAt = (part: number, i: number, j: number): number =>
      Math.sin(1 + part + (i % rows) * (i % rows) + 3 * (j % columns) * (j % columns));
    let worst = 0;
    memory.guarded(scratch, () => {
      const transform = fourierTransform(engine, rows, columns, chunk!, roots!);
      const { floats } = memory;
      const pairAt = (at: number) => ({ real: at, imaginary: at + 4 * columns, row: 8 * columns });
      floats.fill(0, image! / 4, image! / 4 + 2 * rows * columns);
      floats[image! / 4] = 1 / (rows * columns);
      floats[image! / 4 + down * 2 * columns + right] = -0.5 / (rows * columns);
      transform.forward(pairAt(image!), right + 1, spectrum!);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < 2 * columns; j++) {
          floats[image! / 4 + i * 2 * columns + j] = valueAt(Math.floor(j / columns), i, j);
        }
      }
      transform.correlate(pairAt(image!), spectrum!, work!, pairAt(result!), columns);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < 2 * columns; j++) {
          const part = Math.floor(j / columns);
          const expected = valueAt(part, i, j) - 0.5 * valueAt(part, i + down, (j % columns) + right);
          worst = Math.max(worst, Math.abs(floats[result! / 4 + i * 2 * columns + j]! - expected));
        }
      }
    });
    // max|x| · Σ|k| = 1.5; Infinity and NaN would be seen, too.
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(1.5 * 16 * 2 ** -24);
  });
});
