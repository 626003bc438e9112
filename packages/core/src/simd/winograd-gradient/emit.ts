/**
 * The transforms around the products of Winograd's filter gradient as WebAssembly, four channels at a time; V comes from
 * the input transform of the forward pass.
 *
 * Layouts: V [tile][point²][input channel], E [point²][panels of output channels][tile][NR],
 * S [point²][input channel][output channel], dw [tap][input channel][output channel].
 *
 * @module
 */

import { f32x4, ModuleBuilder, v128 } from "../assembler.ts";
import {
  emitInputTransform,
  emitTileTransform,
  loadPoints,
  type TransformVariant,
  vectorMatrix,
} from "../winograd/emit.ts";
import { Formulas } from "../winograd/formulas.ts";
import { pointCount } from "../winograd/points.ts";

/** What the code of the transforms depends on. */
export type GradientVariant = Omit<TransformVariant, "activation">;

/** Name of the module: unique. */
export function gradientTransformsName({ tileSize, fma }: GradientVariant): string {
  return `winograd-gradient-${tileSize}x${tileSize}-${fma ? "fma" : "mul-add"}`;
}

/** Writes the module: `transformInput`, `transformOutputGradient`, `transformSums`. */
export function emitGradientTransforms(variant: GradientVariant): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  emitInputTransform(module, variant);
  emitOutputGradientTransform(module, variant);
  emitSumsTransform(module, variant);
  return module.toBytes();
}

/** E = A dy Aᵀ for all tiles of a block and one panel. */
function emitOutputGradientTransform(module: ModuleBuilder, { tileSize, fma }: GradientVariant): void {
  emitTileTransform(module, "transformOutputGradient", tileSize, pointCount(tileSize), (f) =>
    new Formulas(f, tileSize, fma).outputGradient(),
  );
}

/** dw += Gᵀ S G for some channels. */
function emitSumsTransform(module: ModuleBuilder, { tileSize, fma }: GradientVariant): void {
  const size = pointCount(tileSize);
  const parameters = [
    "channels", // input channels, at least 1
    "vectors", // output channels / 4
    "s", // address of the first point's first channels
    "dw", // address of the first tap's first channels
    "pointBytes", // of S, from point to point
    "sumRowBytes", // of S, from input channel to input channel
    "tapBytes", // of dw, from tap to tap
    "rowBytes", // of dw, from input channel to input channel
    "adds", // 1 if dw has sums of other blocks, 0 if these are the first
  ] as const;
  module.function(
    "transformSums",
    parameters,
    (f, channels, vectors, s, dw, pointBytes, sumRowBytes, tapBytes, rowBytes, adds) => {
      const [source, target, column, vector] = [f.i32(), f.i32(), f.i32(), f.i32()];
      const matrix = vectorMatrix(f, size, size);
      const transform = new Formulas(f, tileSize, fma).filterGradient();
      f.repeat(channels, () => {
        f.set(source, s);
        f.set(target, dw);
        f.set(vector, vectors);
        f.repeat(vector, () => {
          loadPoints(f, transform, matrix, source, pointBytes, column);
          f.set(column, target);
          const tap = f.v128();
          for (let i = 0; i < 3; i++) {
            for (const gradient of transform(matrix[i]!)) {
              f.set(tap, gradient);
              f.when(adds, () => f.set(tap, f32x4.add(v128.load(column, 0), tap)));
              f.store(column, tap, 0);
              f.advance(column, tapBytes);
            }
          }
          f.advance(source, 16);
          f.advance(target, 16);
        });
        f.advance(s, sumRowBytes);
        f.advance(dw, rowBytes);
      });
    },
  );
}
