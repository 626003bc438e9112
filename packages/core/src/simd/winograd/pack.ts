/**
 * Transforms a filter for Winograd's algorithm: U = G g Gᵀ in the layout of the microkernel's weights, for each point
 * panels of [zeros NR | strand × source channel × NR], chunk by chunk. The filter comes as direct convolution packs it, in panels of
 * [zeros NR | tap × source channel × NR]: the taps of a panel lie in a row there, whichever way the filter did.
 *
 * @module
 */

import type { Correlation } from "../../geometry/correlation.ts";
import { shareStart, sharesOf } from "../blocks/run-blocks.ts";
import type { SimdEngine } from "../engine/engine.ts";
import type { WasmFunctions } from "../engine/webassembly.ts";
import { filterTransformName } from "./emit.ts";
import type { Chunk, WinogradPlan } from "./plan.ts";
import { pointCount, stepsOf, tapsOf } from "./points.ts";
import { areEven, emitWeightSpread, weightMaximaBytes } from "./spread.ts";

/** Whether the weights of every output channel are near enough to one another; `scratch` is an address for a few bytes. */
export function weightsAreEven(
  engine: SimdEngine,
  { form, untransformed }: WinogradPlan,
  c: Correlation,
  packed: number,
  scratch: number,
): boolean {
  const kernelTaps = tapsOf(form);
  const { measureWeights } = engine.functions(`winograd-weight-spread-${kernelTaps}`, () =>
    emitWeightSpread(kernelTaps),
  );
  const { floats } = engine.memory;
  const maxima = floats.subarray(scratch / 4, (scratch + weightMaximaBytes(form)) / 4);
  const sources = c.groupSourceChannels;
  let taps = packed;
  for (const { shape, panels } of untransformed.ranges) {
    const termBytes = 16 * shape.vectors;
    for (let panel = 0; panel < panels; panel++) {
      for (let vector = 0; vector < termBytes; vector += 16) {
        measureWeights!(sources, taps + termBytes + vector, termBytes, sources * termBytes, scratch);
        if (!areEven(maxima)) return false;
      }
      taps += termBytes * (1 + kernelTaps * sources);
    }
  }
  return true;
}

/** Makes what writes the part of U that a chunk needs; `packed` is the address of all panels of the filter, `u` that of U. */
export function chunkTransformer(
  engine: SimdEngine,
  plan: WinogradPlan,
  c: Correlation,
  transforms: WasmFunctions,
  packed: number,
  u: number,
  between: (shift: number, share: number) => number,
): (chunk: Chunk) => void {
  const points = pointCount(plan.form);
  const tapColumns = plan.form.columns.taps;
  const [outerTaps, innerTaps] = stepsOf(plan.form, tapColumns, 1);
  const kernelTaps = tapsOf(plan.form);
  const sources = c.groupSourceChannels;
  const strands = plan.form.strands.map((strand, n) => ({
    transform: transforms[filterTransformName(strand)]!,
    from: (strand.row * tapColumns + strand.column) * sources,
    to: 1 + n * sources,
  }));
  return ({ firstChannel: firstOfChunk, ranges, offset, pointBytes }) => {
    const panels: { readonly vectors: number; readonly taps: number; readonly to: number }[] = [];
    let taps = packed + 4 * firstOfChunk * (1 + kernelTaps * sources);
    let to = u + offset;
    for (const { shape, panels: count } of ranges) {
      const termBytes = 16 * shape.vectors;
      for (let panel = 0; panel < count; panel++) {
        panels.push({ vectors: shape.vectors, taps: taps + termBytes, to });
        taps += termBytes * (1 + kernelTaps * sources);
        to += termBytes * (1 + plan.terms);
      }
    }
    const shares = sharesOf(engine, 1, panels.length);
    engine.work([panels], {
      phases: [shares],
      feed() {
        const { floats } = engine.memory;
        for (const { vectors, to } of panels) {
          for (let point = 0; point < points; point++) {
            const bias = (to + point * pointBytes) / 4;
            floats.fill(0, bias, bias + 4 * vectors);
          }
        }
        return true;
      },
      share(_, shift, __, share) {
        const [first, end] = [shareStart(panels.length, shares, share), shareStart(panels.length, shares, share + 1)];
        for (const { vectors, taps, to } of panels.slice(first, end)) {
          const termBytes = 16 * vectors;
          for (const strand of strands) {
            strand.transform(
              sources,
              vectors,
              taps + strand.from * termBytes,
              termBytes,
              outerTaps * sources * termBytes,
              innerTaps * sources * termBytes,
              to + strand.to * termBytes,
              termBytes,
              plan.form.inner.points * pointBytes,
              pointBytes,
              between(shift, share),
              0,
            );
          }
        }
      },
      drain: () => undefined,
    });
  };
}
