/**
 * Which results are the same bits where, as the README states it: of an algorithm on every host, whatever the shape of its tiles,
 * how often and in whose memory it runs; on SIMD in two kinds, by whether the host multiplies and adds in one rounding.
 *
 * A digest that changes means results of other bits than those that were published: a release says so. The difference that a
 * failure shows has the digests to write into bits.json.
 */

import { conv2d, plan, residentArray, tensor } from "@corr2d/core";
import { algorithms, type ConvAlgorithm } from "@corr2d/core/internals";
import { CASES } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { simdAlgorithmsOf } from "../src/simd/algorithms.ts";
import { SimdEngine } from "../src/simd/engine/engine.ts";
import { type SimdFeatures, simdFeatures } from "../src/simd/engine/features.ts";
import { hostWebAssembly } from "../src/simd/engine/webassembly.ts";
import digests from "./bits.json" with { type: "json" };
import { bitsData, matrixDigests, networkDigests } from "./bits.ts";
import { optionsOf } from "./case-pass.ts";

const features = simdFeatures();

function simdWith(given: SimdFeatures, fma: boolean): readonly ConvAlgorithm[] {
  const engine = new SimdEngine(hostWebAssembly()!, given, { fma });
  return simdAlgorithmsOf(() => engine);
}

/** Whether this machine rounds a product and a sum at once: a host that knows the instruction may still make two of it. */
const fuses =
  features.relaxedMadd && networkDigests(simdWith(features, true).slice(0, 1)).direct === digests.fused.direct;
const kind = fuses ? "fused" : "separate";

it("gives the bits of every scalar algorithm on every host", () => {
  expect(networkDigests(algorithms.filter(({ engine }) => engine === "scalar"))).toEqual(digests.scalar);
});

it.each([true, false])("gives the same on SIMD, whatever the shape of tiles (offsets folded: %s)", (foldsOffsets) => {
  const given = { ...features, foldsOffsets };
  expect(networkDigests(simdWith(given, false))).toEqual(digests.separate);
  if (features.relaxedMadd) expect(networkDigests(simdWith(given, true))).toEqual(digests[kind]);
});

it("gives the bits of matrices", () => {
  expect(matrixDigests()).toEqual(digests.matrices[kind]);
});

it("gives the same once, by a plan, by the same plan again, and in the engine's memory", () => {
  for (const convCase of CASES) {
    const { x, filter, bias } = bitsData(convCase);
    const options = { ...optionsOf(convCase), bias, precision: "strict" } as const;
    const given = tensor(convCase.filterShape, filter);
    const planned = plan(conv2d, convCase.inputShape, given, options);
    const y = planned.run(x);
    expect(planned.run(x)).toEqual(y);
    const [from, to] = [residentArray(x.length), residentArray(y.length)];
    from.write(x);
    planned.run(from, to);
    expect(to.read()).toEqual(y);
    const { algorithm, engine } = planned;
    expect(conv2d(tensor(convCase.inputShape, x), given, { ...options, algorithm, engine }).data).toEqual(y);
  }
});
