/**
 * What every algorithm of the engine asks of a geometry and of its host.
 *
 * @module
 */

import type { ConvAlgorithm, Pass } from "../algorithms/algorithm.ts";
import type { ConvGeometry } from "../geometry.ts";
import type { SimdEngine } from "./engine.ts";
import { simdFeatures } from "./features.ts";

/** Where an algorithm gets its engine when it first needs one. */
export type EngineSource = () => SimdEngine;

/** True, or why no SIMD algorithm can compute this here. */
export function supportsSimd(g: ConvGeometry): true | string {
  if (g.dtype !== "float32") return `SIMD computes in float32, not in ${g.dtype}`;
  return simdFeatures().simd;
}

/** An algorithm that computes some of the passes; `supports` refuses the others. */
export type PartialAlgorithm = Omit<ConvAlgorithm, PrepareName> & Partial<Pick<ConvAlgorithm, PrepareName>>;

type PrepareName = "prepare" | "prepareInputGradient" | "prepareFilterGradient";

/** The algorithm of the contract: what `supports` refuses is a RangeError that gives its reason. */
export function checked(algorithm: PartialAlgorithm): ConvAlgorithm {
  const preparer = <K extends PrepareName>(method: K, pass: Pass): ConvAlgorithm[K] =>
    ((g: ConvGeometry, ...rest: [never, never]) => {
      const supported = algorithm.supports(g, pass);
      if (supported !== true) throw new RangeError(`${algorithm.name}: cannot compute this ${pass} pass: ${supported}`);
      return algorithm[method]!(g, ...rest);
    }) as ConvAlgorithm[K];
  return {
    ...algorithm,
    prepare: preparer("prepare", "forward"),
    prepareInputGradient: preparer("prepareInputGradient", "inputGradient"),
    prepareFilterGradient: preparer("prepareFilterGradient", "filterGradient"),
  };
}
