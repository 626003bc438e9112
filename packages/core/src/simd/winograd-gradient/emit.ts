/**
 * The transforms around the products of Winograd's filter gradient as WebAssembly, four channels at a time; V comes from
 * the input transform of the forward pass.
 *
 * Layouts: V [tile][point²][input channel], E [point²][panels of output channels][tile][NR],
 * S [point²][input channel][output channel], dw [tap][input channel][output channel].
 *
 * @module
 */

import { f32x4, ModuleBuilder, v128 } from "../engine/assembler.ts";
import { emitInputTransform, emitTransform, type TransformVariant } from "../winograd/emit.ts";
import { formName } from "../winograd/points.ts";

/** What the code of the transforms depends on. */
export type GradientVariant = Omit<TransformVariant, "activation">;

/** Name of the module: unique in an engine. */
export function gradientTransformsName({ form }: GradientVariant): string {
  return `winograd-gradient-${formName(form)}`;
}

/** Writes the module: `transformInput`, `transformOutputGradient`, `transformSums`. */
export function emitGradientTransforms({ form, fma }: GradientVariant): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  emitInputTransform(module, form, fma);
  // E = A dy Aᵀ for all tiles of a block and one panel.
  emitTransform(module, "transformOutputGradient", {
    form,
    fma,
    sizeOf: ({ outputs }) => outputs,
    transformOf: (formulas) => formulas.outputGradient(),
    fromTable: true,
  });
  // dw += Gᵀ S G for some channels; `extra` is 1 if dw has sums of other blocks, 0 if these are the first.
  emitTransform(module, "transformSums", {
    form,
    fma,
    sizeOf: ({ points }) => points,
    transformOf: (formulas) => formulas.filterGradient(),
    finish: (f, tap, { at, extra }) => f.when(extra, () => f.set(tap, f32x4.add(v128.load(at, 0), tap))),
  });
  return module.toBytes();
}
