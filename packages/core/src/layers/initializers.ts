/**
 * Initial weights that keep the variance of signals steady through layers.
 *
 *     glorot   variance 2 / (fanIn + fanOut)      X. Glorot and Y. Bengio, AISTATS 2010
 *     he       variance 2 / fanIn                 K. He et al., arXiv:1502.01852
 *
 * fanIn is the number of terms that meet in an output, kh·kw·(input channels per group); fanOut the number of outputs that an
 * input reaches, kh·kw·(output channels per group). Strides are not counted.
 *
 * @module
 */

import { normal, type RandomSource } from "./random.ts";

/** Fills `values`, given how many terms meet in an output and how many outputs an input reaches. */
type Initializer = (values: Float32Array, fanIn: number, fanOut: number, random: RandomSource) => void;

const initializers = {
  zeros: () => {},
  glorotUniform: (values, fanIn, fanOut, random) => fillUniform(values, Math.sqrt(6 / (fanIn + fanOut)), random),
  glorotNormal: (values, fanIn, fanOut, random) => fillNormal(values, Math.sqrt(2 / (fanIn + fanOut)), random),
  heUniform: (values, fanIn, _fanOut, random) => fillUniform(values, Math.sqrt(6 / fanIn), random),
  heNormal: (values, fanIn, _fanOut, random) => fillNormal(values, Math.sqrt(2 / fanIn), random),
} as const satisfies Record<string, Initializer>;

/** Name of a way to initialise weights. */
export type InitializerName = "zeros" | "glorotUniform" | "glorotNormal" | "heUniform" | "heNormal";

/** The names, for messages and menus. */
export const INITIALIZER_NAMES: readonly [InitializerName, ...InitializerName[]] = /* @__PURE__ */ Object.keys(
  initializers,
) as [InitializerName, ...InitializerName[]];

/** Fills a zeroed array in the way named. */
export function initialize(
  name: InitializerName,
  values: Float32Array,
  fanIn: number,
  fanOut: number,
  random: RandomSource,
): void {
  (initializers[name] as Initializer)(values, fanIn, fanOut, random);
}

function fillUniform(values: Float32Array, limit: number, random: RandomSource): void {
  for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * limit;
}

function fillNormal(values: Float32Array, deviation: number, random: RandomSource): void {
  for (let i = 0; i < values.length; i++) values[i] = normal(random) * deviation;
}
